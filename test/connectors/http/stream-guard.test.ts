import { expect, test } from 'vitest'
import { EventStreamGuard } from '../../../src/connectors/http/stream-guard.ts'
import { Exchange } from '../../../src/exchange.ts'

const exchange = () => new Exchange(0, { push: () => {}, end: () => {} }, () => {})

test.each([
  [200, 'text/event-stream', false],
  [200, 'Text/Event-Stream ; charset=utf-8', false],
  [200, 'text/event-streams', true],
  [204, undefined, true],
  [404, 'text/html', false],
  [301, 'text/html', false],
])('%i with %s is guarded: %s', (status, type, is) => {
  expect(EventStreamGuard.for(status, type === undefined ? {} : { 'content-type': type }) !== undefined).toBe(is)
})

test('the reply is shown by its beginning, as soon as there is enough, with nothing that a terminal obeys', () => {
  const guard = EventStreamGuard.for(200, { 'content-type': 'text/html' })
  const one = exchange()
  const start = Buffer.from('<h1>\x1b[2J\u202e')
  guard?.push(start, one)
  start.fill('#')
  expect(one.settled).toBe(false)
  guard?.push(Buffer.alloc(500, 'x'), one)
  expect(one.failure).toMatchObject({ class: 'bad_sse' })
  expect(one.failure?.message).toMatch(
    /^expected text\/event-stream, got content type text\/html: <h1>\\u\{1b\}\[2J\\u\{202e\}x+$/,
  )
  expect(one.failure?.message.length).toBeLessThan(300)
})

test('an empty one says so', () => {
  const one = exchange()
  EventStreamGuard.for(200, {})?.reject(one)
  expect(one.failure?.message).toBe('expected text/event-stream, got no content type: an empty body')
})
