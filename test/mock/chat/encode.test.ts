import { expect, test } from 'vitest'
import { tornPieces } from '../../../src/mock/chat/encode.ts'
import { httpChunks, mockFor, post, raw } from '../harness.ts'

const CHAT = '/v1/chat/completions'
const STREAM = { messages: [{ role: 'user', content: 'Hi' }], stream: true }

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

test('torn pieces cut inside every multi-byte character and nowhere else', () => {
  const bytes = Buffer.from('aé€🙂b')
  expect(tornPieces(bytes).map((piece) => piece.toString('hex'))).toEqual(['61c3', 'a9e2', '82acf09f', '998262'])
  expect(tornPieces(Buffer.from('plain'))).toHaveLength(1)
})

test('splitUtf8: network pieces end inside characters, and the whole is the right text', async () => {
  const mock = await mockFor({ tokens: 6 })
  const reply = await raw(mock.port, CHAT, STREAM, { splitUtf8: true })
  const pieces = httpChunks(Buffer.concat(reply.chunks))
  const body = Buffer.concat(pieces).toString()
  expect(pieces.filter((piece) => !isUtf8(piece)).length).toBeGreaterThanOrEqual(6)
  expect(reply.chunks.some((chunk) => !isUtf8(chunk))).toBe(true)
  expect(body).toMatch(/[^\u0000-\u007f]/)
  expect(body).not.toContain('\ufffd')
  expect(body).toMatch(/data: \[DONE\]\n\n$/)
})

test('a whole reply is torn as well, and complete', async () => {
  const mock = await mockFor({ tokens: 6, splitUtf8: true })
  const reply = await post(mock, '/chat', { message: 'Hi' })
  expect(await reply.json()).toMatchObject({ reply: expect.stringMatching(/^turn 1: Hi .*[^\u0000-\u007f]/) })
})

test('crlf: every line of the stream ends with CRLF', async () => {
  const mock = await mockFor({ tokens: 2 })
  const reply = await raw(mock.port, '/v1/messages', { ...STREAM, max_tokens: 9 }, { crlf: true })
  const body = Buffer.concat(httpChunks(Buffer.concat(reply.chunks))).toString()
  expect(body).toMatch(/^event: message_start\r\ndata: \{.*\}\r\n\r\nevent: ping\r\n/)
  expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
})

test('byteAtATime: every byte is a piece of its own', async () => {
  const mock = await mockFor({ tokens: 1 })
  const reply = await raw(mock.port, '/api/chat', { ...STREAM, model: 'm' }, { byteAtATime: true })
  const pieces = httpChunks(Buffer.concat(reply.chunks))
  expect(new Set(pieces.map((piece) => piece.length))).toEqual(new Set([1]))
  const lines = Buffer.concat(pieces).toString().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).done)).toEqual([false, true])
})

test.each([
  ['a comment', CHAT, ': ping\n\n'],
  ['an event', '/v1/messages', 'event: ping\ndata: {"type":"ping"}\n\n'],
])('pings: %s before every second chunk', async (_, path, ping) => {
  const mock = await mockFor({ tokens: 4, pings: 2 })
  const body = await (await post(mock, path, { ...STREAM, max_tokens: 9 })).text()
  const own = path === CHAT ? 0 : 1
  expect(body.split(ping)).toHaveLength(1 + 2 + own)
})

test('the same requests give the same bytes', async () => {
  const bodies = await Promise.all(
    [0, 1].map(async () => {
      const mock = await mockFor({ seed: 5, errorRate: 0.3, reasoningTokens: 2 })
      const texts: string[] = []
      for (let i = 0; i < 10; i += 1) texts.push(await (await post(mock, CHAT, STREAM)).text())
      return texts
    }),
  )
  expect(bodies[0]).toEqual(bodies[1])
  expect(new Set(bodies[0]).size).toBeGreaterThan(1)
})
