/** Every form of a reply that RFC 9110 and 9112 know, good and bad, at every byte split. */
import { describe, expect, test } from 'vitest'
import { cuts, parsed } from './parsed.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const chunked = (body: string) => `${OK}transfer-encoding: chunked\r\n\r\n${body}`
const sized = (head: string, body = 'ok') => `${OK}${head}content-length: ${body.length}\r\n\r\n${body}`

const GOOD: readonly [name: string, bytes: string, expected: object, method?: string][] = [
  ['a length', sized(''), { body: 'ok', headers: { 'content-length': '2' }, persistent: true }],
  ['no bytes', sized('', ''), { body: '' }],
  ['an interim reply', `HTTP/1.1 100 Continue\r\n\r\n${sized('')}`, { status: 200, body: 'ok' }],
  [
    'many',
    `${'HTTP/1.1 103 E\r\nlink: </a>\r\n\r\n'.repeat(3)}${sized('')}`,
    { status: 200, headers: { 'content-length': '2' } },
  ],
  ['a folded header', sized('x: one\r\n  two\r\n\tthree\r\n'), { headers: { x: 'one two three', 'content-length': '2' } }],
  ['white space around a value', sized('x: \t a b \t\r\ny:\r\n'), { headers: { x: 'a b', y: '', 'content-length': '2' } }],
  ['a repeated header', sized('x: 1\r\nX: 2\r\n'), { headers: { x: '1, 2', 'content-length': '2' } }],
  ['a repeated location', sized('location: /a\r\nLocation: /a\r\n'), { headers: { location: '/a', 'content-length': '2' } }],
  ['a name of Object', sized('constructor: 1\r\n'), { headers: { constructor: '1', 'content-length': '2' } }],
  ['Latin-1', sized('x: h\xe9\r\n'), { headers: { x: 'h\xe9', 'content-length': '2' } }],
  ['chunks', chunked('2\r\nok\r\n1\r\n!\r\n0\r\n\r\n'), { body: 'ok!' }],
  ['a chunk size with zeros, in capitals', chunked('00A\r\n0123456789\r\n000\r\n\r\n'), { body: '0123456789' }],
  ['chunk extensions', chunked('2;a="b\tc";d\r\nok\r\n0;last\r\n\r\n'), { body: 'ok' }],
  ['white space in the line of a chunk', chunked('2  \r\nok\r\n2 \t; a\r\nok\r\n0 \r\n\r\n'), { body: 'okok' }],
  ['trailers', chunked('2\r\nok\r\n0\r\nx-t: 1\r\ny: 2\r\n\r\n'), { body: 'ok', headers: { 'transfer-encoding': 'chunked' } }],
  ['codings in any case', `${OK}Transfer-Encoding: Chunked \r\n\r\n2\r\nok\r\n0\r\n\r\n`, { body: 'ok' }],
  [
    'equal lengths',
    `${OK}content-length: 2, 2\r\ncontent-length: 2\r\n\r\nok`,
    { body: 'ok', headers: { 'content-length': '2' } },
  ],
  ['the reply to HEAD', sized('', ''), { body: '' }, 'HEAD'],
  ['the reply to HEAD, with the length of GET', `${OK}content-length: 9\r\n\r\n`, { body: '', persistent: true }, 'HEAD'],
  ['the reply to HEAD, chunked', `${OK}transfer-encoding: chunked\r\n\r\n`, { body: '' }, 'HEAD'],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', persistent: true }],
  ['204 with a length', 'HTTP/1.1 204 N\r\ncontent-length: 0\r\n\r\n', { status: 204, persistent: true }],
  ['204 with the length of a body', 'HTTP/1.1 204 N\r\ncontent-length: 4\r\n\r\n', { status: 204, body: '', persistent: false }],
  ['304 with the length of 200', 'HTTP/1.1 304 N\r\ncontent-length: 100\r\n\r\n', { status: 304, body: '', persistent: false }],
  ['close', sized('connection: x, Close\r\n'), { persistent: false }],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', { persistent: false }],
  ['HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok', { persistent: true }],
  [
    'HTTP/1.0 with chunks',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    { body: '', persistent: false },
  ],
]

