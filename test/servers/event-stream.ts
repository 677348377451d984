/** A server whose replies come on an open event stream, and which tests can make misbehave. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Subscriber {
  readonly headers: IncomingHttpHeaders
  readonly response: ServerResponse
  readonly at: number
  open: boolean
}

export interface EventStreamServer {
  readonly url: string
  readonly path: string | undefined
  /** All streams that were asked for, in order. */
  readonly streams: Subscriber[]
  /** Bodies of all whole POSTs. */
  readonly posts: string[]
  /** How many they were, the forgotten ones included. */
  posted(): number
  /** Forgets the streams and POSTs so far. */
  forget(): void
  openSockets(): number
  /** Most sockets that were open at a time. */
  mostSockets(): number
  /** The stream that is open. */
  stream(): Subscriber
  stop(): Promise<void>
}

export interface EventStreamRules {
  /** Answers `GET /events`; left out: 200 with `: hello`. */
  subscribe?: (response: ServerResponse, nth: number, request: IncomingMessage) => void
  /** What a POST leads to, before it is answered with 202. */
  post?: (server: EventStreamServer, body: string, response: ServerResponse) => void
  /** Unix socket to listen on. */
  path?: string
}

/** Starts it on loopback, or on a Unix socket. */
export async function eventStreamServer(rules: EventStreamRules = {}): Promise<EventStreamServer> {
  const sockets = new Set<Socket>()
  let most = 0
  let posted = 0
  const server = createServer((request, response) => void handle(request, response))
  server.on('connection', (socket) => {
    sockets.add(socket)
    most = Math.max(most, sockets.size)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => (rules.path ? server.listen(rules.path, resolve) : server.listen(0, '127.0.0.1', resolve)))
  const port = rules.path ? 80 : (server.address() as AddressInfo).port
  const self: EventStreamServer = {
    url: `http://127.0.0.1:${port}`,
    path: rules.path,
    streams: [],
    posts: [],
    posted: () => posted,
    forget() {
      self.streams.length = 0
      self.posts.length = 0
    },
    openSockets: () => sockets.size,
    mostSockets: () => most,
    stream() {
      const open = self.streams.findLast((one) => one.open)
      if (!open) throw new Error('no stream is open')
      return open
    },
    async stop() {
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const subscriber: Subscriber = { headers: request.headers, response, at: performance.now(), open: true }
      response.on('close', () => {
        subscriber.open = false
      })
      self.streams.push(subscriber)
      if (rules.subscribe) rules.subscribe(response, self.streams.length, request)
      else accept(response)
      return
    }
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const body = Buffer.concat(pieces).toString()
    self.posts.push(body)
    posted += 1
    rules.post?.(self, body, response)
    if (!response.headersSent) response.writeHead(202).end()
  }
  return self
}

/** Accepts a stream. */
export function accept(response: ServerResponse, first: string | Buffer = ': hello\n\n'): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first)
}
