import { describe, expect, test, vi } from 'vitest'
import { mutePeer } from '../connectors/contract.ts'
import { ECHO } from '../servers/grpc-echo.ts'
import { runScenario } from '../support/run.ts'

/** Where the echo service takes the words of a message. */
const SAID = { messagePath: '$.text' }

const CASES = [
  ['http', 'https:', { protocol: 'http' }, 'connect_timeout'],
  ['http from a pool', 'https:', { protocol: 'http', http: { connection: 'shared' } }, 'connect_timeout'],
  ['http 2', 'https:', { protocol: 'http', http: { version: '2' } }, 'connect_timeout'],
  ['sse', 'https:', { protocol: 'sse' }, 'connect_timeout'],
  ['websocket', 'ws:', {}, 'timeout_headers'],
  ['wss', 'wss:', {}, 'connect_timeout'],
  ['grpc', 'grpc:', { grpc: { service: ECHO, method: 'EchoStream' }, request: SAID }, 'connect_timeout'],
  ['mqtt', 'mqtt:', { mqtt: { topic: 'a' } }, 'connect_timeout'],
  ['mqtt 5', 'mqtt:', { mqtt: { topic: 'a', version: 5 } }, 'connect_timeout'],
] as const

/** Two show that the second attempt connects again. */
const ATTEMPTS = 2

describe('a peer that takes connections and never says a word', () => {
  test.each(CASES)(
    '%s: each attempt is a failed connection, as many as the peer saw',
    async (_, scheme, target, failureClass) => {
      const peer = await mutePeer()
      const { result, attempts } = await runScenario({
        name: 'mute',
        target: { url: `${scheme}//127.0.0.1:${peer.port}/`, timeouts: { connect: '100ms' }, ...target },
        load: [{ users: 1, iterations: ATTEMPTS }],
        steps: [{ message: 'hello' }],
      })
      expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(Array(ATTEMPTS).fill(failureClass))
      expect(result.connectionMetrics.failedConnections).toBe(ATTEMPTS)
      // The peer lives in this process, and may get to see a connection after its attempt is over.
      await vi.waitFor(() => expect([peer.accepted(), peer.openSockets()]).toEqual([ATTEMPTS, 0]))
      await peer.stop()
    },
  )

  test.each([
    ['http 2', 'https:', { protocol: 'http', http: { version: '2', streams: 10 } }],
    ['grpc', 'grpc:', { grpc: { service: ECHO, method: 'EchoStream', channel: 'shared' }, request: SAID }],
  ] as const)('%s, shared: what several users waited for is one failed connection', async (_, scheme, target) => {
    const peer = await mutePeer()
    const { result, attempts } = await runScenario({
      name: 'mute',
      target: { url: `${scheme}//127.0.0.1:${peer.port}/`, timeouts: { connect: '100ms' }, ...target },
      load: [{ users: 4, iterations: 4 }],
      steps: [{ message: 'hello' }],
    })
    expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(Array(4).fill('connect_timeout'))
    await vi.waitFor(() => expect(peer.openSockets()).toBe(0))
    expect(result.connectionMetrics.failedConnections).toBe(peer.accepted())
    expect(peer.accepted()).toBeLessThan(4)
    await peer.stop()
  })
})
