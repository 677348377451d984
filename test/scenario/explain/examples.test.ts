import { expect, test } from 'vitest'
import {
  closedLoad,
  message,
  openLoad,
  phasedLoad,
  ramp,
  rate,
  scalar,
  stagedLoad,
  time,
  typedStep,
} from '../../../src/scenario/explain/examples.ts'

test.each<[unknown, string]>([
  [5, '5'],
  [true, 'true'],
  ['a b-c/d', 'a b-c/d'],
  ['a: b', '"a: b"'],
  ['x'.repeat(41), '…'],
  ['', '…'],
  [{}, '…'],
])('%j as YAML: %s', (value, text) => expect(scalar(value, '…')).toBe(text))

test('numbers get their unit, texts keep theirs', () => {
  expect([time(5, 'ms', '1s'), time('5m', 'ms', '1s'), time(null, 'ms', '1s'), rate(7), rate('7/m'), rate(undefined)]).toEqual([
    '5ms',
    '5m',
    '1s',
    '7/s',
    '7/m',
    '5/s',
  ])
})

test.each<[string, string]>([
  [ramp({ rate: '20/s', from: '5/s' }), 'rate: { from: 5/s, to: 20/s }'],
  [ramp({ rate: '20/s', to: '50/s' }), 'rate: { from: 20/s, to: 50/s }'],
  [ramp({ from: 1, to: 9 }), 'users: { from: 1, to: 9 }'],
  [closedLoad({ vus: 5, duration: '30s' }), 'load: [ { users: 5, for: 30s } ]'],
  [closedLoad({ repetitions: 4, concurrency: 2 }), 'load: [ { iterationsPerUser: 4, users: 2 } ]'],
  [openLoad({ rps: 20, duration: 60 }), 'load: [ { rate: 20/s, for: 60s } ]'],
  [
    stagedLoad([{ target: 50, duration: '2m' }, { target: 0 }]),
    'load: [ { users: { to: 50 }, for: 2m } ], a phase for each stage',
  ],
  [phasedLoad([{ arrivalRate: 3, duration: 10 }]), 'load: [ { rate: 3/s, for: 10s } ], an entry for each phase'],
  [message({ config: { content: 'Hi' } }), 'message: "Hi"'],
  [message({}), 'message: "Hello"'],
  [typedStep({ type: 'wait', durationMs: 5 }), 'delay: 5ms'],
  [typedStep({ type: 'loop', count: 2 }), 'loop: { times: 2, steps: [ … ] }'],
  [typedStep({ type: 'if' }), 'if: "reply.text.contains(\\"yes\\")", with then: [ … ] beside it'],
  [typedStep({ type: 'other', text: 'a' }), 'message: "a"'],
])('%s', (made, expected) => expect(made).toBe(expected))
