/** Think times, held against their distributions. Seeds are fixed, so that nothing here depends on chance. */
import { describe, expect, test } from 'vitest'
import { gammaShare } from '../../../../src/load/timetable/gamma.ts'
import { createRandom } from '../../../../src/random.ts'
import { compileDelay } from '../../../../src/scenario/compile/steps/delays.ts'
import { delaySchema } from '../../../../src/scenario/schema/step/delay.ts'
import { kolmogorovSmirnov } from '../../../load/statistics.ts'

const N = 20_000

function draws(delay: unknown): number[] {
  const draw = compileDelay(delaySchema.parse(delay))
  const random = createRandom('think times')
  return Array.from({ length: N }, () => draw(random))
}

// Half of the squares of a normal distribution lie on each side of its mean, and they are gamma-distributed with shape 1/2.
const halfNormal = gammaShare(0.5)
const normalShare = (z: number) => (1 + Math.sign(z) * halfNormal(z * z)) / 2

const DISTRIBUTIONS: readonly (readonly [name: string, delay: unknown, shareBelow: (ms: number) => number])[] = [
  ['uniform', '1s..3s', (ms) => (ms - 1000) / 2000],
  ['normal', { distribution: 'normal', mean: '2s', sd: '300ms' }, (ms) => normalShare((ms - 2000) / 300)],
  ['lognormal', { distribution: 'lognormal', median: '1s', sigma: 0.5 }, (ms) => normalShare(Math.log(ms / 1000) / 0.5)],
  ['exponential', { distribution: 'exponential', mean: '1s' }, (ms) => 1 - Math.exp(-ms / 1000)],
  ['gamma, uneven', { distribution: 'gamma', mean: '1s', shape: 0.5 }, (ms) => gammaShare(0.5)(ms / 1000)],
  ['gamma, even', { distribution: 'gamma', mean: '1s', shape: 9 }, (ms) => gammaShare(9)(ms / 1000)],
]

describe.each(DISTRIBUTIONS)('%s', (name, delay, shareBelow) => {
  test('its think times have it', () => {
    const { distance, critical } = kolmogorovSmirnov(draws(delay), shareBelow)
    expect(distance).toBeLessThan(critical)
  })

  test.each(DISTRIBUTIONS.filter(([other]) => other !== name))('those of %s have not', (_, other) => {
    const { distance, critical } = kolmogorovSmirnov(draws(other), shareBelow)
    expect(distance).toBeGreaterThan(3 * critical)
  })

  test('those that are a twentieth longer have not', () => {
    const { distance, critical } = kolmogorovSmirnov(
      draws(delay).map((ms) => ms * 1.05),
      shareBelow,
    )
    expect(distance).toBeGreaterThan(critical)
  })
})
