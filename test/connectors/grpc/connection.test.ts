/** Connections of the gRPC connector. */
import { describe, expect, test, vi } from 'vitest'
import type { GrpcTestServer } from '../../servers/grpc-server.ts'
import { grpcLine } from '../grpc-harness.ts'
import { echo, echoForEach } from './echo-each.ts'

let server: GrpcTestServer
echoForEach((started) => {
  server = started
})

describe('connections', () => {
  test.each([
    ['user', 5],
    ['shared', 1],
  ])('channel %s: five users on %i connections', async (channel, connections) => {
    const lines = await Promise.all(Array.from({ length: 5 }, () => grpcLine(server.url, { ...echo, channel })))
    const all = await Promise.all(lines.map((line) => line.call({ method: 'EchoStream', message: { text: 'x', repeat: 3 } })))
    expect(all.map(({ outcome, replies }) => [outcome, replies.length])).toEqual(Array(5).fill(['ok', 3]))
    expect([server.accepted(), server.calls.length]).toEqual([connections, 5])
    for (const line of lines.slice(1)) await line.connection.close()
    expect((await lines[0]!.call({ method: 'Echo', message: {} })).outcome).toBe('ok')
    await lines[0]!.connection.close()
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('connecting is timed apart from the call', async () => {
    const { connect, intended, sentAt, firstByteAt, endedAt } = await (await grpcLine(server.url, echo)).call({
      method: 'Echo',
      message: {},
    })
    expect(connect).toEqual({
      dnsMs: null,
      connectMs: expect.any(Number),
      tlsMs: null,
      handshakeMs: expect.any(Number),
    })
    const spent = (connect?.connectMs ?? Number.NaN) + (connect?.handshakeMs ?? Number.NaN)
    expect(sentAt - intended).toBeGreaterThanOrEqual(spent)
    expect([intended, sentAt, firstByteAt, endedAt]).toEqual([intended, sentAt, firstByteAt, endedAt].toSorted((a, b) => a - b))
  })

  test('a lost connection is made again for the next call, and the loss is told', async () => {
    const line = await grpcLine(server.url, echo)
    await line.call({ method: 'Echo', message: {} })
    server.sockets()[0]?.destroy()
    await vi.waitFor(() => expect(line.log).toEqual(['opened', 'lost closed_early']))
    const { outcome, reused } = await line.call({ method: 'Echo', message: {} })
    expect([outcome, reused]).toEqual(['ok', false])
    expect(line.log).toEqual(['opened', 'lost closed_early', 'opened', 'reconnected'])
  })
})
