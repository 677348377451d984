/** Who follows a run with workers sees one run: one stream of events, alerts of the whole, and an end for a threshold that no share fails. */
import { expect, test } from 'vitest'
import type { RunEvent } from '../../../src/result/event.ts'
import { chatReply, faultServer, reply } from '../../servers/http-faults.ts'
import { chat, closeAfter, Home, mockFor } from '../harness.ts'

const RUN = ['--out', 'out', '-q', '--allow-lag', '60s', '--workers', '2']

function eventsOf(home: Home): RunEvent[] {
  const lines = home.read('events.jsonl').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as RunEvent)
}

const of = <Name extends RunEvent['event']>(events: readonly RunEvent[], name: Name) =>
  events.filter((event): event is Extract<RunEvent, { event: Name }> => event.event === name)

test('the events of all processes are those of one run, and its seconds add up to the result', async () => {
  const home = new Home()
  const mock = await mockFor({ errorRate: 0.3, seed: 4 })
  const load = [
    { rate: '60/s', for: '1500ms' },
    { iterations: 31, users: 4 },
  ]
  const pricing = { inputPer1M: 100, outputPer1M: 1000, currency: 'EUR' }
  home.write('s.json', chat(mock.url, { load, alerts: ['errors > 1% in 2s'], thresholds: ['errors ratio < 1%'] }, { pricing }))
  const { code, stderr } = await home.call(['run', 's.json', ...RUN, '--events', 'events.jsonl'])
  expect(stderr).toBe('')
  // On a busy machine the numbers are not valid.
  expect([1, 4]).toContain(code)
  const [result, events] = [home.result(), eventsOf(home)]
  expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([result.runId]))
  expect([events[0]?.event, events.at(-1)?.event]).toEqual(['run', 'result'])
  expect(of(events, 'phase').map(({ phase }) => phase)).toEqual(['phase-1', 'phase-2', 'drain'])
  const seconds = of(events, 'second')
  // On a busy machine some arrivals are dropped, as it is too late for them.
  const { started, ok, failed } = result.total.counts
  expect(started).toBe(mock.stats().requests)
  for (const [key, count] of Object.entries({ started, ok, failed } as const))
    expect(
      seconds.reduce((sum, row) => sum + row[key as 'ok'], 0),
      key,
    ).toBe(count)
  expect(seconds.at(-1)).toMatchObject({ soFar: { ok, failed }, errors: { http_status: failed }, cost: result.cost?.priced })
  expect(of(events, 'failure')).toMatchObject([{ class: 'http_status', phase: 'headers', step: 'hello' }])
  expect(of(events, 'alert')[0]).toMatchObject({ alert: 'errors > 1% in 2s', state: 'began' })
  expect(result.alerts).toHaveLength(1)
})

test('a failure that only a worker sees is an event, its secret masked', async () => {
  const home = new Home()
  const secret = 'sk-9f8e7d6c5b4a'
  const server = await faultServer({
    '/v1/chat/completions': (socket, { headers, body }) => {
      // Users are numbered from 0: the second one is the worker's.
      if (String(body).includes('user 1')) socket.write(reply(`no such key: ${headers.authorization}`, {}, '401 Unauthorized'))
      else socket.write(chatReply('hi'))
    },
  })
  closeAfter({ close: () => server.stop() })
  const own = { load: [{ iterationsPerUser: 1, users: 2 }], steps: [{ message: 'user {{user.id}}', name: 'ask' }] }
  home.write('s.json', chat(server.url, own, { stream: false, headers: { authorization: `Bearer ${secret}` } }))
  await home.call(['run', 's.json', ...RUN, '--events', 'events.jsonl'])
  expect(home.result().total.counts).toMatchObject({ ok: 1, failed: 1 })
  const [failure] = of(eventsOf(home), 'failure')
  expect(failure?.message).toMatch(/no such key: .*\[secret\]/)
  expect(home.read('events.jsonl')).not.toContain(secret)
})

test('a threshold with abort ends the run when the whole fails it, and no share does', async () => {
  const home = new Home()
  const mock = await mockFor({ errorRate: 1 })
  const thresholds = [{ threshold: 'errors count < 120', abort: true }]
  // Each share has half of the users, who fail 100 times.
  home.write(
    's.json',
    chat(mock.url, {
      load: [
        { iterationsPerUser: 100, users: 2, pace: '100/s' },
        { users: 2, for: '100s', pace: '1/s' },
      ],
      thresholds,
    }),
  )
  await home.call(['run', 's.json', ...RUN])
  const {
    thresholds: [judged],
    notes,
    total,
  } = home.result()
  expect(judged).toMatchObject({ state: 'failed', aborted: true })
  expect(notes.join()).toContain('ended early: errors count < 120 failed, and has abort: true')
  // 400 attempts would fail in a run that goes on to its end.
  expect(total.counts.failed).toBeGreaterThanOrEqual(120)
  expect(total.counts.failed).toBeLessThan(400)
})

test('where each share fails a threshold with abort, the reason gives the figure of the whole', async () => {
  const home = new Home()
  const mock = await mockFor()
  const thresholds = [{ threshold: 'response_time p95 < 0.001ms', window: '1s', abort: true }]
  home.write('s.json', chat(mock.url, { load: [{ rate: '20/s', for: '100s' }], thresholds }))
  await home.call(['run', 's.json', ...RUN])
  const { thresholds: judged, reason, exitCode } = home.result()
  expect([exitCode, judged[0]?.aborted, reason]).toEqual([1, true, judged[0]?.reason])
})
