import { deflateRawSync } from 'node:zlib'
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
    ['the second reserved bit', text('x', { reserved: 2 }), 1002, /RSV2 and RSV3/],
    ['the third reserved bit', text('x', { reserved: 1 }), 1002, /RSV2 and RSV3/],
    ['a reserved bit of a ping', frame(OPCODE.ping, 'x', { reserved: 4 }), 1002, /RSV1/],
    ['a reserved bit of a close frame', frame(OPCODE.close, '', { reserved: 2 }), 1002, /RSV2 and RSV3/],
    ['a close frame in fragments', frame(OPCODE.close, '', { fin: false }), 1002, /FIN/],
    ['a masked ping of a server', frame(OPCODE.ping, '', { masked: true }), 1002, /MASK/],
    [
      'bad UTF-8 over two fragments',
      Buffer.concat([text(Buffer.from([0xc3]), { fin: false }), frame(0, Buffer.from([0x28]))]),
      1007,
      /UTF-8/,
    ],
    ['a character that the message cuts off', text(Buffer.from([0xe2, 0x82])), 1007, /UTF-8/],
    ['a surrogate as UTF-8', text(Buffer.from([0xed, 0xa0, 0x80])), 1007, /UTF-8/],
    ['an overlong character', text(Buffer.from([0xc0, 0x80])), 1007, /UTF-8/],
    [
      'too much over two fragments',
      Buffer.concat([text('x'.repeat(600), { fin: false }), frame(0, 'x'.repeat(600))]),
      1009,
      /maxMessage/,
    ],
    ['a length of 16 bits that fits into 7', Buffer.from([0x81, 126, 0, 1, 0x78]), 1002, /shortest form/],
    ['a length of 64 bits that fits into 16', Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 1, 0x78]), 1002, /shortest form/],
    ['a first fragment that is not UTF-8', text(Buffer.from([0xc3, 0x28]), { fin: false }), 1007, /UTF-8/],
    [
      'a character that goes wrong in the next fragment, before the message ends',
      Buffer.concat([text(Buffer.from([0xe2, 0x82]), { fin: false }), frame(0, 'x', { fin: false })]),
      1007,
      /UTF-8/,
    ],
    [
      'a character that is torn, then cut off by the end of the message',
      Buffer.concat([text(Buffer.from([0xe2]), { fin: false }), frame(0, Buffer.from([0x82]))]),
      1007,
      /UTF-8/,
    ],
    ['a length beyond 2^53', text('', { claims: 2 ** 53 }), 1009, /2\^53/],
    ['close code 0', close(0), 1002, /status code 0/],
    ['close code 999', close(999), 1002, /status code 999/],
    ['close code 1004', close(1004), 1002, /status code 1004/],
    ['close code 1005', close(1005), 1002, /status code 1005/],
    ['close code 1015', close(1015), 1002, /status code 1015/],
    ['close code 2999', close(2999), 1002, /status code 2999/],
    ['close code 5000', close(5000), 1002, /status code 5000/],
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
    expect(user.log).toEqual(['opened', 'lost bad_ws', 'opened', 'reconnected'])
    expect([server.messages.length, server.upgrades.length]).toEqual([2, 2])
  })

  /** As per-message deflate sends it: without the empty block at its end. */
  const deflated = (bytes: string | Buffer) => {
    const all = deflateRawSync(bytes, { finishFlush: 2 })
    return all.subarray(0, all.byteLength - 4)
  }
  test.each<[string, Buffer, number, RegExp]>([
    [
      'a small message that inflates to a large one',
      text(deflated(Buffer.alloc(5_000_000)), { reserved: 4 }),
      1009,
      /maxMessage/,
    ],
    [
      'one that does so over fragments',
      Buffer.concat([text(deflated(Buffer.alloc(5_000_000)), { reserved: 4, fin: false }), frame(0, '')]),
      1009,
      /maxMessage/,
    ],
    ['what cannot be inflated', text(Buffer.from([0xff, 0xff, 0xff]), { reserved: 4 }), 1007, /invalid/],
    ['inflated text that is not UTF-8', text(deflated(Buffer.from([0xc3, 0x28])), { reserved: 4 }), 1007, /UTF-8/],
    [
      'the mark of compression on a continuation',
      Buffer.concat([text(deflated('a'), { reserved: 4, fin: false }), frame(0, 'b', { reserved: 4 })]),
      1002,
      /RSV1/,
    ],
    ['the mark of compression on a ping', frame(OPCODE.ping, 'x', { reserved: 4 }), 1002, /RSV1/],
  ])('with compression: %s', async (_name, bytes, code, message) => {
    let first = true
    const server = await serverFor({
      handshake: (socket, upgrade) => void socket.write(granted(upgrade, { 'sec-websocket-extensions': 'permessage-deflate' })),
      message: ({ socket }) => {
        socket.write(first ? bytes : text(deflated('fine'), { reserved: 4 }))
        first = false
      },
    })
    const user = await userOf(server.url, { maxMessage: '1KiB', compression: true })
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({ class: 'bad_ws', phase: 'stream', message: expect.stringMatching(message) })
    const next = user.request({ text: 'again' })
    expect([await fateOf(next), next.text()]).toEqual(['ok', 'fine'])
    await vi.waitFor(() => expect(server.closeCodes).toEqual([code]))
    expect(user.log).toEqual(['opened', 'lost bad_ws', 'opened', 'reconnected'])
    expect([server.messages.length, server.upgrades.length]).toEqual([2, 2])
  })

  test('a continuation of a complete message: the reply stands, the socket does not', async () => {
    const server = await answering(Buffer.concat([text('a', { fin: false }), frame(0, 'b'), frame(0, 'c')]))
    const user = await userOf(server.url)
    const one = user.request({ text: 'go' })
    expect([await fateOf(one), one.text()]).toEqual(['ok', 'ab'])
    await vi.waitFor(() => expect(server.closeCodes).toEqual([1002]))
    expect(user.log).toEqual(['opened', 'lost bad_ws'])
    expect(server.messages).toEqual(['go'])
  })

  test.each<[string, Buffer]>([
    ['after a close frame', Buffer.concat([close(1000), text('late')])],
    ['of which a close frame takes the place', Buffer.concat([text('he', { fin: false }), close(1000), frame(0, 'llo')])],
  ])('a message %s is no reply', async (_name, bytes) => {
    const server = await answering(bytes)
    const user = await userOf(server.url)
    const one = user.request({ text: 'go' })
    expect([await fateOf(one), one.text(), one.exchange.failure?.phase]).toEqual(['ws_close_1000', '', 'stream'])
    await vi.waitFor(() => expect(server.closeCodes).toEqual([1000]))
    expect([user.log, server.messages]).toEqual([['opened', 'lost ws_close_1000'], ['go']])
  })
})

