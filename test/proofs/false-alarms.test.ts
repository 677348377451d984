/** How often a comparison is wrong, counted on systems made of random numbers. Every seed is fixed: the counts are always the same. */
import { expect, test } from 'vitest'
import { APART, TOGETHER } from '../../src/compare/metrics.ts'
import { compareInTurns, compareTogether } from '../../src/compare/together.ts'
import { createRandom } from '../../src/random.ts'
import { type Simulated, simulate } from '../compare/simulated.ts'

function verdicts(count: number, settings: Omit<Simulated, 'seed'>): Record<string, number> {
  const found: Record<string, number> = {}
  for (let i = 0; i < count; i += 1) {
    const { a, b } = simulate({ ...settings, seed: `false alarms ${i}` })
    const { verdict } = compareTogether(a, b, { tolerances: TOGETHER, seed: String(i) })
    found[verdict] = (found[verdict] ?? 0) + 1
  }
  return found
}

/** A server that becomes 10 % slower, and whose state changes slowly. */
const BUSY = { attempts: 1000, seconds: 60, drift: 0.1, autocorrelated: true }

test('400 comparisons of a system with itself say WORSE twice at most', { timeout: 300_000 }, () => {
  const found = verdicts(400, BUSY)
  expect((found.WORSE ?? 0) + (found.BETTER ?? 0), JSON.stringify(found)).toBeLessThanOrEqual(4)
  expect(found.WORSE ?? 0, JSON.stringify(found)).toBeLessThanOrEqual(2)
})

test('10 % slower is found by 1,000 attempts of each side more often than seven times in ten', { timeout: 300_000 }, () => {
  const found = verdicts(200, { ...BUSY, slower: 1.1 })
  expect(found.WORSE ?? 0, JSON.stringify(found)).toBeGreaterThan(140)
})

test('in turns, runs that differ by 3 % of their own are called WORSE once in a hundred at most', { timeout: 300_000 }, () => {
  const found: Record<string, number> = {}
  for (let i = 0; i < 100; i += 1) {
    const noise = createRandom('turns', i)
    // Each run of each side has a speed of its own.
    const one = () =>
      simulate({ attempts: 2000, seconds: 40, seed: `turn ${noise.next()}`, slower: Math.exp(noise.normal(0, 0.03)) }).b
    const { verdict } = compareInTurns([one(), one()], [one(), one()], { tolerances: APART, seed: String(i) })
    found[verdict] = (found[verdict] ?? 0) + 1
  }
  expect(found.WORSE ?? 0, JSON.stringify(found)).toBeLessThanOrEqual(1)
  expect(found.BETTER ?? 0, JSON.stringify(found)).toBeLessThanOrEqual(1)
})
