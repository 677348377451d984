import { describe, expect, test, vi } from 'vitest'
import { close, frame, OPCODE, text } from '../servers/ws-frames.ts'
import { granted, type Peer } from '../servers/ws-raw.ts'
import { fateOf, serverFor, userOf } from './websocket-kit.ts'

/** A server that answers every message with these bytes, each item in a write of its own. */
const answering = (...pieces: readonly Buffer[]) =>
  serverFor({
    message: async ({ socket }: Peer) => {
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  })

describe('what RFC 6455 allows', () => {
  const heart = Buffer.from('naïve 火🔥')
  test.each<[string, readonly Buffer[], string]>([
    ['one frame', [text('hello')], 'hello'],
    ['an empty message', [text('')], ''],
    ['a message in three fragments', [text('he', { fin: false }), frame(0, 'll', { fin: false }), frame(0, 'o')], 'hello'],
    ['empty fragments', [text('', { fin: false }), frame(0, '', { fin: false }), frame(0, 'x')], 'x'],
    ['a ping between fragments', [text('he', { fin: false }), frame(OPCODE.ping, 'p'), frame(0, 'llo')], 'hello'],
    ['a pong that nobody asked for', [frame(OPCODE.pong, 'p'), text('hello')], 'hello'],
    ['characters torn between fragments', [text(heart.subarray(0, 3), { fin: false }), frame(0, heart.subarray(3))], `${heart}`],
    ['every byte in a packet of its own', Array.from(text(heart), (byte) => Buffer.from([byte])), `${heart}`],
    ['a length of 16 bits', [text('x'.repeat(126))], 'x'.repeat(126)],
    ['a length of 64 bits', [text('x'.repeat(65_536))], 'x'.repeat(65_536)],
    ['a binary message', [frame(OPCODE.binary, 'bytes')], 'bytes'],
  ])('%s arrives whole', async (_name, pieces, expected) => {
    const server = await answering(...pieces)
    const user = await userOf(server.url)
    const one = user.request({ text: 'go' })
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe(expected)
    expect(one.exchange.bytesReceived).toBe(Buffer.byteLength(expected))
    expect(one.exchange.bytesSent).toBe(2)
    expect(one.heard).toEqual(['data', 'end'])
  })

  test('a ping of the server is answered with its payload', async () => {
    const answers: Buffer[] = []
    const server = await serverFor({
      joined: ({ socket }) => {
        socket.on('data', (data: Buffer) => answers.push(data))
        socket.write(frame(OPCODE.ping, 'are you there'))
      },
    })
    await userOf(server.url)
    await vi.waitFor(() => expect(Buffer.concat(answers).byteLength).toBe(2 + 4 + 13))
    expect((answers[0]?.[0] ?? 0) & 0x0f).toBe(OPCODE.pong)
  })
})

describe('what RFC 6455 forbids ends the socket, and the next request has a new one', () => {
  test.each<[string, Buffer, number, RegExp]>([
    ['a reserved bit', text('x', { reserved: 4 }), 1002, /RSV1/],
    ['an unknown opcode', frame(3, 'x'), 1002, /opcode 3/],
    ['an unknown control opcode', frame(11, 'x'), 1002, /opcode 11/],
    ['a masked frame of a server', text('x', { masked: true }), 1002, /MASK/],
    ['a ping of more than 125 bytes', frame(OPCODE.ping, 'x'.repeat(126)), 1002, /payload length 126/],
    ['a ping in fragments', frame(OPCODE.ping, 'x', { fin: false }), 1002, /FIN/],
    ['a continuation of nothing', frame(0, 'x'), 1002, /opcode 0/],
    ['a new message inside of one', Buffer.concat([text('a', { fin: false }), text('b')]), 1002, /opcode 1/],
    ['text that is not UTF-8', text(Buffer.from([0xc3, 0x28])), 1007, /UTF-8/],
    ['a close frame of one byte', frame(OPCODE.close, 'x'), 1002, /payload length 1/],
    ['a close code that may not be sent', close(1006), 1002, /status code 1006/],
    ['a close reason that is not UTF-8', frame(OPCODE.close, Buffer.from([0x03, 0xe8, 0xc3, 0x28])), 1007, /UTF-8/],
    ['a message that is too large', text('', { claims: 1025 }), 1009, /maxMessage/],
  ])('%s', async (_name, bytes, code, message) => {
    let first = true
    const server = await serverFor({
      message: ({ socket }) => {
        socket.write(first ? bytes : text('fine'))
        first = false
      },
    })
    const user = await userOf(server.url, { maxMessage: '1KiB' })
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({ class: 'bad_ws', phase: 'stream', message: expect.stringMatching(message) })
    const next = user.request({ text: 'again' })
    expect(await fateOf(next)).toBe('ok')
    expect(next.exchange).toMatchObject({ reused: false, connect: { handshakeMs: expect.any(Number) } })
    await vi.waitFor(() => expect(server.closeCodes).toEqual([code]))
    expect(user.log).toEqual(['opened', 'lost bad_ws', 'opened'])
  })
})

describe('a socket that ends in the middle of a reply', () => {
  const half = text('hello world').subarray(0, 6)
  test.each<[string, (peer: Peer) => void, string, RegExp]>([
    ['close 1000', ({ socket }) => socket.end(close(1000)), 'ws_close_1000', /with 1000$/],
    ['close 1001 and a reason', ({ socket }) => socket.end(close(1001, 'going away')), 'ws_close_1001', /1001: going away$/],
    ['close 1011', ({ socket }) => socket.end(close(1011, 'oops')), 'ws_close_1011', /1011: oops$/],
    ['close 4321', ({ socket }) => socket.end(close(4321)), 'ws_close_4321', /with 4321$/],
    ['close without a code', ({ socket }) => socket.end(close()), 'ws_close_1005', /gave no code/],
    ['FIN without a close frame', ({ socket }) => socket.end(), 'ws_close_1006', /without a close frame$/],
    ['half a frame, then FIN', ({ socket }) => socket.end(half), 'ws_close_1006', /without a close frame$/],
    ['RST', ({ socket }) => socket.resetAndDestroy(), 'ws_close_1006', /ECONNRESET$/],
    [
      'half a frame, then RST',
      ({ socket }) => socket.write(half, () => socket.resetAndDestroy()),
      'ws_close_1006',
      /close frame/,
    ],
  ])('%s is %s', async (_name, end, failureClass, message) => {
    const server = await serverFor({
      message: (peer, asked) => void (asked === 'go' ? end(peer) : peer.socket.write(text('fine'))),
    })
    const user = await userOf(server.url)
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({ class: failureClass, phase: 'stream', message: expect.stringMatching(message) })
    expect(await fateOf(user.request({ text: 'again' }))).toBe('ok')
    expect(user.log).toEqual(['opened', `lost ${failureClass}`, 'opened'])
    expect(server.messages).toEqual(['go', 'again'])
  })

  test('what came before is kept', async () => {
    const server = await serverFor({ message: ({ socket }) => socket.end(Buffer.concat([text('one'), text('two'), half])) })
    const lost = (await userOf(server.url)).message('go', 'never')
    expect(await fateOf(lost)).toBe('ws_close_1006')
    expect(lost.text()).toBe('onetwo')
  })

  test('a code that the scenario expects completes the reply and is no loss', async () => {
    const server = await serverFor({ message: ({ socket }) => socket.end(Buffer.concat([text('one'), close(1000)])) })
    const user = await userOf(server.url, { expectClose: [1000] })
    const one = user.request({ text: 'go', await: { count: 2 } })
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe('one')
    expect(user.log).toEqual(['opened', 'closed'])
  })
})

describe('a handshake that fails', () => {
  const answer = (head: string) => ({ handshake: (socket: Peer['socket']) => void socket.end(head) })
  test.each<[string, Parameters<typeof serverFor>[0] & object, string, RegExp]>([
    ['401', answer('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'), 'http_status', /401 Unauthorized$/],
    [
      '302',
      answer('HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n'),
      'http_status',
      /302 Found to \/login$/,
    ],
    ['429', answer('HTTP/1.1 429 Slow down\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n'), 'rate_limited', /retry after 7$/],
    ['503 with Retry-After', answer('HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n'), 'rate_limited', /503/],
    ['200', answer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'), 'bad_ws', /speaks HTTP/],
    ['not HTTP', answer('SSH-2.0-OpenSSH_9.2\r\n'), 'bad_http', /Parse Error/],
    ['FIN', { handshake: (socket) => void socket.end() }, 'closed_early', /before the handshake was answered/],
    ['RST', { handshake: (socket) => void socket.resetAndDestroy() }, 'reset', /ECONNRESET/],
    [
      'a wrong accept',
      { handshake: (socket, upgrade) => void socket.write(granted(upgrade, { 'sec-websocket-accept': 'AAAA' })) },
      'bad_ws',
      /Sec-WebSocket-Accept/,
    ],
    [
      'another upgrade',
      { handshake: (socket, upgrade) => void socket.write(granted(upgrade, { upgrade: 'h2c' })) },
      'bad_ws',
      /Upgrade header/,
    ],
    [
      'a subprotocol that was not offered',
      { handshake: (socket, upgrade) => void socket.write(granted(upgrade, { 'sec-websocket-protocol': 'x' })) },
      'bad_ws',
      /subprotocol/,
    ],
    [
      'an extension that was not offered',
      {
        handshake: (socket, upgrade) => void socket.write(granted(upgrade, { 'sec-websocket-extensions': 'permessage-deflate' })),
      },
      'bad_ws',
      /extension/i,
    ],
  ])('%s', async (_name, behaviour, failureClass, message) => {
    const server = await serverFor(behaviour)
    const error = await userOf(server.url).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: 'TargetError',
      class: failureClass,
      phase: 'headers',
      message: expect.stringMatching(message),
    })
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('one that is never answered is freed when it is given up', async () => {
    const server = await serverFor({ handshake: () => {} })
    const given = new AbortController()
    const opening = userOf(server.url, {}, {}, { signal: given.signal }).catch((thrown: unknown) => thrown)
    await vi.waitFor(() => expect(server.upgrades).toHaveLength(1))
    given.abort()
    expect(await opening).toMatchObject({ name: 'TargetError', class: 'connect_timeout', phase: 'connect' })
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('one that is given up before it begins opens nothing', async () => {
    const server = await serverFor()
    const opening = userOf(server.url, {}, {}, { signal: AbortSignal.abort() }).catch((thrown: unknown) => thrown)
    expect(await opening).toMatchObject({ class: 'connect_timeout' })
    expect(server.openSockets()).toBe(0)
  })
})
