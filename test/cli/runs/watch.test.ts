import { expect, test } from 'vitest'
import { fine } from '../../report/results.ts'
import { BIN, Home } from '../harness.ts'
import { onTerminal } from '../terminal.ts'

test.skipIf(process.platform !== 'linux')(
  'a run that comes later appears in the list, and Ctrl-C leaves the list there',
  async () => {
    const home = new Home()
    home.write('burn-results/first/result.json', fine)
    const { until, press, ended } = onTerminal(home, `trap : INT; ${process.execPath} ${BIN} runs --watch; echo code=$?`)
    expect(await until('Ctrl-C ends')).toContain('burn-results/first')
    home.write('burn-results/second/result.json', { ...fine, startTime: fine.startTime + 1 })
    await until('burn-results/second')
    press('\x03')
    expect(await until(/code=\d+/)).toMatch(/second\r?\n.*first\r?\n[^\n]*code=0/)
    await ended
  },
)

test('without a terminal, or with --json, it is refused', async () => {
  const home = new Home()
  const { code, stderr } = await home.call(['runs', '--watch'])
  expect([code, stderr]).toEqual([2, expect.stringMatching(/--watch needs a terminal\n.*--json/)])
  expect((await home.call(['runs', '--watch', '--json'])).stderr).toMatch(/--watch and --json do not go together/)
})
