/** How gRPC calls end, by the tables of "gRPC over HTTP2" and "HTTP to gRPC Status Code Mapping". */
import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import {
  brokenBy,
  connectionFailure,
  failureOf,
  isGrpc,
  startFailure,
  statusOf,
} from '../../../../src/connectors/grpc/wire/status.ts'

const GRPC = { 'content-type': 'application/grpc+proto' }
const ended = (end: Partial<Parameters<typeof failureOf>[0]>) =>
  failureOf({ head: GRPC, httpStatus: 200, trailers: undefined, rstCode: 0, insideMessage: false, ...end })
const withStatus = (status: string, said?: string) =>
  ended({ trailers: { 'grpc-status': status, ...(said === undefined ? {} : { 'grpc-message': said }) } })

test('status 0 is no failure; every other one has the class of its name, and its number again', () => {
  expect(withStatus('0')).toBeUndefined()
  const failures = Array.from({ length: 16 }, (_, i) => withStatus(String(i + 1)))
  expect(failures[4]).toEqual({ class: 'grpc_NOT_FOUND', message: 'NOT_FOUND', retryAfterMs: undefined })
  expect(failures.map((failure) => failure && statusOf(failure))).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
  expect(statusOf({ class: 'bad_grpc', message: '' })).toBeUndefined()
})

test.each(['17', '-1', '1.5', '', 'OK'])('grpc-status %j is none', (status) => {
  expect(withStatus(status)).toMatchObject({ class: 'bad_grpc', message: expect.stringContaining('without a valid status') })
})

test.each([
  ['caf%C3%A9', 'café'],
  ['50% off', '50% off'],
  ['%zz%41', '%zzA'],
])('the message %j is %j', (said, message) => {
  expect(withStatus('3', said)?.message).toBe(message)
})

test('OK in the middle of a message, and OK of what is no gRPC, are failures', () => {
  expect(ended({ trailers: { 'grpc-status': '0' }, insideMessage: true })?.message).toContain('in the middle of a message')
  const head = { 'content-type': 'text/html' }
  expect(ended({ head, trailers: { 'grpc-status': '0' } })?.message).toContain('its content type is text/html')
  expect(ended({ head: {} })?.message).toContain('its content type is missing')
})

test.each([
  ['application/grpc', true],
  ['Application/gRPC;charset=utf-8', true],
  ['application/grpc-web', false],
  ['application/grpcx', false],
])('%s is gRPC: %s', (type, is) => {
  expect(isGrpc({ 'content-type': type })).toBe(is)
})

test.each([
  [400, 'INTERNAL'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'UNIMPLEMENTED'],
  [429, 'UNAVAILABLE'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'UNAVAILABLE'],
  [500, 'UNKNOWN'],
  [302, 'UNKNOWN'],
])('HTTP status %i without grpc-status is %s', (httpStatus, name) => {
  expect(ended({ httpStatus })).toMatchObject({ class: `grpc_${name}`, cause: 'http_status' })
})

test.each([
  [constants.NGHTTP2_NO_ERROR, 'INTERNAL', 'closed_early'],
  [constants.NGHTTP2_REFUSED_STREAM, 'UNAVAILABLE', 'refused_stream'],
  [constants.NGHTTP2_CANCEL, 'CANCELLED', 'reset'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'RESOURCE_EXHAUSTED', 'reset'],
  [constants.NGHTTP2_INADEQUATE_SECURITY, 'PERMISSION_DENIED', 'reset'],
  [constants.NGHTTP2_PROTOCOL_ERROR, 'INTERNAL', 'reset'],
])('a stream that is reset with code %i is %s', (rstCode, name, cause) => {
  expect(ended({ head: undefined, rstCode })).toMatchObject({ class: `grpc_${name}`, cause })
})

test('a connection that fails makes its calls UNAVAILABLE, unless this machine or an injected fault is the reason', () => {
  const failed = (failureClass: string) => brokenBy({ class: failureClass, phase: 'stream', message: 'm' }).class
  expect(['reset', 'dns', 'tls', 'local_ports', 'injected_drop', 'bad_grpc'].map(failed)).toEqual([
    ...['grpc_UNAVAILABLE', 'grpc_UNAVAILABLE', 'grpc_UNAVAILABLE'],
    ...['local_ports', 'injected_drop', 'bad_grpc'],
  ])
})

test('a connection says why it has ended: by GOAWAY, by broken HTTP/2, or closed', () => {
  const calm = { code: constants.NGHTTP2_ENHANCE_YOUR_CALM, said: 'too_many_pings' }
  expect(connectionFailure(undefined, calm).message).toMatch(/GOAWAY .*\(too_many_pings\).*keepalive pings too often/)
  expect(connectionFailure(undefined, { code: 0, said: '' }).class).toBe('closed_early')
  const broken = Object.assign(new Error('bad frame'), { code: 'ERR_HTTP2_ERROR' })
  expect(connectionFailure(broken, undefined)).toMatchObject({ class: 'bad_grpc', phase: 'stream' })
  expect(startFailure(broken)).toMatchObject({ class: 'bad_grpc', phase: 'connect' })
  expect(startFailure(undefined)).toMatchObject({ class: 'closed_early', phase: 'connect' })
})
