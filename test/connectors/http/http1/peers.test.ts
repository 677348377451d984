/** The parser beside that of node:http (llhttp, which undici has too): on the same bytes both find the same reply, or both refuse it. */
import { request } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawn } from '../../../support/share.ts'
import { type Parsed, parsed } from './parsed.ts'

interface PeerReply {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** True when the reply was read to its end without a fault. */
  readonly whole: boolean
}

/** A socket without network, which answers the first request with `bytes` and then ends. */
function answering(bytes: Buffer): Duplex {
  let asked = false
  return new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done()
      if (asked) return
      asked = true
      this.push(bytes)
      this.push(null)
    },
  })
}

/** What node:http makes of the bytes. */
function byNode(bytes: Buffer, method: string): Promise<PeerReply> {
  return new Promise((resolve) => {
    const found = { status: undefined as number | undefined, headers: {} as Record<string, string>, body: '' }
    const over = (whole: boolean) => resolve({ ...found, whole })
    const asking = request({ method, createConnection: () => answering(bytes) }, (reply) => {
      found.status = reply.statusCode
      for (let n = 0; n < reply.rawHeaders.length; n += 2) {
        const name = (reply.rawHeaders[n] ?? '').toLowerCase()
        const value = reply.rawHeaders[n + 1] ?? ''
        found.headers[name] = Object.hasOwn(found.headers, name) ? `${found.headers[name]}, ${value}` : value
      }
      reply.on('data', (piece: Buffer) => {
        found.body += piece.toString('latin1')
      })
      reply.on('error', () => over(false))
      reply.on('close', () => over(reply.complete))
    })
    asking.on('error', () => over(false))
    asking.on('upgrade', () => over(false))
    asking.on('close', () => {
      if (found.status === undefined) over(false)
    })
    asking.end()
  })
}

