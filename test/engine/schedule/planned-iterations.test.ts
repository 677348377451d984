import { expect, test } from 'vitest'
import { iterationsDue, plannedIterations } from '../../../src/engine/schedule/planned-iterations.ts'
import type { OpenLoad } from '../../../src/load/executor.ts'
import type { Plan } from '../../../src/scenario/compile/plan.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'
import { open } from '../../load/build.ts'

function planWith(load: object[]): Plan {
  const scenario = scenarioSchema.parse({ name: 'n', target: { url: 'http://127.0.0.1/' }, steps: [{ message: 'Hi' }], load })
  return planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
}

const of = (...load: object[]) => plannedIterations(planWith(load))

test.each<[object[], number | undefined]>([
  [[{ iterations: 7, users: 3 }], 7],
  [[{ iterationsPerUser: 7, users: 3 }, { pause: '1s' }], 21],
  [[{ rate: '10/s', for: '2s' }, { iterations: 1 }], 21],
  [[{ users: 3, for: '2s' }], undefined],
  [[{ iterations: 7 }, { users: 1, for: '1s' }], undefined],
])('%j: %s', (load, count) => expect(of(...load)).toBe(count))

test('the arrivals of a plan are counted once, however often it is asked', () => {
  const load = open('constant-arrival-rate', { rate: '10/s', for: '2s' })
  let asked = 0
  const arrivals: OpenLoad['arrivals'] = (random) => {
    asked += 1
    return load.arrivals(random)
  }
  const plan = { seed: '1', phases: [{ load: { ...load, arrivals } }] } as unknown as Plan
  expect([plannedIterations(plan), plannedIterations(plan), asked]).toEqual([20, 20, 1])
})

test('arrivals at random are those of the seed, and more than can be counted are not', () => {
  const count = of({ rate: '10/s', for: '100s', arrivals: 'poisson' })
  expect(count).toBe(of({ rate: '10/s', for: '100s', arrivals: 'poisson' }))
  expect(Math.abs((count ?? 0) - 1000)).toBeLessThan(150)
  expect(of({ rate: '1000/s', for: '1001s' })).toBeUndefined()
})

test('what a timetable begins between two moments', () => {
  const due = (load: object[], fromMs: number, toMs: number) => iterationsDue(planWith(load), fromMs, toMs)
  const rates = [{ rate: '10/s', for: '2s' }, { pause: '1s' }, { rate: '100/s', for: '1s' }]
  expect([due(rates, 0, 1000), due(rates, 1500, 3010), due(rates, 0, 1e9)]).toEqual([10, 6, 120])
  const users = [
    { rate: '10/s', for: '1s' },
    { users: 3, for: '1s' },
    { rate: '10/s', for: '1s' },
  ]
  expect([due(users, 0, 1000), due(users, 900, 1001), due(users, 2000, 2500)]).toEqual([10, undefined, 5])
  expect(
    due(
      [
        { users: 3, iterations: 5 },
        { rate: '10/s', for: '1s' },
      ],
      0,
      100,
    ),
  ).toBeUndefined()
})
