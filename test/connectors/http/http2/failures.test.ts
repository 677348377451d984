import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import { connectionFailure, givenUp, phaseOf, streamFailure } from '../../../../src/connectors/http/http2/failures.ts'
import { Exchange } from '../../../../src/exchange.ts'

const exchange = (begun = false) => {
  const one = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  if (begun) one.head(200, { 'content-length': '10' })
  return one
}
const error = (code: string, message: string) => Object.assign(new Error(message), { code })

test.each<[number, boolean, object]>([
  [constants.NGHTTP2_NO_ERROR, true, { class: 'closed_early', phase: 'stream', code: 'RST_NO_ERROR' }],
  [constants.NGHTTP2_CANCEL, false, { class: 'reset', phase: 'headers', message: 'the stream was reset: CANCEL' }],
  [
    constants.NGHTTP2_PROTOCOL_ERROR,
    true,
    { class: 'bad_http', message: 'the stream broke the rules of HTTP/2: PROTOCOL_ERROR (0 bytes came, content-length is 10)' },
  ],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, false, { message: expect.stringContaining('burn does so itself') }],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, true, { message: 'the stream was reset: ENHANCE_YOUR_CALM' }],
])('code %i, begun %s', (code, begun, failure) => expect(streamFailure(code, exchange(begun))).toMatchObject(failure))

test.each<[string, unknown, number | undefined, object]>([
  [
    'a goodbye with a reason',
    undefined,
    11,
    { class: 'reset', message: 'the server ended the connection: GOAWAY ENHANCE_YOUR_CALM', code: 'GOAWAY_ENHANCE_YOUR_CALM' },
  ],
  [
    'one without',
    undefined,
    0,
    { class: 'closed_early', message: expect.stringContaining('after a GOAWAY that lets them finish') },
  ],
  ['none', undefined, undefined, { class: 'closed_early', message: 'the server closed the connection under its streams' }],
  ['a reset', error('ECONNRESET', 'read ECONNRESET'), undefined, { class: 'reset' }],
  [
    'no HTTP/2',
    error('ERR_HTTP2_ERROR', 'Protocol error'),
    undefined,
    { class: 'bad_http', message: 'what came is not HTTP/2: Protocol error' },
  ],
  [
    'headers without end',
    error('ERR_HTTP2_ERROR', 'Too many CONTINUATION frames'),
    undefined,
    { class: 'too_big', phase: 'headers' },
  ],
])('a connection that ends by %s', (_, cause, goaway, failure) => expect(connectionFailure(cause, goaway)).toMatchObject(failure))

test('a kept connection that closes as the request comes is a reset, as over HTTP/1.1', () => {
  expect(givenUp(connectionFailure(undefined, undefined))).toMatchObject({ class: 'reset', phase: 'headers' })
  const refused = { class: 'refused', phase: 'connect', message: 'm' } as const
  expect(givenUp(refused)).toBe(refused)
  expect([phaseOf(exchange()), phaseOf(exchange(true))]).toEqual(['headers', 'stream'])
})
