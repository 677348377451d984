import { expect, test } from 'vitest'
import { dialectNamed } from '../../../src/dialects/index.ts'
import { mediaType, pickReading, type Reading } from '../../../src/dialects/reply/content-type.ts'

test.each([
  [' Text/HTML ; charset=x', 'text/html'],
  ['application/json', 'application/json'],
  [undefined, ''],
])('%j is %j', (type, media) => expect(mediaType(type === undefined ? {} : { 'content-type': type })).toBe(media))

test.each<[dialect: string, type: string | undefined, streaming: boolean, Reading]>([
  ['openai-chat', 'text/event-stream', true, 'sse'],
  ['openai-chat', 'text/event-stream', false, 'sse'],
  ['openai-chat', 'application/x-ndjson', true, 'ndjson'],
  ['openai-chat', 'application/json', true, 'json'],
  ['openai-chat', undefined, true, 'sse'],
  ['openai-chat', 'text/plain', true, 'sse'],
  ['openai-chat', 'text/html', true, 'wrong'],
  ['openai-chat', 'text/html', false, 'json'],
  ['ollama', 'application/json', true, 'ndjson'],
  ['ollama', 'application/json', false, 'json'],
  ['gemini', 'application/json', true, 'json-array'],
  ['openai-chat', 'application/grpc', true, 'message'],
])('%s, %s, streaming %s: %s', (name, type, streaming, reading) => {
  const dialect = dialectNamed(name)
  if (!dialect) throw new Error(name)
  const headers = type === undefined ? {} : { 'content-type': type }
  expect(pickReading(dialect, streaming, false, 200, headers)).toBe(reading)
  expect(pickReading(dialect, streaming, false, 101, headers)).toBe('message')
})

test('plain text can be a whole reply only where that is allowed', () => {
  const dialect = dialectNamed('generic')
  if (!dialect) throw new Error('generic')
  const of = (lenient: boolean) => pickReading(dialect, true, lenient, 200, { 'content-type': 'text/html' })
  expect([of(true), of(false)]).toEqual(['json', 'wrong'])
})
