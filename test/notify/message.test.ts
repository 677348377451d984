import { describe, expect, test } from 'vitest'
import { endMessages, liveMessage } from '../../src/notify/message/message.ts'
import { EMPTY_RESULT } from '../../src/result/empty.ts'
import type { Result } from '../../src/result/schema.ts'

const result = (own: Partial<Result>): Result => ({ ...EMPTY_RESULT, scenarioName: 'chat', runId: 'r1', ...own })
const typesOf = (own: Partial<Result>) => endMessages(result(own), 'out').map(({ type }) => type)

describe('the end of a run', () => {
  test.each<[Partial<Result>, string[]]>([
    [{ exitCode: 0, exitCodes: [0] }, ['run.completed']],
    [{ exitCode: 1, exitCodes: [1] }, ['run.failed']],
    [{ exitCode: 4, exitCodes: [4, 1] }, ['run.failed']],
    [{ exitCode: 130, exitCodes: [130, 1] }, ['run.cancelled']],
    [{ exitCode: 143, exitCodes: [143] }, ['run.cancelled']],
  ])('%j is %j', (own, types) => {
    expect(typesOf(own)).toEqual(types)
  })

  test('tells a lost comparison first', () => {
    const baseline = { verdict: 'WORSE' } as Result['baseline'] // of it only the verdict is read
    expect(typesOf({ exitCode: 1, exitCodes: [1], ...(baseline && { baseline }) })).toEqual(['baseline.regressed', 'run.failed'])
  })

  test('has what programs and people look at', () => {
    const [message] = endMessages(
      result({
        exitCode: 1,
        exitCodes: [1],
        verdict: 'failed',
        reason: 'too slow',
        errorRate: 0.0125,
        p95LatencyMs: 1234.5,
        thresholds: [
          {
            threshold: 'ttft p95 < 1s',
            state: 'failed',
            severity: 'fail',
            observed: 2000,
            limit: 1000,
            unit: 'ms',
            samples: 9,
            fewSamples: false,
            reason: 'was 2s',
          },
        ],
      }),
      'out',
    )
    expect(message).toMatchObject({
      title: 'chat: failed',
      mood: 'bad',
      data: { runId: 'r1', folder: 'out', exitCode: 1, errorRate: 0.0125 },
    })
    expect(message?.facts).toEqual([
      ['reason', 'too slow'],
      ['attempts', '0 ok, 0 failed, 0 cut, 0 dropped of 0'],
      ['errors', '1.25%'],
      ['response time p95', '1.23s'],
      ['ttft p95 < 1s', 'was 2s'],
      ['result', 'out'],
    ])
  })
})

const at = new Date('2026-01-02T03:04:05Z')
const run = { runId: 'r1', scenario: 'chat', folder: 'out' }

test('of what happens in a run, alerts and thresholds are news', () => {
  const alert = { event: 'alert', runId: 'r1', atMs: 1000, alert: 'errors > 5%', worst: 7.25, unit: 'percent' } as const
  expect(liveMessage({ ...alert, state: 'began' }, run, at)).toMatchObject({
    type: 'alert.began',
    mood: 'bad',
    facts: [['worst', '7.25 percent']],
  })
  expect(liveMessage({ ...alert, state: 'ended' }, run, at)).toMatchObject({ type: 'alert.ended', mood: 'neutral' })
  const threshold = {
    event: 'threshold',
    runId: 'r1',
    atMs: 1,
    threshold: 'ttft p95 < 1s',
    observed: 2,
    limit: 1,
    unit: 'ms',
    reason: 'was 2s',
  } as const
  expect(liveMessage(threshold, run, at)).toMatchObject({
    type: 'threshold.breached',
    timestamp: '2026-01-02T03:04:05.000Z',
    title: 'chat: ttft p95 < 1s does not hold',
  })
  expect(liveMessage({ event: 'phase', runId: 'r1', atMs: 0, phase: 'a', warmup: false }, run, at)).toBeUndefined()
})
