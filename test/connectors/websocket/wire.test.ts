import { describe, expect, test, vi } from 'vitest'
import { close, frame, OPCODE, text } from '../../servers/ws-frames.ts'
import type { Peer } from '../../servers/ws-raw.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'
import { answering } from './frames.ts'

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
