/**
 * Ports that no other server gets. One that the system hands out is handed out again as soon as it is free: what still connects to a server
 * that a test has stopped, would reach a server of another test.
 */
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/** Below those that the system hands out: from 32768 on Linux, from 49152 elsewhere. */
const [FIRST, COUNT] = [10_000, 22_000]
/** Processes that run at the same time begin far from each other. */
let next = (process.pid * 131) % COUNT

/** Lets a server listen on a port of its own; returns it. */
export async function listenOnOwnPort(server: Server, host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < COUNT; tries += 1) {
    next = (next + 1) % COUNT
    server.listen(FIRST + next, host)
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
