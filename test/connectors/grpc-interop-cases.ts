/** The cases of the gRPC interoperability tests, for a server of any make. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { protoFile } from '../servers/grpc-server.ts'
import { closeLines, type GrpcLine, grpcLine, repliesOf } from './grpc-harness.ts'

/** A server of the service grpc.testing.TestService that counts. */
export interface InteropPeer {
  readonly url: string
  /** Calls that reached a handler, and those of them that the client gave up. */
  counts(): Promise<{ readonly calls: number; readonly cancelled: number }>
  stop(): Promise<void>
}

const zeros = (size: number) => ({ body: Buffer.alloc(size).toString('base64') })
const sizes = (replies: Record<string, unknown>[]) =>
  replies.map(({ payload }) => Buffer.from((payload as { body: string }).body, 'base64').length)
/** Replies of 31415, 9, 2653 and 58979 bytes, asked for with 27182, 8, 1828 and 45904. */
const PING_PONG = [
  [31_415, 27_182],
  [9, 8],
  [2653, 1828],
  [58_979, 45_904],
] as const

/** Registers them. */
export function interopCases(name: string, start: () => Promise<InteropPeer>): void {
  describe(`interoperability with ${name}`, () => {
    let server: InteropPeer
    let line: GrpcLine

    beforeEach(async () => {
      server = await start()
      line = await grpcLine(server.url, { proto: protoFile('interop.proto'), service: 'grpc.testing.TestService' })
    })
    afterEach(async () => {
      await closeLines()
      await server.stop()
    })

    test('empty_unary', async () => {
      const { outcome, status, replies } = await line.call({ method: 'EmptyCall', message: {} })
      expect([outcome, status, replies]).toEqual(['ok', 0, [{}]])
    })

    test('large_unary', async () => {
      const { outcome, replies, bytesSent } = await line.call({
        method: 'UnaryCall',
        message: { response_size: 314_159, payload: zeros(271_828) },
      })
      expect([outcome, sizes(replies)]).toEqual(['ok', [314_159]])
      expect(bytesSent).toBeGreaterThan(271_828)
    })

    test('client_streaming', async () => {
      const messages = PING_PONG.map(([, size]) => ({ payload: zeros(size) }))
      const { outcome, replies } = await line.call({ method: 'StreamingInputCall', messages })
      expect([outcome, replies]).toEqual(['ok', [{ aggregated_payload_size: 74_922 }]])
    })

    test('server_streaming', async () => {
      const message = { response_parameters: PING_PONG.map(([size]) => ({ size })) }
      const { outcome, replies } = await line.call({ method: 'StreamingOutputCall', message })
      expect([outcome, sizes(replies)]).toEqual(['ok', [31_415, 9, 2653, 58_979]])
    })

    test('ping_pong', async () => {
      const messages = PING_PONG.map(([size, sent]) => ({ response_parameters: [{ size }], payload: zeros(sent) }))
      const { outcome, replies } = await line.call({ method: 'FullDuplexCall', messages, await: 'each' })
      expect([outcome, sizes(replies)]).toEqual(['ok', [31_415, 9, 2653, 58_979]])
    })

    test('empty_stream', async () => {
      const { outcome, status, replies } = await line.call({ method: 'FullDuplexCall', messages: [] })
      expect([outcome, status, replies]).toEqual(['ok', 0, []])
    })

    test('cancel_after_begin', async () => {
      // the second message is never due: the server does not answer the first one
      const messages = [{ payload: zeros(1) }, { payload: zeros(1) }]
      const begun = line.begin({ method: 'StreamingInputCall', messages, await: 'each' })
      const replies = repliesOf(begun)
      await vi.waitFor(async () => expect((await server.counts()).calls).toBe(1))
      begun.exchange.cancel()
      line.connection.cancel(begun.exchange)
      await vi.waitFor(async () => expect((await server.counts()).cancelled).toBe(1))
      expect([begun.exchange.outcome, replies]).toEqual(['cut', []])
      expect((await line.call({ method: 'EmptyCall', message: {} })).outcome).toBe('ok')
      expect((await server.counts()).calls).toBe(2)
    })

    test('cancel_after_first_response', async () => {
      const message = { response_parameters: [{ size: 31_415 }], payload: zeros(27_182) }
      // the second message is never due: the server does not answer the first of them
      const begun = line.begin({
        method: 'FullDuplexCall',
        messages: [message, { response_parameters: [] }, message],
        await: 'each',
      })
      const replies = repliesOf(begun)
      await vi.waitFor(() => expect(sizes(replies)).toEqual([31_415]))
      begun.exchange.cancel()
      line.connection.cancel(begun.exchange)
      await vi.waitFor(async () => expect((await server.counts()).cancelled).toBe(1))
      expect(begun.exchange.outcome).toBe('cut')
    })

    test('timeout_on_sleeping_server', async () => {
      const hasty = await grpcLine(server.url, {
        proto: protoFile('interop.proto'),
        service: 'grpc.testing.TestService',
        deadline: '1ms',
      })
      const { failure, status } = await hasty.call({
        method: 'FullDuplexCall',
        messages: [{ payload: zeros(27_182) }, { payload: zeros(1) }],
        await: 'each',
      })
      expect([failure?.class, status]).toEqual(['grpc_DEADLINE_EXCEEDED', 4])
      // One millisecond may pass before the request is on its way, and a quick server has sent its headers within it.
      expect(['send', 'headers', 'stream']).toContain(failure?.phase)
    })

    test.each(['UnaryCall', 'FullDuplexCall'])('custom_metadata over %s', async (method) => {
      const { outcome, headers } = await line.call({
        method,
        message: method === 'UnaryCall' ? { response_size: 314_159 } : { response_parameters: [{ size: 314_159 }] },
        metadata: {
          'x-grpc-test-echo-initial': 'test_initial_metadata_value',
          'x-grpc-test-echo-trailing-bin': Buffer.from([0xab, 0xab, 0xab]).toString('base64'),
        },
      })
      expect(outcome).toBe('ok')
      expect(headers['x-grpc-test-echo-initial']).toBe('test_initial_metadata_value')
      expect(headers['x-grpc-test-echo-trailing-bin']).toBe('q6ur')
    })

    test.each(['UnaryCall', 'FullDuplexCall'])('status_code_and_message over %s', async (method) => {
      const { failure, status } = await line.call({
        method,
        message: { response_status: { code: 2, message: 'test status message' } },
      })
      expect([failure?.class, failure?.message, status]).toEqual(['grpc_UNKNOWN', 'test status message', 2])
    })

    test('special_status_message', async () => {
      const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n'
      const { failure } = await line.call({ method: 'UnaryCall', message: { response_status: { code: 2, message } } })
      expect([failure?.class, failure?.message]).toEqual(['grpc_UNKNOWN', message])
    })

    test('unimplemented_method', async () => {
      const { failure, status } = await line.call({ method: 'UnimplementedCall', message: {} })
      expect([failure?.class, status]).toEqual(['grpc_UNIMPLEMENTED', 12])
    })

    test('unimplemented_service', async () => {
      const { failure, status } = await line.call({
        service: 'grpc.testing.UnimplementedService',
        method: 'UnimplementedCall',
        message: {},
      })
      expect([failure?.class, status]).toEqual(['grpc_UNIMPLEMENTED', 12])
    })
  })
}
