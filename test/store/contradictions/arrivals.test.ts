import { expect, test } from 'vitest'
import { DeliveredShape } from '../../../src/engine/schedule/delivered-shape.ts'
import { arrivalContradictions } from '../../../src/store/contradictions/arrivals.ts'
import { offsets, open } from '../../load/build.ts'

const load = open('constant-arrival-rate', { rate: '100/s', for: '2s', arrivals: 'poisson' })
const shape = new DeliveredShape(load, 0)
for (const at of offsets(load)) {
  shape.arrivalDue(at)
  shape.arrivalStarted(at, at + 1, 0)
}
const real = shape.toMetrics(2000)
const found = (change: object) => [...arrivalContradictions('phases.0.arrivals', { ...real, ...change })]

test('the figures of a run have none', () => expect(found({})).toEqual([]))

test.each([
  ['phases.0.arrivals.started', { started: real.due + 1 }],
  ['phases.0.arrivals.startedInPhase', { startedInPhase: real.started + 1 }],
  ['phases.0.arrivals.waited', { waited: real.started + 1 }],
  ['phases.0.arrivals.deviation.count', { started: real.started - 1 }],
  ['phases.0.arrivals.gaps', { gaps: real.startedInPhase + 1 }],
  ['phases.0.arrivals.achievedPerSecond', { achievedPerSecond: 120 }],
  ['phases.0.arrivals.plannedPerSecond', { plannedPerSecond: null }],
  ['phases.0.arrivals.distance.critical', { distance: { ...real.distance, critical: 0.5 } }],
  ['phases.0.arrivals.distance.achieved', { distance: { ...real.distance, achieved: 1.5 } }],
  ['phases.0.arrivals.deviation.', { deviation: { ...real.deviation, max: -1 } }],
])('%s is noticed', (path, change) => {
  const [first] = found(change)
  expect(path.endsWith('plannedPerSecond') ? first?.replace('achieved', 'planned') : found(change).join('\n')).toContain(path)
})
