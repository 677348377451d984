/** A load in words. */
import { expect, test } from 'vitest'
import { phasesText } from '../../../src/cli/run/recorded/introduction.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'

function textOf(...load: readonly object[]): string {
  const { scenario, problems } = validateScenario(
    JSON.stringify({ name: 'n', target: { url: 'mock:' }, load, steps: [{ message: 'Hi' }] }),
    's.json',
  )
  if (!scenario) throw new Error(JSON.stringify(problems))
  return phasesText(planOf(scenario, { file: null, baseDir: '.', seed: '1', secrets: [] }).phases)
}

test.each([
  [[{ users: 5, for: '10s' }], '5 users, for 10s'],
  [[{ users: 1, pace: '1/s', for: '60s' }], '1 user, 1/s in total, for 1m'],
  [[{ users: 5, pace: '4/s', for: '10s' }], '5 users, 20/s in total (4/s each), for 10s'],
  [[{ users: { from: 1, to: 50 }, for: '2m' }], '1 to 50 users, for 2m'],
  [[{ iterations: 3, users: 2 }], '3 iterations, 2 users'],
  [[{ iterationsPerUser: 2, users: 3 }], '3 users, 2 iterations each'],
  [[{ rate: '20/s', for: '2m' }], '20/s for 2m'],
  [[{ rate: '20/s', for: '2m', maxUsers: 40 }], '20/s for 2m, at most 40 users'],
  [[{ rate: { from: '30/s', to: '10/s' }, for: '1m', maxUsers: 1 }], '30 to 10/s for 1m, at most 1 user'],
  [[{ rate: '20/s', for: '2m', maxUsers: 40, arrivals: { gamma: { shape: 2 } } }], '20/s (gamma) for 2m, at most 40 users'],
  [
    [{ rate: { base: '5/s', burst: '70/s', every: '30m', for: '1s' }, for: '1h', maxUsers: 9, arrivals: 'poisson' }],
    '5 to 70/s (poisson) for 1h, at most 9 users',
  ],
  [[{ rate: { mean: '5/s', amplitude: '5/s', period: '9m' }, for: '1h', maxUsers: 9 }], '0 to 10/s for 1h, at most 9 users'],
  [
    [
      { users: 1, for: '1s', warmup: true },
      { pause: '2s' },
      { users: 2, for: '1s' },
      { users: 3, for: '1s' },
      { users: 4, for: '1s' },
    ],
    'warm-up 1 user, for 1s; then nothing for 2s; then 2 users, for 1s; then 3 users, for 1s; then 1 more phase',
  ],
])('%j', (load, text) => {
  expect(textOf(...load)).toBe(text)
})
