import { describe, expect, test, vi } from 'vitest'
import { serverFor, userOf } from '../websocket-kit.ts'

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
})
