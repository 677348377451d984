/** What answers over WebSocket come to that break its rules, or end it. */
import type { Socket } from 'node:net'
import { close, text } from '../../servers/ws-frames.ts'
import { granted, type Peer, type SeenUpgrade } from '../../servers/ws-raw.ts'

type WebSocketFate = readonly [title: string, answer: (peer: Peer) => void, failureClass: string, closeCode: number | undefined]

const say =
  (bytes: Buffer) =>
  ({ socket }: Peer) =>
    void socket.write(bytes)

/** Answers that fail: the failure class, and the code of the close frame that the server gets; undefined for none. The largest message is 1 KiB. */
export const WEBSOCKET_FATES: readonly WebSocketFate[] = [
  ['a frame with a reserved bit', say(text('x', { reserved: 4 })), 'bad_ws', 1002],
  ['text that is not UTF-8', say(text(Buffer.from([0xc3, 0x28]))), 'bad_ws', 1007],
  ['more than is taken', say(text('', { claims: 1025 })), 'bad_ws', 1009],
  ['an end without a close frame', ({ socket }) => void socket.end(), 'ws_close_1006', undefined],
  ['a reset', ({ socket }) => void socket.resetAndDestroy(), 'ws_close_1006', undefined],
  ['half a frame, and an end', ({ socket }) => void socket.end(text('hello').subarray(0, 4)), 'ws_close_1006', undefined],
  ['a close frame', say(close(1000)), 'ws_close_1000', 1000],
  ['going away', say(close(1001, 'restart')), 'ws_close_1001', 1001],
  ['an error', say(close(1011, 'oops')), 'ws_close_1011', 1011],
  ['a code of its own', say(close(4001, 'expired')), 'ws_close_4001', 4001],
]

const answer = (line: string) => (socket: Socket) => void socket.write(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\n\r\n`)

type Refusal = readonly [title: string, handshake: (socket: Socket, upgrade: SeenUpgrade) => void, failureClass: string]

/** Answers to the handshake that let nobody in, and the failure class. */
export const WEBSOCKET_REFUSALS: readonly Refusal[] = [
  ['401', answer('401 Unauthorized'), 'http_status'],
  ['302', answer('302 Found\r\nlocation: /login'), 'http_status'],
  ['503 with Retry-After', answer('503 Service Unavailable\r\nretry-after: 3'), 'rate_limited'],
  ['200', answer('200 OK'), 'bad_ws'],
  ['a wrong accept', (socket, upgrade) => void socket.write(granted(upgrade, { 'sec-websocket-accept': 'no' })), 'bad_ws'],
  ['what is not HTTP', (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n'), 'bad_http'],
  ['an end', (socket) => void socket.end(), 'closed_early'],
  ['a reset', (socket) => void socket.resetAndDestroy(), 'reset'],
  ['nothing', () => {}, 'timeout_headers'],
]
