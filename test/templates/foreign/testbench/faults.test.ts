import { expect, test } from 'vitest'
import { convert, errorsOf } from '../convert.ts'

const file = (networkDelays: object, enabled = true) => ({
  endpoint: 'ws://127.0.0.1:8080/ws',
  protocol: 'WEBSOCKET',
  connections: 1,
  durationSeconds: 10,
  rates: { messagesPerSecond: 1 },
  failureInjection: { enabled, networkDelays },
})

test('delays of layer socket are latency on the wire, and no step waits', () => {
  const { scenario } = convert(file({ layer: 'socket', rangeMs: { start: 50, endInclusive: 250 }, probability: 0.1 }))
  expect(scenario.faults).toEqual([{ latency: '150ms', jitter: '100ms', probability: '10%' }])
  expect(JSON.stringify(scenario.steps)).not.toContain('injected')
  expect(errorsOf(scenario)).toEqual([])
})

test.each([
  ['another layer', file({ layer: 'message', rangeMs: { start: 50, endInclusive: 250 }, probability: 0.1 })],
  ['switched off', file({ layer: 'socket', enabled: false })],
  ['all switched off', file({ layer: 'socket' }, false)],
])('none with %s', (_, source) => {
  expect(convert(source).scenario.faults).toBeUndefined()
})
