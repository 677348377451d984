/**
 * Ports that no other server gets. One that the system hands out is handed out again as soon as it is free: what still connects to a server
 * that a test has stopped, would reach a server of another test.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

/** Below those that the system hands out: from 32768 on Linux, from 49152 elsewhere. */
const [FIRST, COUNT] = [10_000, 22_000]
/** Workers of vitest that run at the same time have numbers of their own, from 1; each takes a part of the ports, so that none gets one of another. */
const PARTS = 16
const SIZE = Math.floor(COUNT / PARTS)
const WORKER = Number(process.env.VITEST_POOL_ID ?? process.pid)
const BEGIN = FIRST + (WORKER % PARTS) * SIZE
let next = Math.floor(Math.random() * SIZE)

/** Lets a server listen on a port of its own; returns it. */
export async function listenOnOwnPort(server: Server, host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < SIZE; tries += 1) {
    next = (next + 1) % SIZE
    server.listen(BEGIN + next, host)
    // The first of the two events decides.
    const taken = await once(server, 'listening').then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    )
    if (taken === undefined) return (server.address() as AddressInfo).port // it listens on TCP
    if (taken.code !== 'EADDRINUSE') throw taken
  }
  throw new Error('every port is in use')
}

/** Returns a port on which nothing listens, and nothing will, unless a test starts a program there: a server had it a moment ago. */
export async function deadPort(): Promise<number> {
  const server = createServer()
  const port = await listenOnOwnPort(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
