import { expect, test } from 'vitest'
import { Recorder, type RunDimensions } from '../../src/metrics/recorder.ts'
import { cutExchange, failedExchange, okExchange } from './exchanges.ts'

const DIMENSIONS: RunDimensions = {
  steps: [
    { name: 'open', kind: 'message', checks: ['status 200', 'ttft < 1s'], flow: undefined },
    { name: 'more', kind: 'message', checks: [], flow: undefined },
  ],
  phases: [
    { name: 'warm', warmup: true, setupOrTeardown: false },
    { name: 'main', warmup: false, setupOrTeardown: false },
    { name: 'setup', warmup: false, setupOrTeardown: true },
  ],
  targets: ['target'],
  groups: [],
  selectors: [{ step: 'open' }, { step: 'more', phase: 'main' }],
}
const NONE_AFTER = { passed: 0, failed: 0 }
const at = (step: number, phase: number) => ({ step, phase, target: 0, group: 0 })
/** The row of the timeline with all attempts so far. */
function secondOf(recorder: Recorder) {
  recorder.endSecond(0, 1000, 'main', 1, { inFlight: 0, peakInFlight: 0 })
  return recorder.timeline.toRows().at(-1)
}
const planned = (recorder: Recorder) => ({
  total: recorder.total.counts.planned,
  warmup: recorder.warmup.counts.planned,
  steps: recorder.steps.map((series) => series.counts.planned),
  phases: recorder.phases.map((series) => series.counts.planned),
  selected: recorder.selected.map((series) => series.counts.planned),
})

test('an attempt counts in the total, its step, its phase and what thresholds select', () => {
  const recorder = new Recorder(DIMENSIONS)
  recorder.started(at(0, 1), 1)
  recorder.started(at(1, 1), 2)
  recorder.dropped(at(1, 1), 3)
  expect(planned(recorder)).toEqual({ total: 5, warmup: 0, steps: [1, 4], phases: [0, 5, 0], selected: [1, 4] })
  expect(recorder.lag).toMatchObject({ count: 2, max: 2 })
  expect(recorder.inFlight).toBe(2)
})

test('a warm-up counts in itself only: no total, check, error or lag', () => {
  const recorder = new Recorder(DIMENSIONS)
  recorder.started(at(0, 0), 50)
  recorder.settled(
    failedExchange('local_files', 'x', 1),
    at(0, 0),
    [{ index: 0, passed: false, objective: false, observed: '500' }],
    true,
  )
  expect(planned(recorder)).toEqual({ total: 0, warmup: 1, steps: [0, 0], phases: [1, 0, 0], selected: [0, 0] })
  expect(recorder.lag.count).toBe(0)
  expect(recorder.errors.toResult(0)).toEqual([])
  expect(recorder.localFailures.size).toBe(0)
  expect(recorder.checks[0]?.[0]).toEqual({ passed: 0, failed: 0, afterFault: NONE_AFTER, samples: [] })
  expect(recorder.inFlight).toBe(0)
})

test('setup counts in itself only, but its errors are told', () => {
  const recorder = new Recorder(DIMENSIONS)
  recorder.started(at(0, 2), 50)
  recorder.settled(failedExchange('refused', 'x', 1), at(0, 2), [], true)
  expect(planned(recorder)).toEqual({ total: 0, warmup: 0, steps: [0, 0], phases: [0, 0, 1], selected: [0, 0] })
  expect(recorder.errors.toResult(0)).toMatchObject([{ class: 'refused', count: 1 }])
  expect(secondOf(recorder)).toMatchObject({ started: 0, failed: 0 })
})

test('outcomes end up in the second, in the slices and in the error groups', () => {
  const recorder = new Recorder(DIMENSIONS)
  const dimensions = at(0, 1)
  for (let i = 0; i < 4; i += 1) recorder.started(dimensions, 0)
  recorder.settled(okExchange({ ended: 5, outputTokens: 7 }), dimensions, [], true)
  recorder.settled(failedExchange('reset', 'x', 5, 1), dimensions, [], true)
  recorder.settled(failedExchange('local_ports', 'y', 5), dimensions, [], true)
  recorder.settled(cutExchange(), dimensions, [], true)
  expect(secondOf(recorder)).toMatchObject({ started: 4, ok: 1, failed: 2, cut: 1, dropped: 0, outputTokens: 7 })
  expect(recorder.total.counts).toEqual({ planned: 4, started: 4, ok: 1, failed: 2, cut: 1, dropped: 0 })
  expect(recorder.errors.toResult(0).map((group) => [group.class, group.step, group.count])).toEqual([
    ['reset', 'open', 1],
    ['local_ports', 'open', 1],
  ])
  expect([...recorder.localFailures]).toEqual([['local_ports', 1]])
})

test('checks are counted line by line, with up to three samples; an objective decides goodput and nothing else', () => {
  const recorder = new Recorder(DIMENSIONS)
  const dimensions = at(0, 1)
  for (let i = 0; i < 5; i += 1) {
    recorder.started(dimensions, 0)
    recorder.settled(
      okExchange(),
      dimensions,
      [
        { index: 0, passed: true, objective: false, observed: '200' },
        { index: 1, passed: i === 0, objective: true, observed: `${i}s` },
      ],
      true,
    )
  }
  expect(recorder.checks[0]).toEqual([
    { passed: 5, failed: 0, afterFault: NONE_AFTER, samples: [] },
    { passed: 1, failed: 4, afterFault: NONE_AFTER, samples: ['1s', '2s', '3s'] },
  ])
  expect(recorder.total.values(1000)).toMatchObject({ good_share: 0.2, checks: 0.6, rate: 5 })
})

test('connections: what opened, failed, was lost and came back', () => {
  const { connections } = new Recorder(DIMENSIONS)
  connections.opened({ dnsMs: 1, connectMs: 2, tlsMs: null, handshakeMs: 4 })
  connections.opened({ dnsMs: null, connectMs: 3, tlsMs: null })
  connections.opened({ dnsMs: 1, connectMs: 1, tlsMs: 6, handshakeMs: 3 })
  connections.openFailed()
  connections.closed()
  connections.wasLost(2)
  connections.reconnected(250)
  expect(connections).toMatchObject({ open: 1, maxOpen: 3 })
  expect(connections.counters).toEqual({
    connectionsOpened: 3,
    connectionsFailed: 1,
    connectionsLost: 1,
    lostInFlight: 2,
    reconnects: 1,
  })
  expect(connections.histograms.get('connect_time')).toMatchObject({ count: 3, min: 3, max: 11 })
  expect(connections.histograms.get('tls_time')).toMatchObject({ count: 1, max: 6 })
  expect(connections.histograms.get('handshake_time')).toMatchObject({ count: 2, min: 3, max: 4 })
  expect(connections.histograms.get('recovery_time')?.max).toBe(250)
})
