/**
 * Coordinated omission: a target that stands still must show in response_time, although it is asked over few connections. A stall of D
 * in a run of T leaves, at a drain rate far above the arrival rate, p_q = max(0, D − (1 − q)·T) above the base latency.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { HEALTH, processMock } from '../engine/targets.ts'
import { onQuietMachine } from '../support/quiet.ts'
import { MADE_BY, madeBy } from './made-by.ts'

const LARGE: Design = { seconds: 20, perSecond: 1000, users: 20, freezeMs: 2000, tolerance: [0.1, 0.1] }
/** For each way to make a load; `LARGE` is for one process alone. */
const DESIGNS: readonly Design[] = [
  { seconds: 5, perSecond: 1000, users: 20, freezeMs: 500, tolerance: [0.12, 0.12] },
  { seconds: 3, perSecond: 500, users: 5, freezeMs: 300, tolerance: [0.12, 0.15] },
]

test.for([{ ...LARGE, by: MADE_BY[0] }, ...DESIGNS.flatMap((design) => MADE_BY.map((by) => ({ ...design, by })))])(
  '$by: $freezeMs ms of standstill in $seconds s at $perSecond/s over $users connections',
  { timeout: 240_000 },
  async ({ by, ...design }, context) => {
    await onQuietMachine(context, async () => judge(design, await measure(by, design)))
  },
)

interface Design {
  readonly seconds: number
  readonly perSecond: number
  readonly users: number
  readonly freezeMs: number
  /** Shares below and above what is expected. */
  readonly tolerance: readonly number[]
}

async function measure(by: (typeof MADE_BY)[number], { seconds, perSecond, users, freezeMs }: Design) {
  const mock = await processMock({})
  let frozen = Promise.resolve(0)
  const { result } = await madeBy(
    by,
    {
      name: 'frozen',
      target: { url: mock.url },
      load: [{ rate: `${perSecond}/s`, for: `${seconds}s`, maxUsers: users }],
      steps: HEALTH,
    },
    {
      url: mock.url,
      during: () => {
        frozen = sleep(seconds * 400).then(() => mock.freeze(freezeMs))
      },
    },
  )
  return { result, stall: await frozen }
}

function judge(
  { seconds, perSecond, users, freezeMs, tolerance }: Design,
  { result, stall }: Awaited<ReturnType<typeof measure>>,
): void {
  const { counts, distributions } = result.total
  expect(counts).toMatchObject({ planned: seconds * perSecond, ok: seconds * perSecond, failed: 0, cut: 0, dropped: 0 })
  expect(result.connectionMetrics.maxOpenConnections).toBe(users)
  const expected = (quantile: number) => Math.max(0, stall - (1 - quantile) * seconds * 1000)
  const response = distributions.response_time?.percentiles
  const [below = 0, above = 0] = tolerance
  expect(response?.p99).toBeGreaterThan(expected(0.99) * (1 - below))
  expect(response?.p99).toBeLessThan(expected(0.99) * (1 + above))
  // The naive figure: at most one in a hundred was on the wire when it happened.
  expect(distributions.service_time?.percentiles.p99).toBeLessThan(expected(0.99) / 10)
  // The wait is the target's doing, not the generator's.
  expect(distributions.queue_wait?.percentiles.p99).toBeGreaterThan(expected(0.99) * 0.8)
  expect(result.generator.lag.percentiles.p99).toBeLessThan(20)
  if (freezeMs === 2000) {
    expect(response?.p99).toBeGreaterThan(1700)
    expect(response?.p99).toBeLessThan(1900)
  }
}
