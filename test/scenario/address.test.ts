import { expect, test } from 'vitest'
import { addressProblem, completeAddress } from '../../src/scenario/compile/target/address.ts'

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

test.each([
  ['mqtt://127.0.0.1:18120/a/%i', 'mqtt', undefined],
  ['mqtt://127.0.0.1/a/%c/%zz', 'mqtt', undefined],
  ['mqtt://127.0.0.1/a/+', 'mqtt', 'the path is the topic to publish to, and a topic has no +, no # and no character U+0000'],
  ['mqtt://127.0.0.1/a/%23', 'mqtt', 'the path is the topic to publish to, and a topic has no +, no # and no character U+0000'],
  ['mqtt://127.0.0.1/a/%00', 'mqtt', 'the path is the topic to publish to, and a topic has no +, no # and no character U+0000'],
  ['mqtt://127.0.0.1/t/a#b', 'mqtt', '"#b" would be left out: the path alone says where to send'],
  ['grpc://127.0.0.1/a.B/C?d=1', 'grpc', '"?d=1" would be left out: the path alone says where to send'],
  ['wss://127.0.0.1/mqtt?d=1', 'mqtt', undefined],
  ['ws://127.0.0.1/a+b', 'mqtt', undefined],
  ['http://127.0.0.1/a+b/%zz', 'http', undefined],
  [
    'mqtt://u%zz:p@127.0.0.1/a',
    'mqtt',
    'a % in the user name or password is the beginning of an escape: write %25 for the sign itself',
  ],
  [
    'ws://u:100%@127.0.0.1/a',
    'websocket',
    'a % in the user name or password is the beginning of an escape: write %25 for the sign itself',
  ],
  ['grpc://127.0.0.1:0/a.B/C', 'grpc', 'port 0 is no port to connect to'],
  ['mqtt:/a', 'mqtt', 'the address has no host'],
  ['mqtt://127.0.0.1:99999/a', 'mqtt', 'this is not an address'],
])('%s over %s: %s', (address, protocol, fault) => {
  expect(addressProblem(address, protocol)).toBe(fault)
})
