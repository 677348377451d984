/** The live view on a terminal of its own, which `script` makes, with keys that somebody presses. */
import { expect, test } from 'vitest'
import { BIN, chat, Home, mockFor, OUT } from '../harness.ts'
import { onTerminal } from '../terminal.ts'

const BURN = `${process.execPath} ${BIN}`
const LONG = { load: [{ users: 2, for: '1h' }] }

test.skipIf(process.platform !== 'linux')('keys change the screen, q stops the run, and the terminal is as before', async () => {
  const home = new Home()
  home.write('s.json', chat((await mockFor()).url, LONG))
  const run = `trap : INT; echo before=$(stty -g); ${BURN} run s.json ${OUT.join(' ')}; code=$?; echo after=$(stty -g); exit $code`
  const { until, press, ended } = onTerminal(home, run)
  const [, before] = /before=(\S+)/.exec(await until('space pauses the screen')) ?? []
  press('?')
  await until('any key leaves it')
  press('x\t\t')
  await until(/─ latency/)
  press(' ')
  await until('the screen is paused, the run goes on')
  press('q')
  const end = await until(/after=\S+\r?\n/)
  const [code] = await ended
  expect(end).toMatch(/stopping: what is in flight may finish/)
  expect([/after=(\S+)/.exec(end)?.[1], code]).toEqual([before, 130])
  expect(home.result()).toMatchObject({ status: 'aborted', exitCode: 130 })
})

test.skipIf(process.platform !== 'linux')('Ctrl-C twice ends it at once', async () => {
  const home = new Home()
  home.write('s.json', chat((await mockFor({ firstTokenMs: 600_000 })).url, { ...LONG, graceful: '1h' }))
  const run = `trap : INT; echo before=$(stty -g); ${BURN} run s.json ${OUT.join(' ')}; code=$?; echo after=$(stty -g); exit $code`
  const { until, press, ended } = onTerminal(home, run)
  const [, before] = /before=(\S+)/.exec(await until('space pauses the screen')) ?? []
  press('\x03')
  await until(/stopping: what is in flight may finish/)
  press('\x03')
  const end = await until(/after=\S+\r?\n/)
  expect([/after=(\S+)/.exec(end)?.[1], (await ended)[0]]).toEqual([before, 130])
})

test.skipIf(process.platform !== 'linux')('behind a pipe, where a pager may read them, keys are left alone', async () => {
  const home = new Home()
  home.write('s.json', chat((await mockFor()).url, { load: [{ users: 1, for: '3s' }] }))
  const { until, press, ended } = onTerminal(home, `${BURN} run s.json ${OUT.join(' ')} --json | cat > r.json`)
  await until('started/s')
  press('q')
  await ended
  expect(home.result()).toMatchObject({ status: 'completed' })
})

test.skipIf(process.platform !== 'linux').each([
  ['--notify bell', true],
  ['', false],
])('run %s: the bell rings on a terminal, at the end', async (flags, rings) => {
  const home = new Home()
  home.write('s.json', chat((await mockFor()).url, { load: [{ users: 1, iterations: 1 }] }))
  const { until, ended } = onTerminal(home, `${BURN} run s.json ${OUT.join(' ')} ${flags}; echo after`)
  const seen = await until('after')
  await ended
  expect(seen.includes('\u0007')).toBe(rings)
})
