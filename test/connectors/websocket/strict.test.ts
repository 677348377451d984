import { deflateRawSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { close, frame, OPCODE, text } from '../../servers/ws-frames.ts'
import { granted } from '../../servers/ws-raw.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'
import { answering } from './frames.ts'

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
