import { describe, expect, test, vi } from 'vitest'
import { granted, type Peer } from '../../servers/ws-raw.ts'
import { serverFor, userOf } from '../websocket-kit.ts'

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
