/** Traces in virtual time: when each request is sent, which user sends it, and what the latencies count from. */
import { expect, test } from 'vitest'
import { dirWith } from '../../data/files.ts'
import { chatTarget, MemoryTarget, runVirtual } from '../../support/virtual.ts'

const jsonl = (...rows: unknown[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
/** A target whose every reply takes `ms`. */
const slow = (ms: number) => new MemoryTarget({ reply: () => ({ headMs: ms, pieces: [[0, 'a']] }) })

/** Plays a trace against a target; `say` is what each request carries. */
async function play(text: string, target: MemoryTarget, phase: object = {}, more: object = {}) {
  const baseDir = dirWith({ 'trace.jsonl': text })
  const run = await runVirtual(
    {
      name: 'trace',
      target: { url: target.url, protocol: 'memory' as never },
      load: [{ trace: 'trace.jsonl', ...phase }],
      steps: [{ request: { say: '{{trace.prompt}}' } as never }],
      ...more,
    },
    { baseDir },
  )
  const first = target.requests[0]?.at ?? 0
  const sent = run.attempts
    .map(({ exchange, session, start }) => ({
      at: exchange.sentAt - first,
      response: exchange.endedAt - exchange.intended,
      user: session,
      turn: start.turn,
    }))
    .sort((a, b) => a.at - b.at)
  return { ...run, sent }
}

test('requests are sent at their times to the digit, each with its own row', async () => {
  const target = slow(5)
  const rows = Array.from({ length: 500 }, (_, n) => ({ atMs: 1000 + n * n, prompt: `p${n}` }))
  const { sent, result, timersLeft } = await play(jsonl(...rows), target)
  expect(sent.map(({ at }) => at)).toEqual(rows.map(({ atMs }) => atMs - 1000))
  expect(target.requests.map(({ body }) => body)).toEqual(rows.map(({ prompt }) => prompt))
  expect(result.total.counts).toMatchObject({ planned: 500, ok: 500 })
  expect(result.phases[0]?.arrivals).toMatchObject({ process: 'trace', due: 500, started: 500, startedInPhase: 500, waited: 0 })
  expect([result.generator.lag.max, timersLeft]).toEqual([0, 0])
})

test('a turn starts when it is due and the one before it has ended; its response time counts from the trace', async () => {
  const session = (name: string, ...times: number[]) => times.map((atMs, n) => ({ atMs, session: name, prompt: `${name}${n}` }))
  const rows = [...session('a', 0, 10, 400), ...session('b', 5, 300)].sort((x, y) => x.atMs - y.atMs)
  const { sent, result } = await play(jsonl(...rows), slow(100))
  expect(sent).toEqual([
    { at: 0, response: 100, user: 0, turn: 0 },
    { at: 5, response: 100, user: 1, turn: 1 },
    // Due at 10, while the first turn of its session went on until 100.
    { at: 100, response: 190, user: 0, turn: 2 },
    { at: 300, response: 100, user: 1, turn: 3 },
    { at: 400, response: 100, user: 0, turn: 4 },
  ])
  expect(result.total.distributions.queue_wait).toMatchObject({ count: 5, max: 90 })
  expect(result.iterations).toMatchObject({ planned: 5, completed: 5, dropped: 0 })
})

test('a delay counts from the end of the reply before it; without a time it alone says when', async () => {
  const rows = [
    { atMs: 0, session: 's', prompt: '1' },
    { session: 's', delayMs: 250, prompt: '2' },
    { atMs: 2000, session: 's', delayMs: 10, prompt: '3' },
    { session: 's', delayMs: 40, prompt: '4' },
  ]
  const { sent, result } = await play(jsonl(...rows), slow(100))
  expect(sent.map(({ at, response }) => [at, response])).toEqual([
    [0, 100],
    [350, 100],
    [2000, 100],
    [2140, 100],
  ])
  expect(result.iterations).toMatchObject({ planned: 4, completed: 4 })
  const faster = await play(jsonl(...rows), slow(100), { speed: 10 })
  expect(faster.sent.map(({ at }) => at)).toEqual([0, 125, 226, 330])
})

test('a session has one conversation and one user; another one begins anew', async () => {
  const rows = [
    { atMs: 0, session: 'a', prompt: 'a0' },
    { atMs: 50, session: 'a', prompt: 'a1' },
    { atMs: 100, session: 'b', prompt: 'b0' },
  ]
  const target = chatTarget({ firstTokenMs: 5 })
  await play(
    jsonl(...rows),
    target,
    {},
    {
      target: { url: target.url, protocol: 'memory' as never, dialect: 'openai-chat', model: 'm' },
      steps: [{ message: '{{trace.prompt}}' }],
    },
  )
  const asked = target.requests.map(({ body }) =>
    (body as { messages: { content: string }[] }).messages.map(({ content }) => content),
  )
  expect(asked).toEqual([['a0'], ['a0', 'word0 word1 ', 'a1'], ['b0']])
})

test('arrivals that find no user wait, or are dropped with all of their session', async () => {
  const rows = [
    { atMs: 0, session: 'a' },
    { atMs: 10, session: 'b' },
    { atMs: 20, session: 'b' },
    { atMs: 200, session: 'a' },
    { atMs: 250, session: 'b' },
    { atMs: 400, session: 'c' },
  ]
  const waited = await play(jsonl(...rows), slow(100), { maxUsers: 1 })
  expect(waited.sent.map(({ at, turn }) => [at, turn])).toEqual([
    [0, 0],
    [200, 3],
    [300, 1],
    [400, 2],
    [500, 4],
  ])
  // What waits for a user when the load is over is dropped, as in every open load.
  expect(waited.result.iterations).toMatchObject({ planned: 6, completed: 5, dropped: 1 })
  const dropped = await play(jsonl(...rows), slow(100), { maxUsers: 1, whenFull: 'drop' })
  expect(dropped.sent.map(({ at, turn }) => [at, turn])).toEqual([
    [0, 0],
    [200, 3],
    [400, 5],
  ])
  expect(dropped.result.iterations).toMatchObject({ planned: 6, completed: 3, dropped: 3 })
})

test('a run that is stopped leaves no turn unaccounted for', async () => {
  const rows = Array.from({ length: 20 }, (_, n) => ({ atMs: n * 10, session: `s${n % 3}` }))
  const { result } = await play(jsonl(...rows), slow(100), {}, { budget: { requests: 8 } })
  const { planned, completed, failed, cut, dropped } = result.iterations
  expect(planned).toBe(completed + failed + cut + dropped)
  expect(completed).toBe(8)
  expect(dropped).toBeGreaterThan(0)
})

test('played several times, at another speed, before another phase: the next one begins when the last turn has started', async () => {
  const target = slow(100)
  const rows = [
    { atMs: 0, session: 'a' },
    { atMs: 10, session: 'a' },
  ]
  const { attempts } = await play(
    jsonl(...rows),
    target,
    { loop: 2 },
    {
      load: [
        { trace: 'trace.jsonl', loop: 2 },
        { rate: '10/s', for: '100ms' },
      ],
      steps: [{ request: { say: 'x' } as never }],
    },
  )
  expect(attempts.map(({ dimensions, exchange }) => [dimensions.phase, exchange.sentAt - (target.requests[0]?.at ?? 0)])).toEqual(
    expect.arrayContaining([
      [0, 0],
      [0, 100],
      [0, 20],
      [0, 120],
      [1, 120],
    ]),
  )
})
