/** Parts that wait for each other in a folder: which of them never came, and what else may lie there. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StartTogether } from '../../../../src/cli/run/shard/start-together.ts'
import { type Clock, goBy } from '../../../../src/clock.ts'
import { Control } from '../../../../src/engine/schedule/control.ts'
import { Home } from '../../harness.ts'

/** A clock on which each wait is over at once. */
function hastyClock(): Clock {
  let atMs = 0
  return {
    now: () => atMs,
    wallAnchor: () => 0,
    after(ms, callback) {
      atMs += ms
      setImmediate(callback)
      return () => undefined
    },
    every: () => () => undefined,
    nextTurn: (callback) => void setImmediate(callback),
    isReal: false,
  }
}

test('a part gives up after ten minutes, and names the shards that did not come', async () => {
  const barrier = new Home().file('meet')
  const restore = goBy(hastyClock())
  try {
    const control = new Control()
    const part = new StartTogether({ barrier }, { index: 0, of: 3, run: 'r' })
    expect(await part.moment(control)).toBe(600_000)
    expect(part.notBegun).toBe(`not all shards came to ${barrier} within 10 minutes: 2/3, 3/3 missing`)
    expect(control.state).not.toBe('running')
    expect(readdirSync(barrier)).toEqual(['r-3-ready-0'])
  } finally {
    restore()
  }
})

test('a file without a moment, or a run without a name, is refused', async () => {
  const home = new Home()
  home.write('meet/r-2-go', 'soon')
  const part = new StartTogether({ barrier: home.file('meet') }, { index: 1, of: 2, run: 'r' })
  await expect(part.moment(new Control())).rejects.toThrow('r-2-go holds no moment to begin')
  expect(() => new StartTogether({ barrier: 'meet' }, { index: 1, of: 2 })).toThrow('--barrier needs a name of the run')
})

test('a part that meets files of an earlier start gives up, and says what to do', async () => {
  const home = new Home()
  const barrier = home.file(home.folder('meet'))
  const start = async (index: number) => {
    const control = new Control()
    const part = new StartTogether({ barrier }, { index, of: 2, run: 'nightly' })
    await part.moment(control)
    return { state: control.state, notBegun: part.notBegun }
  }
  const refused = `${barrier} holds files of an earlier start of nightly: set BURN_RUN_ID to another text`
  // The second part of an earlier start was ended before all had come: its file is still there when all are started again.
  writeFileSync(join(barrier, 'nightly-2-ready-1'), 'deadbeef')
  expect(await start(0)).toEqual({ state: 'running', notBegun: undefined })
  expect((await start(1)).notBegun).toContain(refused)
  // The run again, with the moment of the one before.
  for (const index of [0, 1]) expect(await start(index)).toMatchObject({ notBegun: expect.stringContaining(refused) })
})
