/** Latencies against a target that knows what they are. */
import { expect, test } from 'vitest'
import type { Result } from '../../src/result/schema.ts'
import { chatAt, threadMock } from '../engine/targets.ts'
import { onQuietMachine } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { MADE_BY, madeBy } from './made-by.ts'

/** Enough for every try on a machine that is never quiet. */
const timeout = 120_000

test.for(MADE_BY)('%s: a known distribution, request k takes (7919 × k mod 1000) ms', { timeout }, async (by, context) => {
  await onQuietMachine(context, async () => {
    const mock = await threadMock({ tokens: 1, gapMs: 0, delay: { multiplier: 7919, modulus: 1000 } })
    const { result } = await madeBy(
      by,
      { name: 'known', target: chatAt(mock), load: [{ rate: '500/s', for: '4s', maxUsers: 800 }], steps: [{ message: 'x' }] },
      { url: mock.url },
    )
    isAsKnown(result)
  })
})

function isAsKnown(result: Result): void {
  expect(result.total.counts).toMatchObject({ planned: 2000, ok: 2000 })
  for (const metric of ['ttft', 'service_time'] as const) {
    const found = result.total.distributions[metric]
    for (const [name, ms] of [
      ['p50', 500],
      ['p90', 900],
      ['p95', 950],
      ['p99', 990],
    ] as const) {
      expect(found?.percentiles[name], `${metric} ${name}`).toBeGreaterThan(ms - 2)
      // The target's own timers are late as well, and its longest delays begin while all its connections are made.
      expect(found?.percentiles[name], `${metric} ${name}`).toBeLessThan(ms * 1.01 + 1)
    }
    expect(found?.mean).toBeGreaterThan(499)
    expect(found?.mean).toBeLessThan(506)
  }
}

test.for(MADE_BY)('%s: 50 streams, first token after exactly 200 ms, then one each 20 ms', { timeout }, async (by, context) => {
  // The parts of a run share the cores with the target and with each other, and wait for each other there: of theirs, more tokens may be late.
  const share = by === 'one process' ? 0.99 : 0.95
  await onQuietMachine(context, async () => judgeStreams(await streams(by), share))
})

async function streams(by: (typeof MADE_BY)[number]) {
  const mock = await threadMock({ firstTokenMs: 200, gapMs: 20, tokens: 15, stamps: true })
  const made = await madeBy(
    by,
    {
      name: 'streams',
      target: chatAt(mock),
      load: [{ rate: '104/s', for: '3500ms', maxUsers: 80 }],
      steps: [{ message: 'number {{iteration.index}}' }],
    },
    { url: mock.url, keep: true },
  )
  return { mock, ...made }
}

/** `share` of the first tokens are read within 10 ms. */
async function judgeStreams(
  { mock, result, firstTokens, apartMs }: Awaited<ReturnType<typeof streams>>,
  share: number,
): Promise<void> {
  expect(result.total.counts.ok).toBe(364)
  const { ttft, itl } = result.total.distributions
  expect(ttft?.min).toBeGreaterThanOrEqual(199.9)
  expect(ttft?.percentiles.p50).toBeLessThan(204)
  expect(itl?.count).toBe(364 * 14)
  expect(Math.abs((itl?.percentiles.p50 ?? 0) - 20)).toBeLessThan(1)
  expect(itl?.mean).toBeGreaterThan(19.5)
  expect(itl?.mean).toBeLessThan(20.5)

  // The same moments as the target stamped them, on the clock that all of this machine share.
  const log = new Map((await mock.log()).map(({ body, firstTokenAt }) => [/number (\d+)/.exec(body)?.[1], firstTokenAt]))
  const late = firstTokens.map(({ iteration, at }) => at - (log.get(String(iteration)) ?? Number.NaN))
  late.sort((a, b) => a - b)
  expect(late).toHaveLength(364)
  expect(late[0]).toBeGreaterThanOrEqual(-apartMs)
  expect(late[Math.floor(late.length * share)]).toBeLessThan(10 + apartMs)
}

test('frames that come in one packet have one stamp: gaps are 0, never spread out', async () => {
  const mock = await threadMock({ firstTokenMs: 5, gapMs: 0, tokens: 5 })
  const { result } = await runScenario({
    name: 'packet',
    target: chatAt(mock),
    load: [{ iterations: 20, users: 1 }],
    steps: [{ message: 'x' }],
  })
  expect(result.total.distributions.itl?.count).toBe(80)
  expect(result.total.distributions.itl?.percentiles.p50).toBeLessThan(0.5)
})
