import { describe, expect, test } from 'vitest'
import { DeliveredShape } from '../../../src/engine/schedule/delivered-shape.ts'
import { shapeProblem } from '../../../src/metrics/validity/arrival-shape.ts'
import { createRandom } from '../../../src/random.ts'
import { offsets, open } from '../../load/build.ts'
import { MemoryTarget, runVirtual } from '../../support/virtual.ts'

const START = 5000
const LOADS = {
  constant: open('constant-arrival-rate', { rate: '100/s', for: '60s' }),
  poisson: open('constant-arrival-rate', { rate: '100/s', for: '60s', arrivals: 'poisson' }),
  gamma: open('constant-arrival-rate', { rate: '100/s', for: '60s', arrivals: { gamma: { shape: 0.5 } } }),
  wave: open('sine-arrival-rate', {
    rate: { mean: '100/s', amplitude: '90/s', period: '7s' },
    for: '60s',
    arrivals: 'poisson',
  }),
}

/** The shape of a phase whose arrivals start `lateMs(n)` after they were due. */
function delivered(name: keyof typeof LOADS, lateMs: (n: number) => number) {
  const load = LOADS[name]
  const shape = new DeliveredShape(load, START)
  const due = offsets(load, 'delivered')
  for (const at of due) shape.arrivalDue(START + at)
  const starts = due.map((at, n) => [at, at + lateMs(n)] as const).sort(([, a], [, b]) => a - b)
  for (const [at, started] of starts) shape.arrivalStarted(START + at, START + started, 0)
  return shape.toMetrics(load.lengthMs)
}
const problemOf = (arrivals: ReturnType<typeof delivered>) => shapeProblem([{ name: 'main', warmup: false, arrivals }], 10)
const NAMES = Object.keys(LOADS) as (keyof typeof LOADS)[]

describe.each(NAMES)('%s', (name) => {
  test('on time: the starts are as far from the distribution as the timetable, and within what chance explains', () => {
    const { distance, variation, ...rest } = delivered(name, () => 0)
    expect(variation.achieved).toBeCloseTo(variation.timetable ?? Number.NaN, 9)
    expect(Math.abs((variation.achieved ?? 9) - variation.planned)).toBeLessThan(0.06)
    expect(rest.achievedPerSecond).toBe(rest.plannedPerSecond)
    expect(rest.deviation).toMatchObject({ max: 0, count: rest.due })
    expect(distance === undefined).toBe(name === 'constant')
    if (!distance) return
    expect(distance.achieved).toBe(distance.timetable)
    expect(distance.achieved).toBeLessThan(distance.critical)
  })

  test('a timer that is up to a millisecond late changes nothing', () => {
    const random = createRandom('timer', name)
    expect(problemOf(delivered(name, () => random.next()))).toBeUndefined()
  })

  test('starts of every 25 ms together are noticed', () => {
    const due = offsets(LOADS[name], 'delivered')
    const shape = delivered(name, (n) => Math.ceil((due[n] ?? 0) / 25) * 25 - (due[n] ?? 0))
    expect(problemOf(shape)).toContain('the gaps between starts')
    expect(shape.deviation.max).toBeGreaterThan(24)
  })

  test('a generator that takes half as long again for each is noticed by its rate', () => {
    const due = offsets(LOADS[name], 'delivered')
    expect(problemOf(delivered(name, (n) => (due[n] ?? 0) / 2))).toContain('started after its end')
  })
})

test('a wait for a free user is not counted as late', () => {
  const shape = new DeliveredShape(LOADS.constant, START)
  for (let n = 0; n < 10; n += 1) shape.arrivalDue(START + 10 * n)
  for (let n = 0; n < 8; n += 1) shape.arrivalStarted(START + 10 * n, START + 10 * n + 500 + n, 500)
  expect(shape.toMetrics(60_000)).toMatchObject({ due: 10, started: 8, waited: 8, gaps: 7, deviation: { max: 7 } })
})

test('until a run is stopped, rates are over the time until then', () => {
  const shape = new DeliveredShape(LOADS.constant, START)
  expect(shape.toMetrics(0)).toMatchObject({ due: 0, plannedPerSecond: null, achievedPerSecond: null, gaps: 0 })
  for (let n = 0; n < 50; n += 1) {
    shape.arrivalDue(START + 10 * n)
    shape.arrivalStarted(START + 10 * n, START + 10 * n, 0)
  }
  expect(shape.toMetrics(500)).toMatchObject({ plannedPerSecond: 100, achievedPerSecond: 100, startedInPhase: 50 })
})

test('a run in virtual time keeps its timetable to the millisecond of its timers, and its result says so', async () => {
  const target = new MemoryTarget({ reply: () => ({ headMs: 5 }) })
  const { result } = await runVirtual({
    name: 'shape',
    seed: 3,
    target: { url: target.url, protocol: 'memory' as never },
    load: [
      { rate: '50/s', for: '20s', arrivals: 'poisson' },
      { rate: { base: '5/s', burst: '100/s', every: '2s', for: '500ms' }, for: '10s' },
      { users: 1, for: '1s' },
      { rate: '50/s', for: '2s', maxUsers: 1 },
    ] as never,
    steps: [{ request: { say: 'x' }, name: 'ask' } as never],
  })
  const [poisson, bursts, closed, crowded] = result.phases.map(({ arrivals }) => arrivals)
  expect(poisson).toMatchObject({ process: 'poisson', waited: 0 })
  for (const arrivals of [poisson, bursts, crowded]) expect(arrivals?.deviation.max).toBeLessThan(1)
  expect(poisson?.distance?.timetable).toBeLessThan(poisson?.distance?.critical ?? 0)
  expect(bursts).toMatchObject({ due: 240, startedInPhase: 240, plannedPerSecond: 24 })
  expect(bursts?.variation.achieved).toBeLessThan(1e-6)
  expect(closed).toBeUndefined()
  expect(crowded).toMatchObject({ due: 100, started: 100 })
  expect(result.validity.reasons).toEqual([])
})