const token = fc.stringMatching(/^[A-Za-z!#$%&'*+.^_`|~-]{1,8}$/).filter((name) => !/^(connection|date|x)$/i.test(name))
const value = fc.stringMatching(/^[!-~\x80-\xff]([ \t!-~\x80-\xff]{0,12}[!-~\x80-\xff])?$/)
const space = fc.constantFrom('', ' ', '\t ', '   ')
const field = fc.tuple(token, space, value, space).map(([name, before, text, after]) => `${name}:${before}${text}${after}\r\n`)
const body = fc.stringMatching(/^[\x00-\xff]{0,20}$/)

function chunk(text: string, extension: string): string {
  return `${text.length.toString(16)}${extension}\r\n${text}\r\n`
}

/** A chunked body whose chunks have extensions drawn from `extensions`. */
function chunks(extensions: readonly string[]) {
  const pieces = fc.array(fc.tuple(fc.stringMatching(/^[\x00-\xff]{1,20}$/), fc.constantFrom(...extensions)), { maxLength: 3 })
  return fc
    .tuple(pieces, fc.array(field, { maxLength: 2 }))
    .map(([all, trailers]) => `${all.map(([text, more]) => chunk(text, more)).join('')}0\r\n${trailers.join('')}\r\n`)
}

/** Replies as a server may write them; `before` is what may stand before one. */
function repliesWith(before: readonly string[], extensions: readonly string[]) {
  const framed = fc.oneof(
    body.map((text) => ({ header: `Content-Length: ${text.length}\r\n`, text })),
    chunks(extensions).map((text) => ({ header: 'Transfer-Encoding: chunked\r\n', text })),
    body.map((text) => ({ header: '', text })),
  )
  const status = fc.oneof(fc.integer({ min: 200, max: 999 }), fc.constantFrom(200, 204, 304))
  const version = fc.constantFrom('1.1', '1.1', '1.1', '1.0')
  const connection = fc.constantFrom('', '', 'Connection: close\r\n', 'Connection: keep-alive\r\n')
  return fc
    .tuple(fc.constantFrom(...before), version, status, fc.array(field, { maxLength: 4 }), connection, framed)
    .map(([interim, minor, code, fields, kept, { header, text }]) =>
      Buffer.from(`${interim}HTTP/${minor} ${code} Reason\r\n${fields.join('')}${kept}${header}\r\n${text}`, 'latin1'),
    )
}

const methods = fc.constantFrom('GET', 'GET', 'POST', 'HEAD')
const splits = fc.uniqueArray(fc.nat(400), { maxLength: 6 }).map((places) => places.sort((a, b) => a - b))

function cut(bytes: Buffer, places: readonly number[]): readonly number[] {
  return places.filter((at) => at > 0 && at < bytes.byteLength)
}

/** The bytes without those after the end of the reply, which node:http takes for a fault. */
function withoutSurplus(bytes: Buffer, method: string): Buffer {
  return bytes.subarray(0, bytes.byteLength - parsed(bytes, [], method).surplus)
}

const accepted = ({ end }: Parsed) => end === 'complete' || end === 'with the connection'

test('a reply in good order is what node:http finds in it', async () => {
  const interim = ['', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Hints\r\nlink: </a>\r\n\r\n']
  const replies = repliesWith(interim, ['', ';a', ';a=b', ';a="b c";d'])
  await fc.assert(
    fc.asyncProperty(replies, methods, splits, async (given, method, places) => {
      const bytes = withoutSurplus(given, method)
      const own = parsed(bytes, cut(bytes, places), method)
      const { status, headers, body: text, whole } = await byNode(bytes, method)
      expect([own.status, own.headers, own.body, accepted(own)]).toEqual([status, headers, text, whole])
      expect(whole).toBe(true)
    }),
    { numRuns: drawn(2000), seed: 20261129 },
  )
})

/** Bytes that mean something to a parser, and some that do not. */
const BYTES = ['\r', '\n', '\r\n', ' ', '\t', ':', ';', ',', '0', '1', 'f', 'x', '\0', '\x7f', '\xff', '"', '\r\n ', '-', '+']
const damages = fc.array(fc.tuple(fc.nat(400), fc.nat(2), fc.constantFrom(...BYTES)), { minLength: 1, maxLength: 2 })

/** The bytes with some removed and others put in. */
function damaged(bytes: Buffer, changes: readonly (readonly [number, number, string])[]): Buffer {
  let text = bytes.toString('latin1')
  for (const [at, removed, added] of changes) {
    const place = at % (text.length + 1)
    text = text.slice(0, place) + added + text.slice(place + removed)
  }
  return Buffer.from(text, 'latin1')
}

/** What burn takes and node:http refuses: folded headers, white space and anything else that ends with a CR LF in the line of a chunk. */
const TAKEN = /\r\n[ \t]|\r\n[0-9a-f]+[ \t]*(?:;|[ \t]\r\n)/i
/** What burn refuses and node:http takes: the words of each refusal. */
const REFUSED = [
  'not HTTP/1.1: it begins', // a status below 100, a line end before the reply
  'status line', // a control character in the reason
  'switched to another protocol', // 101, which nobody asked for
  'cannot be decoded', // a transfer coding that is none: node:http reads on to the end of the connection
]

test('a damaged reply is the same for both, or both refuse it', async () => {
  const seen = { same: 0, refused: 0, taken: 0 }
  await fc.assert(
    fc.asyncProperty(repliesWith([''], ['']), damages, methods, splits, async (good, changes, method, places) => {
      const bytes = withoutSurplus(damaged(good, changes), method)
      const own = parsed(bytes, cut(bytes, places), method)
      const peer = await byNode(bytes, method)
      if (accepted(own) && peer.whole) {
        seen.same += 1
        expect([own.status, own.headers, own.body]).toEqual([peer.status, peer.headers, peer.body])
      } else if (accepted(own)) {
        seen.taken += 1
        expect(bytes.toString('latin1')).toMatch(TAKEN)
      } else {
        seen.refused += 1
        if (peer.whole)
          expect(
            REFUSED.some((words) => JSON.stringify(own.end).includes(words)),
            JSON.stringify(own),
          ).toBe(true)
      }
    }),
    { numRuns: drawn(10_000), seed: 20261129 },
  )
  expect(Math.min(seen.same, seen.refused, seen.taken), 'of each kind there are many').toBeGreaterThan(5)
})
