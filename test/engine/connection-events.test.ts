import { describe, expect, test } from 'vitest'
import { websocket } from '../../src/connectors/websocket.ts'
import { text } from '../servers/ws-frames.ts'
import { rawServer } from '../servers/ws-raw.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/virtual.ts'

describe('connections', () => {
  const CHAT = { dialect: 'generic' as const, stream: true }
  const server = async (onMessage: NonNullable<NonNullable<Parameters<typeof rawServer>[0]>['message']>) =>
    rawServer({ message: onMessage })
  const run = (url: string, thresholds: string[] = []) =>
    runScenario({
      name: 'sockets',
      target: { ...CHAT, url: `${url}/chat`, response: { text: '$.text' }, websocket: websocket.options.parse({}) as object },
      load: [{ users: 1, iterations: 5 }],
      steps: [{ message: 'hello' }],
      thresholds,
    })

  timedTest('dropped while idle: lost, with nothing in flight', async () => {
    const peer = await server(({ socket }) => {
      socket.write(text('{"text":"hi"}'))
      setTimeout(() => socket.destroy(), 5)
    })
    try {
      const { result } = await runScenario({
        name: 'idle',
        target: { ...CHAT, url: `${peer.url}/chat`, response: { text: '$.text' } },
        load: [{ users: 1, iterations: 5 }],
        steps: [{ message: 'hello' }, { delay: '40ms' }],
        thresholds: ['connections_lost < 5', 'lost_in_flight == 0', 'connections_opened == 5', 'handshake_time p95 < 1m'],
      })
      expect(result.total.counts).toMatchObject({ ok: 5, failed: 0 })
      expect(result.connectionMetrics).toMatchObject({ successfulConnections: 5, lostConnections: 5, lostInFlight: 0 })
      expect(result.connectionMetrics.handshakeTime?.count).toBe(5)
      expect(result.connectionMetrics.tlsTime).toBeUndefined()
      const states = result.thresholds.map(({ threshold, state }) => [threshold, state])
      expect(states.slice(0, 4)).toEqual([
        ['connections_lost < 5', 'failed'],
        ['lost_in_flight == 0', 'passed'],
        ['connections_opened == 5', 'passed'],
        ['handshake_time p95 < 1m', 'passed'],
      ])
    } finally {
      await peer.stop()
    }
  })

  test('dropped in the middle of a reply: the attempt is lost with it', async () => {
    const peer = await server(({ socket }) => void socket.destroy())
    try {
      const { result } = await run(peer.url, ['bytes_received < 1KiB'])
      expect(result.total.counts).toMatchObject({ ok: 0, failed: 5 })
      expect(result.connectionMetrics).toMatchObject({ lostConnections: 5, lostInFlight: 5 })
      expect(result.thresholds[0]).toMatchObject({ state: 'passed', observed: 0, limit: 1024, unit: 'bytes' })
    } finally {
      await peer.stop()
    }
  })
})
