/** What a connector would refuse to send is told before the run, at its place; what it takes is not. */
import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'

const faults = (target: object, step: object = { message: 'hi' }) =>
  validateScenario(JSON.stringify({ name: 't', target, steps: [step] }, null, 1), 'a.json')
    .problems.filter(({ code }) => /^E_/.test(code))
    .map(({ message, line }) => ({ message, line }))

const HTTP = { url: 'http://127.0.0.1/', preset: 'openai', model: 'm' }
const WS = { url: 'ws://127.0.0.1/' }
const GRPC = { url: 'grpc://127.0.0.1:1/a.B/C' }
const MQTT = { url: 'mqtt://127.0.0.1/a', mqtt: { version: 5 } }

describe('headers of a target', () => {
  test.each<[string, object, string, string, RegExp | undefined]>([
    ['http', HTTP, 'X-A', 'a\nb', /x-a holds a line break/i],
    ['http', HTTP, 'x-a', 'caf\u00e9', undefined],
    ['http', HTTP, 'x-a', '\u65e5', /outside of Latin-1/],
    ['http', HTTP, 'x a', '1', /not a header name/],
    ['http', HTTP, 'Transfer-Encoding', 'chunked', /set by the connection/],
    ['http', HTTP, 'upgrade', '{{vars}}', /set by the connection/],
    ['http', HTTP, 'connection', 'close', undefined],
    ['http', HTTP, 'connection', 'a b', /takes names/],
    ['sse', { ...HTTP, protocol: 'sse' }, 'upgrade', 'h2c', /set by the connection/],
    ['websocket', WS, 'Connection', 'close', /set by the handshake/],
    ['websocket', WS, 'x-a', '\u65e5', /outside of Latin-1/],
    ['websocket', WS, 'origin', 'http://a', undefined],
    ['grpc', GRPC, 'x-a', 'caf\u00e9', /more than printable ASCII/],
    ['grpc', GRPC, 'grpc-timeout', '1S', /set by the protocol/],
    ['grpc', GRPC, 'x-a-bin', 'AAE=', undefined],
    ['mqtt', MQTT, 'x-a', '\u65e5', undefined],
    ['mqtt 3.1.1', { ...MQTT, mqtt: { version: 4 } }, 'x-a', '1', /no user properties/],
    ['mqtt 3.1.1', { ...MQTT, mqtt: { version: 4 } }, 'authorization', 'Bearer x', undefined],
    [
      'mqtt 3.1.1 over WebSocket',
      { url: 'ws://127.0.0.1/a', protocol: 'mqtt', mqtt: { version: 4, topic: 'a' } },
      'x-a',
      '1',
      undefined,
    ],
    ['mqtt over WebSocket', { url: 'ws://127.0.0.1/a', protocol: 'mqtt', mqtt: { topic: 'a' } }, 'x-a', 'a\r\nb', /line break/],
  ])('%s', (_, target, name, value, expected) => {
    const [fault, ...more] = faults({ ...target, headers: { [name]: value } }).filter(({ message }) => !/variable/.test(message))
    if (expected === undefined) return expect(fault).toBeUndefined()
    expect([fault?.message, more]).toEqual([expect.stringMatching(expected), []])
    expect(
      JSON.stringify({ name: 't', target: { ...target, headers: { [name]: value } } }, null, 1).split('\n')[
        (fault?.line ?? 0) - 1
      ],
    ).toContain(name)
  })
})

describe('requests of steps', () => {
  const v4 = { ...MQTT, mqtt: { version: 4 } }
  test.each<[string, object, object, RegExp | undefined]>([
    [
      'a length that is wrong',
      HTTP,
      { json: { a: 1 }, headers: { 'Content-Length': 3 } },
      /content-length does not fit the body, which has 7 bytes/,
    ],
    ['one that is right', HTTP, { json: { a: 1 }, headers: { 'Content-Length': 7 } }, undefined],
    ['one of a body that is not known yet', HTTP, { body: '{{iteration.index}}', headers: { 'content-length': 3 } }, undefined],
    ['a header of HTTP', HTTP, { path: '/{{user.id}}', headers: { upgrade: 'x' } }, /upgrade is set by the connection/],
    ['a header beside an address of a template', HTTP, { url: '{{iteration.index}}', headers: { ok: 'x' } }, undefined],
    ['metadata', GRPC, { message: {}, metadata: { 'grpc-x': '1' } }, /grpc-x is set by the protocol/],
    ['an address of no protocol', HTTP, { url: 'ftp://a' }, /expected a whole address of HTTP.*got "ftp:\/\/a"/],
    ['an address without a scheme', HTTP, { url: 'nope' }, /expected a whole address of HTTP/],
    ['an address without a host', HTTP, { url: 'http://' }, /expected a whole address of HTTP/],
    ['a template behind a scheme of no protocol', HTTP, { url: 'ftp://{{user.id}}' }, /expected a whole address of HTTP/],
    ['a template in a path', HTTP, { url: '/{{user.id}}' }, /a path alone belongs into path/],
    ['a template in a scheme', HTTP, { url: 'http{{user.id}}://a' }, undefined],
    ['a template in an address', HTTP, { url: 'https://{{user.id}}:443/' }, undefined],
    ['an address', HTTP, { url: 'HTTPS://example.com/a' }, undefined],
    ['a mock', { url: 'mock:' }, { path: '/a' }, undefined],
    ['MQTT 5: a content type', MQTT, { publish: { payload: 'x', contentType: 'a/b' } }, undefined],
    ['3.1.1: a content type', v4, { publish: { payload: '{{user.id}}', contentType: 'a/b' } }, /has no contentType/],
    ['3.1.1: a payload format', v4, { publish: { payload: 'x', payloadFormat: 'text' } }, /no payloadFormat/],
    ['3.1.1: user properties', v4, { publish: { payload: 'x', userProperties: { a: 'b' } } }, /has no user properties \(a\)/],
    ['3.1.1: nothing of 5', v4, { publish: { payload: 'x' } }, undefined],
  ])('%s', (_, target, request, expected) => {
    const found = faults(target, { request })
    expect(found.map(({ message }) => message)).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)])
  })

  test('the place is the key, and no value is told', () => {
    const [found] = faults(HTTP, { request: { path: '/a', headers: { ok: '1', 'x-key': 's3cr3t\n' } } })
    const text = JSON.stringify(
      { name: 't', target: HTTP, steps: [{ request: { path: '/a', headers: { ok: '1', 'x-key': 's3cr3t\n' } } }] },
      null,
      1,
    )
    expect(text.split('\n')[(found?.line ?? 0) - 1]).toContain('x-key')
    expect(found?.message).not.toContain('s3cr3t')
  })
})
