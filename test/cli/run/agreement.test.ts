/** One run in virtual time, told three times: on the screen, in events, and in the result. All three say the same. */
import { beforeAll, describe, expect, test } from 'vitest'
import { LiveWatch } from '../../../src/cli/output/live-view.ts'
import { RunEvents } from '../../../src/cli/run/recorded/events.ts'
import type { LiveView } from '../../../src/report/live/view.ts'
import type { RunEvent } from '../../../src/result/event.ts'
import type { Result } from '../../../src/result/schema.ts'
import { MemoryTarget, type Reply, runVirtual } from '../../support/virtual.ts'

const KEYS = ['started', 'ok', 'failed', 'cut', 'dropped'] as const

/** Histograms keep three digits. */
const RESOLUTION = 1.001

/** Replies of 100 to 900 ms with 3 to 11 tokens; every ninth is an error. */
function replyOf(n: number): Reply {
  if (n % 9 === 8) return { status: 503, headMs: 50, pieces: [[0, 'too much']] }
  const content = { choices: [{ message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] }
  const usage = { prompt_tokens: 10, completion_tokens: 3 + (n % 9) }
  return {
    headMs: 100 * (1 + (n % 9)),
    headers: { 'content-type': 'application/json' },
    pieces: [[0, JSON.stringify({ ...content, usage })]],
  }
}

let result: Result
const events: RunEvent[] = []
const screens: LiveView[] = []

beforeAll(async () => {
  let next = 0
  const { url } = new MemoryTarget({ reply: () => replyOf(next++) })
  const watch = new LiveWatch()
  const teller = new RunEvents({ write: (event) => events.push(event) }, { runId: 'test', folder: 'out' })
  const run = await runVirtual(
    {
      name: 'told three times',
      target: { url, dialect: 'openai-chat', stream: false, pricing: { inputPer1M: 100, outputPer1M: 1000, currency: 'EUR' } },
      load: [
        { name: 'warm', users: 2, for: '3s', warmup: true },
        { name: 'main', rate: '7/s', for: '20s' },
      ],
      steps: [{ message: 'a' }],
      thresholds: ['errors ratio < 100%'],
    } as never,
    {
      watch: (state) => {
        teller.second(state)
        screens.push(watch.view(state))
      },
    },
  )
  result = run.result
})

const seconds = () => events.filter((event) => event.event === 'second')
const sum = (rows: readonly Readonly<Record<(typeof KEYS)[number], number>>[]) =>
  Object.fromEntries(KEYS.map((key) => [key, rows.reduce((total, row) => total + row[key], 0)]))

describe('screen, events and result agree', () => {
  test('on every second', () => {
    expect(result.timeline.length).toBeGreaterThan(20)
    const rows = seconds().map(({ event, runId, queued, soFar, errors, cost, ...row }) => row)
    expect(rows).toEqual(result.timeline)
    expect(screens.at(-1)?.history).toEqual(result.timeline)
  })

  test('on the sums: those of the rows, of the last event, of the last screen, and of the result', () => {
    const { ok, failed, cut, dropped } = result.total.counts
    const outputTokens = result.total.tokens.output
    expect(failed).toBeGreaterThan(5)
    expect(seconds().at(-1)?.soFar).toEqual({ ok, failed, injected: 0, refused: 0, cut, dropped, outputTokens })
    expect(screens.at(-1)).toMatchObject({ ok, failed, cut, dropped, tokens: { total: outputTokens } })
    expect(sum(seconds())).toEqual(sum([result.total.counts, result.warmup?.counts ?? result.total.counts]))
  })

  test('on failures and money', () => {
    const byClass = { http_status: result.errors.reduce((total, { count }) => total + count, 0) }
    expect(seconds().at(-1)).toMatchObject({ errors: byClass, cost: result.cost?.priced })
    const { priced = 0, outside = 0 } = result.cost ?? {}
    expect(outside).toBeGreaterThan(0)
    const [{ errors: [worst] = [], cost } = {}] = screens.slice(-1)
    expect(worst).toMatchObject({ class: 'http_status', count: byClass.http_status })
    expect(cost).toMatchObject({ spent: (priced ?? 0) + (outside ?? 0), currency: 'EUR' })
  })

  test('on latencies: the few seconds of the screen are those of the rows', () => {
    const measured = [...screens.entries()].filter(([index, { latencies }]) => index > 10 && latencies[0]?.p50 !== null)
    expect(measured.length).toBeGreaterThan(10)
    for (const [index, screen] of measured) {
      const rows = seconds().slice(index - 5, index + 1)
      const medians = rows.flatMap(({ latencies }) => latencies.response_time?.p50 ?? [])
      const high = rows.flatMap(({ latencies }) => latencies.response_time?.p95 ?? [])
      const { p50 = null, p95 = null } = screen.latencies[0] ?? {}
      expect(p50).toBeGreaterThanOrEqual(Math.min(...medians) / RESOLUTION)
      expect(p50).toBeLessThanOrEqual(Math.max(...medians) * RESOLUTION)
      expect(p95).toBeLessThanOrEqual(Math.max(...high) * RESOLUTION)
    }
  })
})

test('arrivals that wait for a user are counted on the screen and in events', async () => {
  const told: RunEvent[] = []
  const shown: number[] = []
  const watch = new LiveWatch()
  const teller = new RunEvents({ write: (event) => told.push(event) }, { runId: 'test', folder: 'out' })
  const { url } = new MemoryTarget({ reply: () => ({ headMs: 1000, pieces: [[0, '{}']] }) })
  await runVirtual(
    {
      name: 'waits',
      target: { url },
      // Ten arrivals a second, of which one user serves one.
      load: [{ rate: '10/s', for: '5s', maxUsers: 1 }],
      steps: [{ request: { path: '/' } }],
      graceful: '10s',
    },
    {
      watch: (state) => {
        teller.second(state)
        shown.push(watch.view(state).waiting)
      },
    },
  )
  const queued = told.flatMap((event) => (event.event === 'second' ? [event.queued] : []))
  expect(queued.length).toBeGreaterThan(3)
  expect(shown.slice(0, queued.length)).toEqual(queued)
  for (const [i, waiting] of queued.slice(0, 4).entries()) expect(Math.abs(waiting - 9 * (i + 1))).toBeLessThanOrEqual(1)
})
