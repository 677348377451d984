/** What several recorders wrote, added up, is what one would have written. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GroupRecorder } from '../../src/metrics/groups/group-recorder.ts'
import { mergeMetrics } from '../../src/metrics/groups/merge.ts'
import type { GroupMetrics } from '../../src/result/schema.ts'
import { drawn } from '../support/share.ts'
import { cutExchange, failedExchange, okExchange } from './exchanges.ts'

const ms = fc.integer({ min: 0, max: 5_000_000 }).map((us) => us / 1000)
const attempt = fc.record({
  kind: fc.constantFrom('ok', 'ok', 'ok', 'failed', 'refused', 'cut', 'dropped', 'held back', 'skipped', 'in flight'),
  times: fc.tuple(ms, ms, ms, ms),
  gaps: fc.array(fc.oneof(fc.constant(0), ms), { maxLength: 5 }),
  outputTokens: fc.oneof(fc.constant(undefined), fc.constant(null), fc.nat(5000)),
  seesText: fc.boolean(),
  good: fc.boolean(),
  checksPassed: fc.nat(3),
  checksFailed: fc.nat(3),
  inWindow: fc.boolean(),
  message: fc.boolean(),
})
type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never

function exchangeOf({ kind, times, gaps, outputTokens, seesText }: Attempt) {
  const [wait, first, rest, end] = times
  if (kind === 'cut') return cutExchange()
  if (kind === 'failed') return failedExchange('timeout_idle', 'no byte', wait + first, wait)
  if (kind === 'refused') return failedExchange('refused', 'connect ECONNREFUSED', wait)
  const tokens = outputTokens === undefined ? {} : { outputTokens }
  const lastToken = wait + first + rest
  const exchange = okExchange({ sent: wait, firstByte: wait + first, lastToken, ended: lastToken + end, gaps, ...tokens })
  return seesText
    ? exchange
    : Object.assign(exchange, { firstTokenAt: Number.NaN, firstOutputAt: Number.NaN, lastTokenAt: Number.NaN })
}

function feed(group: GroupRecorder, one: Attempt): void {
  if (one.kind === 'skipped') group.receiving.skip()
  else if (one.kind === 'dropped' || one.kind === 'held back') group.receiving.drop(1, one.kind === 'held back')
  else group.receiving.start()
  if (['skipped', 'dropped', 'held back', 'in flight'].includes(one.kind)) return
  group.receiving.add(exchangeOf(one), { ...one, good: one.good && one.kind === 'ok' })
}

/** What comes back from a file. */
const stored = (metrics: GroupMetrics): GroupMetrics => JSON.parse(JSON.stringify(metrics))

test('any split of the attempts, any number of parts', () => {
  const parts = fc.array(fc.record({ attempts: fc.array(attempt, { maxLength: 12 }), windowMs: fc.nat(10_000) }), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(parts, (all) => {
      const whole = new GroupRecorder()
      const written = all.map(({ attempts, windowMs }) => {
        const part = new GroupRecorder()
        for (const one of attempts) for (const group of [part, whole]) feed(group, one)
        return stored(part.toMetrics(windowMs))
      })
      const windowMs = Math.max(...all.map((part) => part.windowMs))
      expect(mergeMetrics(written)).toEqual(stored(whole.toMetrics(windowMs)))
    }),
    { numRuns: drawn(60) },
  )
})

test('parts may be merged again, in any order', () => {
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 3, maxLength: 20 }), (attempts) => {
      const [a, b, c] = [0, 1, 2].map((rest) => {
        const part = new GroupRecorder()
        for (const one of attempts.filter((_, i) => i % 3 === rest)) feed(part, one)
        return stored(part.toMetrics(1000))
      })
      if (!a || !b || !c) throw new Error('three parts')
      expect(mergeMetrics([stored(mergeMetrics([c, a])), b])).toEqual(mergeMetrics([a, b, c]))
    }),
    { numRuns: drawn(20) },
  )
})
