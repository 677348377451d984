/** Parts that wait for each other in a folder: which of them never came, and what else may lie there. */
import { readdirSync } from 'node:fs'
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
