import { expect, test } from 'vitest'
import { compareApart } from '../../src/compare/apart.ts'
import { APART } from '../../src/compare/metrics.ts'
import { simulate } from './simulated.ts'

const CHOICES = { tolerances: APART, seed: '7' }
const of = (seed: string, slower: number, attempts = 4000) => simulate({ seed, attempts, seconds: 60, slower })

test('bounds of two runs that were not made together include how much runs vary', () => {
  const { a, b } = of('apart', 1.3)
  const [known] = compareApart(a, b, { ...CHOICES, runNoise: 0.001 }).values
  const [noisy] = compareApart(a, b, CHOICES).values
  expect(known).toMatchObject({ metric: 'response_time p50', verdict: 'WORSE' })
  expect(noisy?.change).toBe(known?.change)
  expect((noisy?.high ?? 0) - (noisy?.low ?? 0)).toBeGreaterThan(1.5 * ((known?.high ?? 0) - (known?.low ?? 0)))
})

test('a change that runs of one system show as well is no finding, and more of the same data is no help', () => {
  const { a, b } = of('small change', 1.08)
  const { verdict, values, warnings } = compareApart(a, b, CHOICES)
  expect(verdict).toBe('UNCLEAR')
  expect(values[0]).toMatchObject({ verdict: 'UNCLEAR', timesMore: null, note: 'repeat the runs' })
  expect(warnings[0]).toBe('not run together: the bounds include a spread of 3.0 % between runs of one system (--run-noise)')
})

test('a run of seconds has no blocks, and decides nothing', () => {
  const { a, b } = of('short', 3)
  const { verdict, warnings } = compareApart({ ...a, blocks: [] }, { ...b, blocks: [] }, CHOICES)
  expect(verdict).toBe('UNCLEAR')
  expect(warnings[0]).toMatch(/^only 0 blocks of 25 attempts: 8 are needed/)
})

test('another scenario, another machine and a late generator are said', () => {
  const { a, b } = of('guards', 1)
  const other = {
    ...b,
    result: {
      ...b.result,
      scenarioHash: 'another',
      environment: { ...b.result.environment, hostname: 'elsewhere' },
      validity: { state: 'degraded' as const, reasons: [{ level: 'degraded' as const, code: 'lag', message: 'late', hint: '' }] },
    },
  }
  const { warnings } = compareApart(a, other, CHOICES)
  expect(warnings.join('\n')).toContain('the scenarios differ')
  expect(warnings.join('\n')).toContain(`different machines: ${a.result.environment.hostname} and elsewhere`)
  expect(warnings.join('\n')).toContain('the measurement of b is degraded: late')
})

test('errors that doubled within what chance does are unclear, and those that did not are the same', () => {
  const errors = (errorsA: number, errorsB: number, attempts: number) => {
    const { a, b } = simulate({ seed: `e${errorsB}`, attempts, seconds: 60, errorsA, errorsB })
    return compareApart(a, b, CHOICES).values.find(({ metric }) => metric === 'errors')?.verdict
  }
  expect(errors(0.01, 0.02, 800)).toBe('UNCLEAR')
  expect(errors(0.01, 0.01, 20_000)).toBe('SAME')
  expect(errors(0.01, 0.08, 4000)).toBe('WORSE')
})
