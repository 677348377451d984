import { describe, expect, test } from 'vitest'
import { NO_COUNTERS } from '../../../src/metrics/counts/counters.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { evaluate } from '../../../src/metrics/threshold/evaluate.ts'
import { windowEvidence } from '../../../src/metrics/threshold/evidence.ts'
import { jointlyCertain, type Threshold, thresholdSchema } from '../../../src/metrics/threshold/threshold.ts'
import { createRandom } from '../../../src/random.ts'
import { failsRun } from '../../../src/result/verdict.ts'

const certain = (threshold: string): Threshold => thresholdSchema.parse({ threshold, certain: true })

function of(values: readonly number[], cut = 0) {
  const histogram = new Histogram('ms')
  for (const value of values) histogram.record(value)
  return windowEvidence({ ...NO_COUNTERS, ok: values.length, cut }, 0, 1000, () => histogram)
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

describe('of the values 1 to 1,000 ms, whose p95 of 950 ms has the upper bound 967 ms', () => {
  test.each([
    ['response_time p95 < 968ms', 'passed'],
    ['response_time p95 < 960ms', 'undecided'],
    ['response_time p95 < 940ms', 'failed'],
    ['response_time p95 > 931ms', 'passed'],
    ['response_time p95 > 945ms', 'undecided'],
    ['response_time p95 > 951ms', 'failed'],
  ])('%s is %s', (text, state) => {
    const result = evaluate(certain(text), of(upTo(1000)))
    expect(result).toMatchObject({ state })
    expect(failsRun(result)).toBe(state !== 'passed')
  })

  test('what is undecided says why, and how many samples would decide', () => {
    expect(evaluate(certain('response_time p95 < 960ms'), of(upTo(1000))).reason).toBe(
      'response_time p95 was 950ms, limit 960ms, over 1,000 samples, but may be up to 967ms: with about 3,000 samples such values would be certain',
    )
    expect(evaluate(certain('response_time p95 > 945ms'), of(upTo(1000))).reason).toContain('may be as low as 932ms')
  })

  test('bounds and confidence are in the result; without `certain` the bounds alone', () => {
    const bounds = { low: 931.84, high: 967.167 }
    expect(evaluate(certain('response_time p95 < 2s'), of(upTo(1000)))).toMatchObject({ bounds, confidence: 0.99 })
    const plain = evaluate(thresholdSchema.parse('response_time p95 < 960ms'), of(upTo(1000)))
    expect(plain).toMatchObject({ state: 'passed', bounds })
    expect(plain).not.toHaveProperty('confidence')
  })

  test('attempts that the end of the run cut off count as the slowest', () => {
    expect(evaluate(certain('response_time p95 < 975ms'), of(upTo(1000), 5))).toMatchObject({ state: 'passed' })
    expect(evaluate(certain('response_time p95 < 975ms'), of(upTo(1000), 12))).toMatchObject({ state: 'undecided' })
    const unknown = evaluate(certain('response_time p95 < 2s'), of(upTo(1000), 40))
    expect(unknown).toMatchObject({ state: 'undecided', reason: expect.stringContaining('40 attempts did not get so far') })
    expect(unknown).not.toHaveProperty('samplesNeeded')
  })
})

test('too few samples decide nothing, and say how many are needed', () => {
  expect(evaluate(certain('ttft p95 < 2s'), of(upTo(57)))).toMatchObject({
    state: 'undecided',
    samplesNeeded: 130,
    reason: 'ttft p95 was 55ms over 57 samples, but 130 are needed to be certain',
  })
  expect(evaluate(certain('ttft p95 < 2s'), of([]))).toMatchObject({ state: 'no_samples' })
})

test('several share the one per cent, and each needs more samples', () => {
  const all = jointlyCertain([certain('ttft p95 < 2s'), thresholdSchema.parse('ttft p95 < 2s'), certain('ttft p50 < 2s')])
  expect(all.map(({ uncertainty }) => uncertainty)).toEqual([0.005, undefined, 0.005])
  const [first] = all.map((threshold) => evaluate(threshold, of(upTo(140))))
  expect(first).toMatchObject({ state: 'undecided', confidence: 0.995, samplesNeeded: 146 })
})

test.each([
  ['errors < 5%', 'only a percentile'],
  ['ttft p100 < 2s', 'only a percentile'],
  ['ttft avg < 2s', 'only a percentile'],
  ['itl p95 < 2s', 'not independent'],
  ['lag p95 < 2s', 'not measured per attempt'],
  ['ttft p95 != 2s', 'cannot hold for certain'],
])('%s can never be certain', (threshold, message) => {
  const issues = (input: unknown) => JSON.stringify(thresholdSchema.safeParse(input).error?.issues)
  expect(issues({ threshold, certain: true })).toContain(message)
  expect(thresholdSchema.safeParse({ threshold, certain: false }).success).toBe(true)
})

test('a window can never be certain', () => {
  expect(thresholdSchema.safeParse({ threshold: 'ttft p95 < 2s', certain: true, window: '10s' }).success).toBe(false)
})

test('a target whose p95 is the limit passes for certain once in a hundred runs, by samples alone half of the time', () => {
  const [limit, runs] = [100, 1500]
  const [plain, sure] = [thresholdSchema.parse('ttft p95 < 100ms'), certain('ttft p95 < 100ms')]
  let [byChance, wrongly] = [0, 0]
  for (let seed = 0; seed < runs; seed += 1) {
    const random = createRandom(seed, 'gate')
    // Exponential, of which 5 % lie above the limit.
    const evidence = of(Array.from({ length: 400 }, () => random.exponential(limit / Math.log(20))))
    if (evaluate(plain, evidence).state === 'passed') byChance += 1
    if (evaluate(sure, evidence).state === 'passed') wrongly += 1
  }
  expect(byChance / runs).toBeGreaterThan(0.3)
  // 1 % of 1,500 is 15; more than 28 come once in a thousand such tests.
  expect(wrongly).toBeLessThanOrEqual(28)
})
