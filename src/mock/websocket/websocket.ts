import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket, WebSocketServer } from 'ws'
import * as z from 'zod'
import { UsageError } from '../../errors.ts'
import type { MockOutcome } from '../persona/faults.ts'
import { monotonicMs, Pacer } from '../persona/pace.ts'
import { type MockSettings, resolveSettings, withExtra } from '../persona/settings.ts'
import type { MockState } from '../state/state.ts'
import { findWebSocketRoute, type WebSocketRoute } from './routes.ts'
import { answerMessage } from './talk.ts'

const MAX_MESSAGE = 16 * 1024 * 1024
/** The name of the WebSocket subprotocol that carries MQTT. */
const MQTT = 'mqtt'

/** The HTTP request with which a client asks for a WebSocket. */
interface Caller {
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly socket: Socket
}

/** Loads the broker for WebSockets with the subprotocol `mqtt`, which are accepted on any path. */
type LoadMqtt = () => Promise<(webSocket: WebSocket, socket: Socket) => void>

/** Lets the mock's HTTP server accept WebSockets, and answers the messages on them. The returned function `close` ends all these connections. */
export function attachWebSockets(server: Server, state: MockState, loadMqtt: LoadMqtt): { close(): void } {
  const open = new Set<Socket>()
  server.on('upgrade', (req: IncomingMessage, _stream, head: Buffer) => {
    // the socket is a plain one, because this HTTP server has no TLS
    const caller = callerOf(req, req.socket)
    state.connections.use(caller.socket)
    open.add(caller.socket)
    caller.socket.on('error', () => {})
    caller.socket.once('close', () => open.delete(caller.socket))
    const admitted = offers(req).has(MQTT) ? admitMqtt(caller, req, head, loadMqtt) : admit(state, caller, req, head)
    admitted.catch((error: Error) => caller.socket.destroy(error))
  })
  return {
    close() {
      for (const socket of open) socket.destroy()
    },
  }
}

function callerOf(req: IncomingMessage, socket: Socket): Caller {
  const [path = '/', query = ''] = (req.url ?? '/').split('?', 2)
  const headers = Object.entries(req.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return { path, query, headers: Object.fromEntries(headers), socket }
}

function offers({ headers }: IncomingMessage): ReadonlySet<string> {
  return new Set(headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()))
}

/** Accepts a WebSocket for MQTT once the broker is loaded, and hands the WebSocket to the broker. */
async function admitMqtt({ socket }: Caller, req: IncomingMessage, head: Buffer, loadMqtt: LoadMqtt): Promise<void> {
  const accept = await loadMqtt()
  upgrader ??= loadUpgrader()
  const server = await upgrader
  server.handleUpgrade(req, socket, head, (webSocket) => accept(webSocket, socket))
}

/** Accepts a WebSocket, or refuses it with an HTTP error; a refusal counts as a request. */
async function admit(state: MockState, caller: Caller, req: IncomingMessage, head: Buffer): Promise<void> {
  const route = findWebSocketRoute(caller.path)
  if (!route) return refuse(state, caller, 'rejected', 404)
  try {
    const { status, retryAfterSeconds } = settingsFor(state, caller)
    if (status === 429) return refuse(state, caller, 'rate_limited', status, retryAfterSeconds)
    if (status !== undefined) return refuse(state, caller, 'error', status)
  } catch (error) {
    if (error instanceof UsageError) return refuse(state, caller, 'rejected', 400)
    throw error
  }
  upgrader ??= loadUpgrader()
  const server = await upgrader
  server.handleUpgrade(req, caller.socket, head, (socket) => converse(state, caller, route, socket))
}

let upgrader: Promise<WebSocketServer> | undefined

/** Loads the WebSocket library. It is called at the first WebSocket, since most mocks never get one. */
async function loadUpgrader(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws')
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: true,
    handleProtocols: (offered) => (offered.has(MQTT) ? MQTT : ([...offered][0] ?? false)),
  })
}

function refuse(state: MockState, caller: Caller, outcome: MockOutcome, status: number, retryAfterSeconds?: number): void {
  const { record } = state
  const { path, query, headers, socket } = caller
  const entry = record.begin({ method: 'WS', path, query, headers, route: 'ws-refused' })
  record.received(entry, '', monotonicMs())
  record.planned(entry, outcome)
  entry.status = status
  record.end(entry, monotonicMs(), false)
  const retry = retryAfterSeconds === undefined ? '' : `retry-after: ${retryAfterSeconds}\r\n`
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${retry}content-length: 0\r\nconnection: close\r\n\r\n`)
}

/**
 * Returns the settings of a message: those of the server, overridden by the `x-mock` header or `?mock=` of the request that opened the WebSocket.
 * @throws UsageError
 */
function settingsFor(state: MockState, { headers, query }: Caller): MockSettings {
  const own = headers['x-mock'] ?? new URLSearchParams(query).get('mock')
  if (own === null) return state.settings
  try {
    return resolveSettings(withExtra(state.overrides, z.looseObject({}).parse(JSON.parse(own))))
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`mock settings of an upgrade must be a JSON object, not ${own}`, undefined, { cause: error })
  }
}

/** Serves the messages of a WebSocket one after the other: a reply is complete before the next message is answered. */
function converse(state: MockState, caller: Caller, route: WebSocketRoute, socket: WebSocket): void {
  let last: Promise<void> = Promise.resolve()
  let pacer: Pacer | undefined
  let gone = false
  socket.on('error', () => {})
  socket.on('close', () => {
    gone = true
    pacer?.stop()
  })
  socket.on('message', (data, binary) => {
    // binaryType has its default, so a message is always one Buffer.
    const message = data as Buffer
    const greeting = binary ? undefined : route.greeting(message.toString('utf8'))
    if (greeting) {
      socket.send(JSON.stringify(greeting))
      return
    }
    const answer = prepare(state, caller, route, socket, message, binary)
    last = last.then(async () => {
      pacer = new Pacer()
      if (gone) pacer.stop()
      await answer(pacer)
    })
    last.catch((error: Error) => caller.socket.destroy(error))
  })
}

/** Records a message and plans its reply; returns a function that sends the reply. */
function prepare(
  state: MockState,
  caller: Caller,
  route: WebSocketRoute,
  socket: WebSocket,
  message: Buffer,
  binary: boolean,
): (pacer: Pacer) => Promise<void> {
  const { record, memory } = state
  const { path, query, headers } = caller
  const entry = record.begin({ method: 'WS', path, query, headers, route: route.name })
  const body = message.toString(binary && !route.format ? 'base64' : 'utf8')
  record.received(entry, body, monotonicMs())
  const request = { method: 'WS', path, query: new URLSearchParams(query), headers, body, memory, k: entry.k }
  const settings = settingsFor(state, caller)
  const reset = () => void caller.socket.resetAndDestroy()
  return async (pacer) => {
    const startMs = monotonicMs() + settings.slowHeadersMs
    const talk = { socket, reset, pacer, settings, entry, record, route, request, message, binary, startMs }
    const stayed = await answerMessage(talk)
    record.end(entry, monotonicMs(), !stayed)
  }
}
