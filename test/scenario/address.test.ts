import { expect, test } from 'vitest'
import { completeAddress } from '../../src/scenario/compile/address.ts'

test.each([
  ['localhost:8000/ws/mobile/sync/', 'websocket', 'ws://localhost:8000/ws/mobile/sync/'],
  ['127.0.0.1:1883', 'mqtt', 'mqtt://127.0.0.1:1883'],
  ['[::1]:1883/a', 'mqtt', 'mqtt://[::1]:1883/a'],
  ['tcp://broker:1883', 'mqtt', 'mqtt://broker:1883'],
  ['ssl://broker:8883', 'mqtt', 'mqtts://broker:8883'],
  ['broker', 'http', 'http://broker'],
  ['//host/events', 'sse', 'http://host/events'],
  ['host:50051/a.B/C', 'grpc', 'grpc://host:50051/a.B/C'],
  ['wss://host/x', 'websocket', 'wss://host/x'],
  ['ws://host/mqtt', 'mqtt', 'ws://host/mqtt'],
  ['mock:/ws', 'websocket', 'mock:/ws'],
  ['{{base}}/x', 'http', '{{base}}/x'],
])('%s over %s is %s', (written, protocol, address) => {
  expect(completeAddress(written, protocol)).toBe(address)
})
