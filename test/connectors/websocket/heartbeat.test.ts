import { describe, expect, test, vi } from 'vitest'
import { serverFor, userOf } from '../websocket-kit.ts'

const TIMEOUT_MS = 300

describe('own pings', () => {
  test('a peer that answers stays; one that falls silent is lost, in flight or not', async () => {
    let silent = false
    const server = await serverFor({
      ping: ({ socket }, payload) => {
        if (!silent) socket.write(Buffer.concat([Buffer.from([0x8a, payload.byteLength]), payload]))
      },
    })
    const user = await userOf(server.url, { ping: { every: '5ms', timeout: '300ms' } })
    await vi.waitFor(() => expect(server.pings()).toBeGreaterThan(3))
    expect(user.log).toEqual(['opened'])
    silent = true
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({
      class: 'timeout_idle',
      phase: 'stream',
      message: 'no pong for 300 ms: the peer is gone or stuck',
    })
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect(user.log).toEqual(['opened', 'lost timeout_idle'])
  })

  test('a pong that has arrived while burn stood still is read before the peer counts as gone', async () => {
    let stalls = 0
    const server = await serverFor({
      ping: ({ socket }, payload) => {
        socket.write(Buffer.concat([Buffer.from([0x8a, payload.byteLength]), payload]))
        if (stalls > 0) return
        stalls += 1
        // Server and client share this process: neither reads until the time for the pong is over.
        const until = performance.now() + 2 * TIMEOUT_MS
        while (performance.now() < until);
      },
    })
    const user = await userOf(server.url, { ping: { every: '5ms', timeout: `${TIMEOUT_MS}ms` } })
    await vi.waitFor(() => expect([stalls, server.pings() > 3 || user.log.length > 1]).toEqual([1, true]))
    expect(user.log).toEqual(['opened'])
  })
})
