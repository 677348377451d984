import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { schemaText } from '../../../src/cli/schema.ts'
import type { RunEvent } from '../../../src/result/event.ts'
import { faultServer, reply } from '../../servers/http-faults.ts'
import { chat, closeAfter, Home, mockFor, OUT } from '../harness.ts'

const fits = new Ajv2020({ allErrors: true, strict: true, strictTypes: false }).compile(JSON.parse(schemaText('event')))

/** The events in a text of lines of JSON; each fits the schema. */
function eventsIn(text: string): RunEvent[] {
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
  for (const event of events) expect(fits(event) ? [] : [event, fits.errors]).toEqual([])
  return events
}

const of = <Name extends RunEvent['event']>(events: readonly RunEvent[], name: Name) =>
  events.filter((event): event is Extract<RunEvent, { event: Name }> => event.event === name)

const PHASES = [
  { name: 'warm', users: 1, iterations: 2, warmup: true },
  { name: 'main', rate: '20/s', for: '1500ms' },
]

test('a file gets every event, and the seconds add up to the result', async () => {
  const home = new Home()
  const mock = await mockFor({ errorRate: 0.3, seed: 4 })
  const pricing = { inputPer1M: 100, outputPer1M: 1000, currency: 'EUR' }
  home.write('s.json', chat(mock.url, { load: PHASES }, { pricing }))
  const { code, stdout } = await home.call(['run', 's.json', ...OUT, '--events', 'events.ndjson'])
  const result = home.result()
  const events = eventsIn(home.read('events.ndjson'))
  expect([stdout, code]).toEqual(['', result.exitCode])
  expect(of(events, 'run')).toMatchObject([
    { runId: result.runId, scenario: 'cli test', file: 's.json', folder: 'out', phases: [{ name: 'warm', lengthMs: null }, {}] },
  ])
  expect(of(events, 'phase').map(({ phase, warmup }) => [phase, warmup])).toEqual([
    ['warm', true],
    ['main', false],
    ['drain', false],
  ])
  const seconds = of(events, 'second')
  expect(seconds.map(({ atMs, started, ok, failed, latencies }) => ({ atMs, started, ok, failed, latencies }))).toEqual(
    result.timeline.map(({ atMs, started, ok, failed, latencies }) => ({ atMs, started, ok, failed, latencies })),
  )
  const { ok, failed } = result.total.counts
  expect(failed).toBeGreaterThan(0)
  expect(seconds.at(-1)).toMatchObject({ soFar: { ok, failed }, errors: { http_status: failed }, cost: result.cost?.priced })
  expect(of(events, 'failure')).toMatchObject([{ class: 'http_status', phase: 'headers', step: 'hello' }])
  const { verdict, reason, exitCode } = result
  expect(events.at(-1)).toMatchObject({ event: 'result', verdict, reason, exitCode, folder: 'out' })
})

test('a secret in an event is masked', async () => {
  const home = new Home()
  const secret = 'sk-9f8e7d6c5b4a'
  const server = await faultServer({
    '/v1/chat/completions': (socket, { headers }) =>
      socket.write(reply(`no such key: ${headers.authorization}`, {}, '401 Unauthorized')),
  })
  closeAfter({ close: () => server.stop() })
  home.write('s.json', chat(server.url, { load: [{ iterations: 1 }] }, { headers: { authorization: `Bearer ${secret}` } }))
  const { stdout } = await home.call(['run', 's.json', ...OUT, '-q', '--events', '-'])
  const [failure] = of(eventsIn(stdout), 'failure')
  expect(failure?.message).toMatch(/no such key: .*\[secret\]/)
  expect(stdout).not.toContain(secret)
})

test('several runs follow each other, each with its id', async () => {
  const home = new Home()
  home.write('s.json', chat((await mockFor()).url))
  const { stdout } = await home.call(['run', 's.json', ...OUT, '--repeat', '2', '--events', '-'])
  const events = eventsIn(stdout)
  const ids = of(events, 'run').map(({ runId }) => runId)
  expect(new Set(ids).size).toBe(2)
  expect(of(events, 'result').map(({ runId }) => runId)).toEqual(ids)
})

describe('a place that is taken is refused, and nothing is sent:', () => {
  test.each([
    [['--events', '-', '--json'], /--events - and --json both print on stdout/],
    [['--events', '-', '--detach'], /has no stdout for --events -/],
    [['--events', 'a.json', '-o', './a.json'], /--events and --output are both to be written to a\.json/],
    [['--events', 's.json'], /the run reads this file, and events would replace it/],
  ])('%j', async (flags, message) => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url))
    const before = home.read('s.json')
    const { code, stdout, stderr } = await home.call(['run', 's.json', ...OUT, ...flags])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect([home.read('s.json'), mock.stats().requests]).toEqual([before, 0])
  })

  test.each([[[]], [['--show-config']]])('a folder that is not there, with %j', async (flags) => {
    const home = new Home()
    home.write('s.json', chat('http://127.0.0.1:9'))
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, ...flags, '--events', 'no/where'])
    expect([code, stderr]).toEqual([7, expect.stringMatching(/cannot write no\/where: ENOENT/)])
  })
})

describe('the run goes on', () => {
  test('while its events are read from stdout: each is there when it happens', async () => {
    const home = new Home()
    home.write('s.json', chat((await mockFor()).url, { load: [{ users: 1, for: '10m', pace: '5/s' }], graceful: '1s' }))
    const running = home.start(['run', 's.json', ...OUT, '--events', '-', '-q'])
    await running.until(({ stdout }) => stdout.split('"event":"second"').length > 2)
    running.kill('SIGINT')
    const { code, stdout } = await running.finished
    const [first, ...more] = eventsIn(stdout)
    expect([code, first?.event, more.at(-1)?.event]).toEqual([130, 'run', 'result'])
  })

  test('when the reader leaves after one line', async () => {
    const home = new Home()
    home.write('s.json', chat((await mockFor()).url, { load: [{ iterations: 300, users: 1 }] }))
    const line = `$BURN run s.json ${OUT.join(' ')} --events - -q | head -1; exit \${PIPESTATUS[0]}`
    const { code, stdout } = await home.shell(line)
    expect([code, of(eventsIn(stdout), 'run').length]).toEqual([0, 1])
    expect(home.result()).toMatchObject({ status: 'completed', successfulMessages: 300 })
  })

  test('on a full disk, which the exit code tells', async () => {
    const home = new Home()
    home.write('s.json', chat((await mockFor()).url))
    const { code, stderr } = await home.burn(['run', 's.json', ...OUT, '--events', '/dev/full'])
    expect([code, stderr]).toEqual([7, expect.stringMatching(/cannot write \/dev\/full: ENOSPC/)])
    expect(home.result().verdict).toBe('passed')
  })
})
