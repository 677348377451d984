/** The charts: what lies where, and how much room they take. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import type { GroupMetrics, Result } from '../../../src/result/schema.ts'
import { reportedConversation, reportedTurn } from '../conversations.ts'
import { PLAIN } from '../every-report.ts'
import { counts, distribution, fine, HOSTILE, slice, step } from '../results.ts'
import { rowOf } from './charts/chart-row.ts'

describe('where the time goes', () => {
  const parts = (over: GroupMetrics['distributions']) => {
    const page = html.render({ ...fine, steps: [step('open', slice(counts(1200), over))] }, PLAIN)
    const [, body = ''] = /<section id="split"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page) ?? []
    return Array.from(body.matchAll(/data-value="([^"]*)"/g), ([, value]) => Number(value))
  }
  const mean = (ms: number, count = 1200) => ({ ...distribution(ms, ms, ms, count), mean: ms })

  test('the parts add up to the mean response time', () => {
    const all = { response_time: mean(500), service_time: mean(400), ttfb: mean(50), ttft: mean(200), queue_wait: mean(70) }
    expect(parts(all)).toEqual([500, 70, 30, 50, 150, 200])
  })

  test('without tokens the rest begins at the first byte, and the wait is never more than the delay', () => {
    expect(parts({ response_time: mean(500), service_time: mean(400), ttfb: mean(50), queue_wait: mean(170) })).toEqual([
      500, 100, 0, 50, 0, 350,
    ])
  })

  test('the time to the first token is split by what the server tells, when it tells it of all replies and not too much', () => {
    const all = { response_time: mean(500), service_time: mean(400), ttfb: mean(50), ttft: mean(200), queue_wait: mean(70) }
    const queue = { server_queue: mean(120), server_prefill: mean(70) }
    expect(parts({ ...all, ...queue })).toEqual([500, 70, 30, 120, 70, 10, 200])
    for (const wrong of [
      { server_queue: mean(120) },
      { ...queue, server_queue: mean(120, 600) },
      { ...queue, server_queue: mean(150) },
    ])
      expect(parts({ ...all, ...wrong })).toEqual([500, 70, 30, 50, 150, 200])
  })

  test('means of other attempts are not subtracted', () => {
    expect(parts({ response_time: mean(500), service_time: mean(400), ttfb: mean(50), ttft: mean(200, 600) })[4]).toBe(0)
    expect(parts({ response_time: mean(500), service_time: mean(400) })).toEqual([])
  })
})

test('the page of an hour with many steps and texts that want to break out is at most 1 MB', () => {
  const one = { p50: 123.456789, p95: 234.567891, max: 3456.789123 }
  const latencies = { response_time: one, service_time: one, ttft: one, tpot: one }
  const timeline = Array.from({ length: 1200 }, (_, at) => rowOf(at * 3000.123456, { lengthMs: 3000.123456, latencies }))
  const steps = Array.from({ length: 20 }, (_, at) =>
    step(`step-${at}${HOSTILE}`, { ...slice(counts(9000)), distributions: fine.total.distributions }),
  )
  const hour: Result = { ...fine, timeline, steps, durationMs: 3_600_000 }
  const turn = reportedTurn({ prompt: HOSTILE.repeat(30), reply: HOSTILE.repeat(30) })
  const chosen = Array.from({ length: 40 }, (_, user) => reportedConversation({ user, turns: [turn, turn, turn] }))
  const page = html.render(hour, { ...PLAIN, conversations: { chosen, recorded: 5000, level: 'all' } })
  expect(page.match(/<details class="talk"/g)?.length).toBeGreaterThan(3)
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
})
