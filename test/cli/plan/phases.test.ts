import { describe, expect, test } from 'vitest'
import type { Forecast } from '../../../src/cli/plan/forecast.ts'
import { rangeText } from '../../../src/cli/plan/render.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'
import { planOf } from './forecast-of.ts'

describe('iterations', () => {
  test.each<[string, unknown[], string]>([
    ['a budget', [{ iterations: 120, users: 7 }], '120'],
    ['a budget for each user', [{ iterationsPerUser: 3, users: 7 }], '21'],
    ['a constant rate', [{ rate: '20/s', for: '10s' }], '200'],
    ['a rate that ramps up', [{ rate: { from: '0/s', to: '20/s' }, for: '10s' }], '100'],
    ['users, each as fast as replies come', [{ users: 10, for: '10s' }], 'about 100'],
    ['users that ramp', [{ users: { from: 0, to: 10 }, for: '10s' }], 'about 50'],
    ['users on a timetable', [{ users: 10, for: '10s', pace: '2/m' }], '10'],
    ['a pause', [{ iterations: 2 }, { pause: '10s' }], '2'],
    ['phases together', [{ iterations: 2 }, { rate: '1/s', for: '10s' }], '12'],
  ])('%s', (_, load, expected) => {
    expect(rangeText(planOf({ load }).iterations).replace(/ \(.*/, '')).toBe(expected)
  })

  test('random arrivals are those of the seed', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, { seed: 'abc', load: [{ rate: '40/s', for: '1s', arrivals: 'poisson' }] }))
    const { stdout } = await home.call(['plan', 'a.json', '--json'])
    await home.call(['run', 'a.json', ...OUT, '--quiet'])
    const { iterations } = JSON.parse(stdout) as Forecast
    expect(iterations.least).toBe(iterations.most)
    expect(home.result().iterations.planned).toBe(iterations.least)
  })
})
