/** The four kinds of gRPC calls, on real sockets. */
import { describe, expect, test, vi } from 'vitest'
import type { GrpcTestServer } from '../../servers/grpc-server.ts'
import { grpcLine, repliesOf } from '../grpc-harness.ts'
import { echo, echoForEach } from './echo-each.ts'

let server: GrpcTestServer
echoForEach((started) => {
  server = started
})

describe('calls', () => {
  test('the four kinds', async () => {
    const line = await grpcLine(server.url, echo)
    const texts = async (method: string, ...words: string[]) => {
      const { outcome, replies } = await line.call({ method, messages: words.map((text) => ({ text, repeat: 2 })) })
      return [outcome, ...replies.map(({ text }) => text)]
    }
    expect(await texts('Echo', 'a')).toEqual(['ok', 'a'])
    expect(await texts('EchoStream', 'a')).toEqual(['ok', 'a', 'a'])
    expect(await texts('EchoCollect', 'a', 'b')).toEqual(['ok', 'a b'])
    expect(await texts('EchoAll', 'a', 'b')).toEqual(['ok', 'a', 'b'])
    expect(server.calls).toHaveLength(4)
  })

  test('every status by its name and number, with the details of the server', async () => {
    const line = await grpcLine(server.url, echo)
    for (const [code, name] of [
      [3, 'INVALID_ARGUMENT'],
      [5, 'NOT_FOUND'],
      [14, 'UNAVAILABLE'],
      [16, 'UNAUTHENTICATED'],
    ] as const) {
      for (const method of ['Echo', 'EchoStream']) {
        const { status, failure } = await line.call({ method, message: { text: `!${code}` } })
        expect([status, failure?.class, failure?.message, failure?.code]).toEqual([
          code,
          `grpc_${name}`,
          `asked for ${code}`,
          undefined,
        ])
      }
    }
    expect(server.calls).toHaveLength(8)
    expect(server.accepted()).toBe(1)
  })

  test('a call that needs only so many replies is complete with them, and the server hears that it may stop', async () => {
    const line = await grpcLine(server.url, echo)
    const { outcome, status, replies } = await line.call({
      method: 'EchoStream',
      message: { text: '!endless', repeat: 5 },
      await: 2,
    })
    expect([outcome, status, replies.length]).toEqual(['ok', 0, 2])
    await vi.waitFor(() => expect(server.cancelled).toBe(1))
  })

  test('a cancelled call is cancelled at the server, and the connection stays', async () => {
    const line = await grpcLine(server.url, echo)
    const begun = line.begin({ method: 'EchoStream', message: { text: '!endless', repeat: 3 } })
    const replies = repliesOf(begun)
    await vi.waitFor(() => expect(replies).toHaveLength(3))
    begun.exchange.cancel()
    line.connection.cancel(begun.exchange)
    await vi.waitFor(() => expect(server.cancelled).toBe(1))
    expect((await line.call({ method: 'Echo', message: {} })).reused).toBe(true)
  })

  test('close cancels a stream that runs, and leaves no socket', async () => {
    const line = await grpcLine(server.url, echo)
    const begun = line.begin({ method: 'EchoStream', message: { text: '!endless' } })
    await vi.waitFor(() => expect(server.calls).toHaveLength(1))
    await line.connection.close()
    expect(begun.exchange.outcome).toBe('cut')
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect(line.log).toEqual(['opened', 'closed'])
    const late = line.begin({ method: 'Echo', message: {} })
    expect(late.exchange.outcome).toBe('cut')
  })

  test('messages may be larger than the default, when asked for', async () => {
    const message = { payload: Buffer.alloc(5 << 20).toString('base64') }
    const small = await (await grpcLine(server.url, echo)).call({ method: 'Echo', message })
    expect([small.failure?.class, small.failure?.code]).toEqual(['grpc_RESOURCE_EXHAUSTED', 'too_big'])
    const large = await (await grpcLine(server.url, { ...echo, maxMessage: '6MiB' })).call({ method: 'Echo', message })
    expect(large.outcome).toBe('ok')
  })

  test('the bound of a reply is held against its bytes on the wire, not against its base64', async () => {
    const message = { payload: Buffer.alloc(12 << 20).toString('base64') }
    const { outcome, failure, bytesReceived } = await (await grpcLine(server.url, { ...echo, maxMessage: '16MiB' })).call({
      method: 'Echo',
      message,
    })
    expect([outcome, failure]).toEqual(['ok', undefined])
    expect(bytesReceived - (12 << 20)).toBeLessThan(32)
  })

  test('compression, keepalive and the user agent reach the server', async () => {
    const options = { ...echo, compression: 'gzip', keepalive: { every: '1m' } }
    const { outcome } = await (await grpcLine(server.url, options)).call({ method: 'Echo', message: { text: 'x'.repeat(1000) } })
    expect(outcome).toBe('ok')
    expect(server.metadata.get('user-agent')[0]).toMatch(/^burn /)
  })
})