const OPEN: readonly [name: string, bytes: string, body: string][] = [
  ['no length', `${OK}\r\nhello`, 'hello'],
  ['no length, no body', `${OK}x: y\r\n\r\n`, ''],
  ['the coding identity', `${OK}transfer-encoding: identity\r\n\r\nhello`, 'hello'],
]

const CUT_OFF: readonly [name: string, bytes: string, body: string][] = [
  ['in the status line', 'HTTP/1.1 20', ''],
  ['after an interim reply', 'HTTP/1.1 100 C\r\n\r\n', ''],
  ['in a header', `${OK}x: y\r`, ''],
  ['in a body', `${OK}content-length: 5\r\n\r\nhell`, 'hell'],
  ['in a chunk', chunked('5\r\nhell'), 'hell'],
  ['after a chunk', chunked('5\r\nhello\r\n'), 'hello'],
  ['in the trailers', chunked('0\r\nx: y\r\n'), ''],
]

const BAD: readonly [name: string, bytes: string, words: string][] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'not HTTP/1.1'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n', 'not HTTP/1.1'],
  ['a status below 100', 'HTTP/1.1 099 No\r\n\r\n', 'not HTTP/1.1'],
  ['a status of four digits', 'HTTP/1.1 2000 No\r\n\r\n', 'status line'],
  ['a status of four digits, interim', `HTTP/1.1 1000 No\r\n\r\n${sized('')}`, 'status line'],
  ['a line end before the reply', `\r\n${sized('')}`, 'not HTTP/1.1'],
  ['bare LF', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', 'CR LF'],
  ['bare LF in the middle', `${OK}a: b\nc: d\r\n\r\n`, 'CR LF'],
  ['bare CR', `${OK}a: b\rc: d\r\n\r\n`, 'CR LF'],
  ['NUL', `${OK}a: b\0c\r\ncontent-length: 0\r\n\r\n`, 'control character'],
  ['no colon', `${OK}hello\r\n\r\n`, 'no colon'],
  ['no name', `${OK}: b\r\n\r\n`, 'name'],
  ['white space before a colon', `${OK}a : b\r\n\r\n`, 'name'],
  ['white space before the first header', `${OK} a: b\r\n\r\n`, 'white space'],
  ['two places', `${OK}location: /a\r\nlocation: /b\r\n\r\n`, 'Location'],
  ['two lengths', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`, 'contradict'],
  ['a list of lengths', `${OK}content-length: 2, 3\r\n\r\nok`, 'contradict'],
  ['length and chunks', `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 'contradict'],
  [
    'chunks and length, without a body',
    `HTTP/1.1 204 N\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n`,
    'contradict',
  ],
  ['no number', `${OK}content-length: 0x2\r\n\r\nok`, 'number'],
  ['no length at all', `${OK}content-length:\r\n\r\nok`, 'number'],
  ['a length beyond all numbers', `${OK}content-length: ${'9'.repeat(20)}\r\n\r\nok`, 'number'],
  ['chunks in chunks', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n`, 'twice'],
  ['a coding nobody asked for', `${OK}transfer-encoding: gzip, chunked\r\n\r\n`, 'gzip, chunked'],
  ['101', 'HTTP/1.1 101 S\r\nupgrade: x\r\n\r\n', 'another protocol'],
  ['a bad chunk size', chunked('zz\r\n'), 'chunk size'],
  ['no chunk size', chunked('\r\n'), 'chunk size'],
  ['no chunk size, an extension', chunked(';a\r\n'), 'chunk size'],
  ['a chunk size with a sign', chunked('+2\r\nok\r\n'), 'chunk size'],
  ['digits after white space', chunked('2 2\r\nok\r\n'), 'chunk size'],
  ['a chunk size beyond all numbers', chunked(`${'f'.repeat(14)}\r\n`), 'too large'],
  ['bare LF after a chunk size', chunked('2\nok\r\n'), 'chunk size'],
  ['bare CR after a chunk size', chunked('2\rok\r\n'), 'chunk does not end'],
  ['bare LF in an extension', chunked('2;a\nok\r\n'), 'extension'],
  ['a chunk that is too long', chunked('2\r\nokay\r\n'), 'chunk does not end'],
  ['no line end after a chunk', chunked('2\r\nok0\r\n\r\n'), 'chunk does not end'],
  ['a bad trailer', chunked('0\r\nhello\r\n\r\n'), 'no colon'],
  ['bare LF in the trailers', chunked('0\r\na: b\nc: d\r\n\r\n'), 'CR LF'],
]

describe('a complete reply', () => {
  test.each(GOOD)('%s', (_, written, expected, method) => {
    const bytes = Buffer.from(written, 'latin1')
    const whole = parsed(bytes, [], method)
    expect(whole).toMatchObject({ end: 'complete', surplus: 0, ...expected })
    for (const cut of cuts(bytes)) expect(parsed(bytes, cut, method)).toEqual(whole)
  })

  test('bytes after the end are left over', () => {
    for (const [, written, , method] of GOOD) {
      const bytes = Buffer.from(`${written}HTTP/1.1`, 'latin1')
      expect(parsed(bytes, [], method)).toMatchObject({ end: 'complete', surplus: 8 })
    }
  })
})

test.each(OPEN)('only the end of the connection ends it: %s', (_, written, body) => {
  const bytes = Buffer.from(written, 'latin1')
  for (const cut of cuts(bytes)) expect(parsed(bytes, cut)).toMatchObject({ status: 200, body, end: 'with the connection' })
})

test.each(CUT_OFF)('cut off %s', (_, written, body) => {
  const bytes = Buffer.from(written, 'latin1')
  for (const cut of cuts(bytes)) expect(parsed(bytes, cut)).toMatchObject({ body, end: 'incomplete' })
})

test.each(BAD)('refused: %s', (_, written, words) => {
  const bytes = Buffer.from(written, 'latin1')
  const whole = parsed(bytes)
  expect(whole.end).toMatchObject({
    class: expect.stringMatching(/^bad_(http|encoding)$/),
    message: expect.stringContaining(words),
  })
  for (const cut of cuts(bytes)) expect(parsed(bytes, cut).end, String(cut)).toMatchObject({ class: expect.any(String) })
})

describe('limits', () => {
  const LIMITS: readonly [name: string, bytes: string, words: string][] = [
    ['a status line', `HTTP/1.1 200 ${'x'.repeat(9000)}`, 'status line is longer'],
    ['a complete status line', `HTTP/1.1 200 ${'x'.repeat(9000)}\r\n\r\n`, 'status line is longer'],
    ['headers', `${OK}${'x: y\r\n'.repeat(12_000)}`, 'larger than 64 KiB'],
    ['values', `${OK}x: ${'y'.repeat(17_000)}\r\n\r\n`, 'larger than 16 KiB'],
    ['a chunk extension', chunked(`2;${'a'.repeat(70_000)}`), '64 KiB of chunk extensions'],
    ['trailers', chunked(`0\r\n${'x: y\r\n'.repeat(12_000)}`), '64 KiB of chunk extensions'],
    ['interim replies', 'HTTP/1.1 103 E\r\n\r\n'.repeat(101), 'more than 100 informational'],
  ]
  test.each(LIMITS)('%s', (_, written, words) => {
    const bytes = Buffer.from(written)
    const pieces = Array.from({ length: Math.ceil(bytes.byteLength / 1000) - 1 }, (_unused, n) => (n + 1) * 1000)
    for (const cut of [[], pieces])
      expect(parsed(bytes, cut).end).toMatchObject({ class: 'bad_http', message: expect.stringContaining(words) })
  })

  test('the extensions of many chunks with content are not limited', () => {
    const bytes = Buffer.from(chunked([...new Array(100).fill(`1;${'a'.repeat(1000)}\r\nx\r\n`), '0\r\n\r\n'].join('')))
    expect(parsed(bytes)).toMatchObject({ end: 'complete', body: 'x'.repeat(100) })
  })
})

test('connections that get the same head share its headers; others do not', () => {
  const head = (text: string) => parsed(Buffer.from(text, 'latin1')).headers
  const first = head(sized('x: shared\r\n'))
  expect(head(sized('x: shared\r\n'))).toBe(first)
  expect(head(sized('x: other\r\n'))).toEqual({ x: 'other', 'content-length': '2' })
  expect(head(sized('x: shared\r\n'))).toEqual(first)
  expect(parsed(Buffer.from(`${OK}content-length: 2\r\n\r\n`), [], 'HEAD').body).toBe('')
  expect(parsed(Buffer.from(`${OK}content-length: 2\r\n\r\nok`)).body).toBe('ok')
})