describe('how much of a thing is too much', () => {
  test('a burst of pings is answered, or at least its last, and the reply is good', async () => {
    const pongs: string[] = []
    const pings = Array.from({ length: 2000 }, (_, i) => frame(OPCODE.ping, `${i}`))
    const server = await serverFor({
      pong: (_peer, payload) => void pongs.push(payload.toString()),
      message: ({ socket }) => void socket.write(Buffer.concat([...pings, text('fine')])),
    })
    const user = await userOf(server.url)
    for (let n = 1; n <= 10; n += 1) {
      expect(await fateOf(user.request({ text: 'go' }))).toBe('ok')
      await vi.waitFor(() => expect(pongs.filter((payload) => payload === '1999')).toHaveLength(n))
    }
    expect(pongs.slice(0, 3)).toEqual(['0', '1', '2'])
    expect([user.log, server.messages.length, server.upgrades.length]).toEqual([['opened'], 10, 1])
  })

  test('pings of a server that reads no answers cost no memory', async () => {
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => frame(OPCODE.ping, 'x'.repeat(125))))
    const server = await serverFor({
      message: async ({ socket }) => {
        socket.pause()
        for (let n = 0; n < 20; n += 1) if (!socket.write(pings)) await new Promise((resolve) => socket.once('drain', resolve))
        socket.write(text('fine'))
      },
    })
    const user = await userOf(server.url)
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    expect(await fateOf(user.request({ text: 'go' }))).toBe('ok')
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before
    // 200,000 pongs that waited would be some 100 MB
    expect(grown).toBeLessThan(60e6)
  })

  test('a message of 100,000 fragments is one message', async () => {
    const pieces = Array.from({ length: 100_000 }, () => frame(0, 'x', { fin: false }))
    const server = await answering(Buffer.concat([text('', { fin: false }), ...pieces, frame(0, '')]))
    const user = await userOf(server.url)
    const one = user.request({ text: 'go' })
    expect([await fateOf(one), one.text().length, user.log]).toEqual(['ok', 100_000, ['opened']])
  })

  test('more fragments than a message may have end the socket with 1008', async () => {
    const piece = Buffer.concat(Array.from({ length: 10_000 }, () => frame(0, 'x', { fin: false })))
    const server = await answering(Buffer.concat([text('', { fin: false }), ...Array.from({ length: 105 }, () => piece)]))
    const user = await userOf(server.url)
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({ class: 'bad_ws', phase: 'stream', code: 'WS_ERR_TOO_MANY_BUFFERED_PARTS' })
    await vi.waitFor(() => expect(server.closeCodes).toEqual([1008]))
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
    expect(user.log).toEqual(['opened', `lost ${failureClass}`, 'opened', 'reconnected'])
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
    expect(await opening).toMatchObject({ name: 'TargetError', class: 'timeout_headers', phase: 'headers' })
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('one that is given up before it begins opens nothing', async () => {
    const server = await serverFor()
    const opening = userOf(server.url, {}, {}, { signal: AbortSignal.abort() }).catch((thrown: unknown) => thrown)
    expect(await opening).toMatchObject({ class: 'connect_timeout' })
    expect(server.openSockets()).toBe(0)
  })
})
