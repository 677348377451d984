/** `kill -9` at any moment leaves files that can be read, and that never look like a pass. */
import { expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { readJournal } from '../../src/store/journal/reader.ts'
import { drawn } from '../support/share.ts'
import { chat, eventually, Home, mockFor, OUT } from './harness.ts'

const MOMENTS = Number(process.env.BURN_TEST_KILLS ?? drawn(12))
/** From before the first line is written to after the end of the run. */
const SPREAD_MS = 2000

const random = createRandom('kill -9')
const moments = Array.from({ length: MOMENTS }, (_, n) => Math.round(((n + random.next()) / MOMENTS) * SPREAD_MS))

test.each(moments)('%d ms after the start', async (ms) => {
  const home = new Home()
  const mock = await mockFor()
  const load = [{ rate: '200/s', for: '1300ms' }]
  const scenario = home.write('s.json', chat(mock.url, { load }))
  const run = home.start(['run', scenario, ...OUT, '--log', 'all', '--report', 'junit'])
  await new Promise((resolve) => setTimeout(resolve, ms))
  run.kill('SIGKILL')
  const { code } = await run.finished

  const left = home.files().filter((name) => name.startsWith('out/'))
  const holds = (name: string) => left.includes(`out/${name}`)
  const hasEnded = holds('result.json') && home.result().status === 'completed'
  // After a stall of more than a second burn rightly drops arrivals, and says that its figures are invalid.
  const isInvalid = hasEnded && home.result().total.counts.dropped > 0
  expect([isInvalid ? 4 : 0, 137]).toContain(code)
  if (holds('result.json')) {
    const result = home.result()
    expect([result.status, result.verdict, result.exitCode]).toEqual(
      // 4: less was measured than was planned; 3 before the first request
      result.status === 'running'
        ? ['running', 'incomplete', result.total.counts.started === 0 ? 3 : 4]
        : ['completed', ...(isInvalid ? ['invalid', 4] : ['passed', 0])],
    )
    const { planned, ok, failed, cut, dropped } = result.total.counts
    if (result.status === 'completed') expect(planned).toBe(ok + failed + cut + dropped)
  }
  if (holds('sessions.jsonl')) {
    const { entries, tornTail } = readJournal(home.file('out/sessions.jsonl'))
    expect([...entries].every((entry) => entry.outcome === 'ok')).toBe(true)
    // The system may end a process between two pages of one write: only the journal of a run that has ended is whole for certain.
    if (hasEnded) expect(tornTail).toBe(false)
  }
  if (holds('junit.xml')) expect(home.read('out/junit.xml').trimEnd()).toMatch(/<\/testsuites>$/)

  const report = await home.call(['report', 'out'])
  if (!holds('result.json') && !holds('sessions.jsonl')) {
    expect({ code: report.code, stdout: report.stdout }).toEqual({ code: 6, stdout: '' })
  } else {
    expect(report.code).toBe(0)
    expect(report.stdout).toMatch(!hasEnded ? /^INCOMPLETE/ : isInvalid ? /^INVALID/ : /^PASSED/)
  }
})

test('what was in flight when the last checkpoint was written makes the counts add up', async () => {
  const home = new Home()
  const mock = await mockFor({ firstTokenMs: 400 })
  home.write('s.json', chat(mock.url, { load: [{ rate: '50/s', for: '60s' }] }))
  const run = home.start(['run', 's.json', ...OUT])
  // The second checkpoint or a later one.
  await eventually(() => home.files().includes('out/result.json') && home.result().durationMs > 2000, 'a second checkpoint')
  run.kill('SIGKILL')
  await run.finished
  const { planned, ok, failed, cut, dropped } = home.result().total.counts
  const inFlight = planned - ok - failed - cut - dropped
  // How many of the hundred that were due is the machine's doing.
  expect(Math.min(inFlight, ok)).toBeGreaterThan(0)
  const { stdout } = await home.call(['report', 'out'])
  expect(stdout).toContain(`${planned} planned = ${ok} ok + ${inFlight} in flight`)
})

test('a folder that a killed run left behind can be used again', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('long.json', chat(mock.url, { load: [{ users: 1, for: '60s' }] }))
  home.write('s.json', chat(mock.url))
  const run = home.start(['run', 'long.json', ...OUT])
  await eventually(() => home.files().includes('out/result.json'), 'a checkpoint')
  run.kill('SIGKILL')
  await run.finished
  expect(home.files()).toContain('out/lock')
  expect((await home.call(['run', 's.json', ...OUT])).code).toBe(7)
  expect((await home.call(['run', 's.json', ...OUT, '--overwrite'])).code).toBe(0)
  expect(home.result()).toMatchObject({ status: 'completed', totalMessages: 5 })
  expect(home.files().filter((name) => name.startsWith('out/'))).toEqual(['out/result.json', 'out/sessions.jsonl'])
})
