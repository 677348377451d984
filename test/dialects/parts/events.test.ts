import { expect, test } from 'vitest'
import { documentObject, isDone, isGrpc, parseEvent, rejectOpenEnd, rejectShape } from '../../../src/dialects/parts/events.ts'
import { Exchange } from '../../../src/exchange.ts'

const exchange = () => new Exchange(0, { push: () => {}, end: () => {} }, () => {})

test.each<[string, string, object | undefined, string | undefined, string[]]>([
  ['', '{"a":1}', { a: 1 }, undefined, []],
  ['error', '{"a":1}', { a: 1 }, undefined, []],
  ['', '  ', undefined, undefined, ['empty_event']],
  ['', '[1]', undefined, 'bad_json: an event is not a JSON object: "[1]"', []],
  ['error', 'overloaded', undefined, 'error_in_stream: the reply holds an error: overloaded', []],
  ['error', '', undefined, 'error_in_stream: the reply holds an error: an error event without data', []],
])('event %j with %j', (name, data, object, failure, warnings) => {
  const one = exchange()
  expect(parseEvent(name, data, one)).toEqual(object)
  expect(one.failure && `${one.failure.class}: ${one.failure.message}`).toBe(failure)
  expect(one.warnings).toEqual(warnings)
})

test('an event that is no JSON says why, and what it was', () => {
  const one = exchange()
  parseEvent('', '{"a":', one)
  expect(one.failure?.message).toMatch(/^an event is not a JSON object: .*: "\{\\"a\\":"$/)
})

test('empty events are told once', () => {
  const one = exchange()
  parseEvent('', '', one)
  parseEvent('', ' ', one)
  expect(one.warnings).toEqual(['empty_event'])
})

test.each([[null], [[1]], ['x'], [5]])('%j is no reply of its own', (json) => {
  const one = exchange()
  expect(documentObject(json, one)).toBeUndefined()
  expect(one.failure?.class).toBe('bad_json')
})

test('a reply without what it should hold, and a stream without its end', () => {
  const [shape, open, finished] = [exchange(), exchange(), exchange()]
  rejectShape('choices', shape)
  expect(shape.failure?.message).toBe('the reply is JSON, but has no choices: is this the right dialect for the target?')
  rejectOpenEnd('[DONE]', open)
  expect(open.failure).toMatchObject({ class: 'closed_early', message: 'the stream ended without [DONE]' })
  Object.assign(finished, { finishReason: 'stop' })
  rejectOpenEnd('[DONE]', finished)
  expect(finished.failure?.message).toBe('the stream ended without [DONE], though it had a finish reason (stop)')
})

test.each([
  ['[DONE]', true],
  ['[DONE] ', true],
  [' [DONE]', false],
  ['["DONE"]', false],
])('%j ends a stream: %s', (data, is) => expect(isDone(data)).toBe(is))

test.each([
  ['application/grpc+proto', true],
  ['application/json', false],
  [undefined, false],
])('%s is gRPC: %s', (type, is) => {
  const one = exchange()
  one.head(200, type === undefined ? {} : { 'content-type': type })
  expect(isGrpc(one)).toBe(is)
})
