/** A token server, and a source as the runner uses it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  type AuthContext,
  type AuthUser,
  authSchema,
  type CredentialSource,
  type Credentials,
  openCredentials,
} from '../../src/auth/index.ts'
import { type Clock, goBy } from '../../src/clock.ts'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface TokenServer {
  readonly url: string
  readonly seen: Seen[]
}

/** Answers each request with what `answer` writes; all that came in is kept. */
export async function tokenServer(
  answer: (request: Seen, response: ServerResponse, count: number) => void,
): Promise<TokenServer> {
  const seen: Seen[] = []
  const server = createServer(async (req, res) => {
    const pieces: Buffer[] = []
    for await (const piece of req) pieces.push(piece as Buffer)
    const request = {
      method: req.method ?? '',
      path: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(pieces).toString(),
    }
    seen.push(request)
    answer(request, res, seen.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** Writes a JSON reply. */
export function json(
  response: ServerResponse,
  body: object,
  status = 200,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** A clock that a test moves; it calls nobody back. */
export class HandClock implements Clock {
  readonly isReal = false
  ms = 1000
  readonly now = (): number => this.ms
  /** A day in 2030. */
  readonly wallAnchor = (): number => 1_900_000_000_000
  readonly wallNow = (): number => this.wallAnchor() + this.ms
  readonly after = () => () => {}
  readonly every = () => () => {}
  readonly nextTurn = (callback: () => void): void => void setImmediate(callback)
}

export interface Opened {
  readonly source: CredentialSource
  readonly clock: HandClock
  readonly secrets: string[]
  /** One attempt of a user: waits if it must, then takes its credentials. */
  attempt(user: number | AuthUser, url?: string): Promise<Credentials>
}

/** Opens the source of a block as written in a scenario; without `fields` of its own, a user gets the block as it is. */
export async function opened(written: unknown, context: Partial<AuthContext> = {}): Promise<Opened> {
  const block = authSchema.parse(written)
  const clock = new HandClock()
  onTestFinished(goBy(clock))
  const secrets: string[] = []
  const source = await openCredentials(block, {
    baseDir: '.',
    onSecret: (value) => void secrets.push(value),
    openRows: () => Promise.reject(new Error('there are no rows in this test')),
    ...context,
  })
  onTestFinished(() => source.close())
  return {
    source,
    clock,
    secrets,
    async attempt(who, url = 'http://127.0.0.1/chat') {
      const user = typeof who === 'number' ? { id: who, fields: () => block } : who
      await source.ready(user)
      return source.current(user, url)
    },
  }
}

/** Resolves when the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
