/** Starts the mock server on loopback. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { LocalError, UsageError } from '../errors.ts'
import { control, isControl } from './http/control.ts'
import { serve } from './http/http.ts'
import type { MockOverrides } from './persona/settings.ts'
import { attachSides } from './sides.ts'
import type { MockRequest } from './state/record.ts'
import { createState, type MockState, type MockStats, resetState, statsOf, updateState } from './state/state.ts'
import { attachWebSockets } from './websocket/websocket.ts'

/** What the mock has recorded about one request: when it came, what was asked, and how it was answered. */
export type { MockRequest } from './state/record.ts'
/** The mock's counts of requests and connections. */
export type { MockStats } from './state/state.ts'

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1)$/
/** How long idle connections stay open, in ms: longer than any think time, so that only clients close them. */
const KEEP_ALIVE_MS = 600_000

/** A running mock server: its address, and functions to read statistics, change settings and close it. */
export interface Mock {
  /** Base address, such as `http://127.0.0.1:4010`, without a trailing slash. */
  readonly url: string
  readonly port: number
  stats(): MockStats
  /** Returns the last `last` requests, oldest first; at most 1,000. */
  log(last?: number): MockRequest[]
  /** Changes settings of later requests; others stay. @throws UsageError for an invalid setting */
  update(settings: MockOverrides): void
  /** Clears counts, log and conversations; request numbers restart at 0. */
  reset(): void
  /** Closes all connections and frees the port. */
  close(): Promise<void>
}

/** Where the mock listens; port 0 picks a free one. */
interface MockAddress {
  readonly port?: number
  readonly host?: string
}

/**
 * Starts a mock server.
 * @throws UsageError for invalid settings, or a host that is not loopback; LocalError when it cannot listen, such as on a port in use
 */
export async function startMock(settings: MockOverrides = {}, { port = 0, host = '127.0.0.1' }: MockAddress = {}): Promise<Mock> {
  if (!LOOPBACK.test(host)) throw new UsageError(`the mock listens on loopback only, not on ${host}`, 'use 127.0.0.1 or ::1')
  const state = createState(settings)
  const server = createServer((req, res) => handle(state, req, res))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.requestTimeout = 0
  server.on('connection', (socket) => {
    state.connections.accept(socket)
    socket.on('close', () => state.connections.drop(socket))
  })
  const sides = attachSides(server, state)
  const webSockets = attachWebSockets(server, state, sides.mqtt)
  const actual = await listen(server, port, host)
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    port: actual,
    stats: () => statsOf(state),
    log: (last) => state.record.last(last),
    update: (overrides) => updateState(state, overrides),
    reset: () => resetState(state),
    close() {
      webSockets.close()
      sides.close()
      return close(server)
    },
  }
}

function handle(state: MockState, req: IncomingMessage, res: ServerResponse): void {
  const forControl = isControl(req.url)
  if (forControl) state.connections.control(req.socket)
  else state.connections.use(req.socket)
  // A client that disconnects is no error; anything else that fails here is a bug, which the client has to see.
  const failed = (error: unknown): void => {
    if (!res.destroyed) res.destroy(error instanceof Error ? error : undefined)
  }
  res.on('error', () => {})
  ;(forControl ? control(state, req, res) : serve(state, req, res)).catch(failed)
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new LocalError(`the mock cannot listen on ${host}:${port}`, 'choose another port, or 0 for a free one', {
      cause: error,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
