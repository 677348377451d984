import { expect, test } from 'vitest'
import { ConnectionRecorder } from '../../../src/metrics/counts/connections.ts'

const TIMES = { dnsMs: 1, connectMs: 2, tlsMs: null, handshakeMs: null }

test('what is open now, and the most that were at a time', () => {
  const recorder = new ConnectionRecorder([])
  recorder.opened(TIMES)
  recorder.opened(TIMES)
  recorder.closed()
  recorder.opened(TIMES)
  recorder.wasLost(3)
  recorder.openFailed()
  expect([recorder.open, recorder.maxOpen]).toEqual([1, 2])
  expect(recorder.counters).toEqual({
    connectionsOpened: 3,
    connectionsFailed: 1,
    connectionsLost: 1,
    lostInFlight: 3,
    reconnects: 0,
  })
})

test('an event is a sample of the metrics that it has a value of', () => {
  const recorder = new ConnectionRecorder([
    { name: 'connect', of: ({ times }) => times?.connectMs },
    { name: 'tls', of: ({ times }) => times?.tlsMs },
    { name: 'down', of: ({ downMs }) => downMs },
  ])
  recorder.opened(TIMES)
  recorder.reconnected(0)
  const counts = [...recorder.histograms].map(([name, { count, max }]) => [name, count, max])
  expect(counts).toEqual([
    ['connect', 1, 2],
    ['tls', 0, null],
    ['down', 1, 0],
  ])
  expect(recorder.counters.reconnects).toBe(1)
})

test('two recorders do not count for each other', () => {
  new ConnectionRecorder([]).openFailed()
  expect(new ConnectionRecorder([]).counters.connectionsFailed).toBe(0)
})
