/** What the gRPC-over-HTTP/2 protocol asks of a server, as far as a client can see it; and connections that end. */
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { type Fields, fields, good, grpcHead, HI, message, pushPromise, trailers } from '../servers/grpc-frames.ts'
import { protoFile } from '../servers/grpc-server.ts'
import { goaway, type RawHttp2Server, rawHttp2, rst } from '../servers/http2-raw.ts'
import { runScenario } from '../support/run.ts'
import { closeLines, grpcLine } from './grpc-harness.ts'

let server: RawHttp2Server | undefined
afterEach(async () => {
  await closeLines()
  await server?.stop()
  server = undefined
})

const echo = { proto: protoFile('echo.proto'), service: 'burn.echo.v1.EchoService', method: 'Echo' }
const OK: Fields = [['grpc-status', '0']]
const reply = (...frames: Buffer[]) => Buffer.concat(frames)
const withTrailers = (list: Fields) => (stream: number) => reply(grpcHead(stream), message(stream, HI), trailers(stream, list))
const withHead = (list: Fields) => (stream: number) => reply(fields(stream, list), message(stream, HI), trailers(stream, OK))
const only = (list: Fields) => (stream: number) => fields(stream, list, true)
const TYPE = ['content-type', 'application/grpc'] as const

async function raw(answer: Parameters<typeof rawHttp2>[0]): Promise<RawHttp2Server> {
  server = await rawHttp2(answer)
  return server
}

/** One call to a server that answers with these frames. */
async function ask(frames: (stream: number) => Buffer, options: object = {}): Promise<Exchange & { replies: unknown[] }> {
  server = await rawHttp2(({ socket, stream }) => void socket.write(frames(stream)))
  return (await grpcLine(server.url, { ...echo, ...options })).call({ message: { text: 'x' } })
}

const told = ({ outcome, failure }: Exchange) => [failure?.class ?? outcome, failure?.code]

describe('statuses', () => {
  test.each(['', '+0', '-0', '0x0', '1e0', '00x', '0.0', '17', '4294967296', 'OK'])('grpc-status %j is none', async (status) => {
    expect(told(await ask(withTrailers([['grpc-status', status]])))).toEqual(['bad_grpc', undefined])
  })

  test.each([' 0', '0 ', '0\t'])('grpc-status %j is no field of HTTP/2, so there is none', async (status) => {
    expect(told(await ask(withTrailers([['grpc-status', status]])))).toEqual(['grpc_INTERNAL', 'closed_early'])
  })

  test('a status that is given twice is none', async () => {
    expect(told(await ask(withTrailers([...OK, ['grpc-status', '7']])))).toEqual(['bad_grpc', undefined])
  })

  test.each([
    ['7', 'grpc_PERMISSION_DENIED', 7],
    ['16', 'grpc_UNAUTHENTICATED', 16],
    ['05', 'grpc_NOT_FOUND', 5],
  ])('grpc-status %s is %s', async (status, failureClass, number) => {
    const exchange = await ask(withTrailers([['grpc-status', status]]))
    expect([...told(exchange), exchange.status]).toEqual([failureClass, undefined, number])
  })

  test.each([
    ['a%20b%e2%98%ba', 'a b☺'],
    ['50%', '50%'],
    ['%zz%4', '%zz%4'],
    ['%ff', '\ufffd'],
  ])('grpc-message %s reads %s', async (written, read) => {
    const { failure } = await ask(only([[':status', '200'], TYPE, ['grpc-status', '3'], ['grpc-message', written]]))
    expect(failure).toMatchObject({ class: 'grpc_INVALID_ARGUMENT', message: read })
  })

  test.each([
    ['400', 'grpc_INTERNAL'],
    ['401', 'grpc_UNAUTHENTICATED'],
    ['403', 'grpc_PERMISSION_DENIED'],
    ['404', 'grpc_UNIMPLEMENTED'],
    ['429', 'grpc_UNAVAILABLE'],
    ['502', 'grpc_UNAVAILABLE'],
    ['503', 'grpc_UNAVAILABLE'],
    ['504', 'grpc_UNAVAILABLE'],
    ['204', 'grpc_UNKNOWN'],
    ['302', 'grpc_UNKNOWN'],
    ['500', 'grpc_UNKNOWN'],
  ])('HTTP status %s without grpc-status is %s', async (status, failureClass) => {
    expect(told(await ask(only([[':status', status]])))).toEqual([failureClass, 'http_status'])
  })

  test('a grpc-status counts more than the HTTP status', async () => {
    expect(told(await ask(only([[':status', '503'], TYPE, ['grpc-status', '8']])))).toEqual([
      'grpc_RESOURCE_EXHAUSTED',
      undefined,
    ])
  })

  test.each([
    ['trailers without a status', withTrailers([['x', 'y']])],
    ['no trailers', (stream: number) => reply(grpcHead(stream), message(stream, HI, { end: true }))],
    ['a head that is all', only([[':status', '200'], TYPE])],
    [
      'a status in the head, and no trailers',
      (stream: number) => reply(grpcHead(stream, OK), message(stream, HI, { end: true })),
    ],
  ])('%s: INTERNAL, closed early', async (_, frames) => {
    expect(told(await ask(frames))).toEqual(['grpc_INTERNAL', 'closed_early'])
  })

  test.each([
    [0, 'grpc_INTERNAL', 'closed_early'],
    [1, 'grpc_INTERNAL', 'reset'],
    [2, 'grpc_INTERNAL', 'reset'],
    [8, 'grpc_CANCELLED', 'reset'],
    [11, 'grpc_RESOURCE_EXHAUSTED', 'reset'],
    [12, 'grpc_PERMISSION_DENIED', 'reset'],
    [13, 'grpc_INTERNAL', 'reset'],
  ])('RST_STREAM with code %i is %s', async (code, failureClass, cause) => {
    expect(told(await ask((stream) => reply(grpcHead(stream), message(stream, HI), rst(stream, code))))).toEqual([
      failureClass,
      cause,
    ])
  })
})

describe('how long a server asks to wait', () => {
  const field = (number: number, bytes: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
  /** google.rpc.Status with one detail: a RetryInfo of 2 s and 500 ms. */
  const retryInfo = (type: string) => {
    const delay = Buffer.from([0x08, 2, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01])
    const any = Buffer.concat([field(1, Buffer.from(type)), field(2, field(1, delay))])
    return Buffer.concat([Buffer.from([0x08, 8]), field(2, Buffer.from('slow down')), field(3, any)])
      .toString('base64')
      .replace(/=+$/, '')
  }
  test.each<[string, Fields, number | undefined]>([
    ['RetryInfo', [['grpc-status-details-bin', retryInfo('type.googleapis.com/google.rpc.RetryInfo')]], 2500],
    ['another detail', [['grpc-status-details-bin', retryInfo('type.googleapis.com/google.rpc.Help')]], undefined],
    ['details that are none', [['grpc-status-details-bin', '////']], undefined],
    ['a pushback', [['grpc-retry-pushback-ms', '700']], 700],
    ['a pushback that says never', [['grpc-retry-pushback-ms', '-1']], undefined],
  ])('%s', async (_, list, waitMs) => {
    const { failure } = await ask(withTrailers([['grpc-status', '8'], ...list]))
    expect([failure?.class, failure?.retryAfterMs]).toEqual(['grpc_RESOURCE_EXHAUSTED', waitMs])
  })
})

describe('heads', () => {
  test.each(['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8', 'APPLICATION/GRPC'])(
    'content type %s is gRPC',
    async (type) => {
      const { outcome, replies } = await ask(
        withHead([
          [':status', '200'],
          ['content-type', type],
        ]),
      )
      expect([outcome, replies.length]).toEqual(['ok', 1])
    },
  )

  test.each([['text/html'], ['application/grpc-web'], ['application/grpcx'], [undefined]])(
    'content type %s is not',
    async (type) => {
      const exchange = await ask(withHead([[':status', '200'], ...(type === undefined ? [] : [['content-type', type] as const])]))
      expect(told(exchange)).toEqual(['bad_grpc', undefined])
      expect(exchange.failure?.message).toContain(`content type is ${type ?? 'missing'}`)
    },
  )

  test('an interim head before the reply is passed over', async () => {
    expect((await ask((stream) => reply(fields(stream, [[':status', '103']]), good(stream)))).outcome).toBe('ok')
  })

  test('binary metadata goes out without padding', async () => {
    server = await rawHttp2(({ socket, stream }) => void socket.write(good(stream)))
    const line = await grpcLine(server.url, echo)
    expect((await line.call({ message: {}, metadata: { 'a-bin': 'AAE=' } })).outcome).toBe('ok')
  })
})

describe('messages', () => {
  const gzip = [['grpc-encoding', 'gzip']] as const
  test.each([2, 3, 128, 255])('the reserved flag %i', async (flag) => {
    expect(told(await ask((stream) => reply(grpcHead(stream), message(stream, HI, { flag }), trailers(stream, OK))))).toEqual([
      'bad_grpc',
      undefined,
    ])
  })

  test.each([
    ['identity', [['grpc-encoding', 'identity']]],
    ['unknown', [['grpc-encoding', 'snappy']]],
    ['missing', []],
  ] as const)('compressed with an encoding that is %s', async (_, head) => {
    const frames = (stream: number) => reply(grpcHead(stream, head), message(stream, HI, { flag: 1 }), trailers(stream, OK))
    expect(told(await ask(frames))).toEqual(['bad_grpc', 'bad_encoding'])
  })

  test.each([
    ['compressed', message(1, gzipSync(HI), { flag: 1 })],
    ['not compressed, which each message may choose', message(1, HI)],
  ])('grpc-encoding gzip, and a message that is %s', async (_, frames) => {
    const { outcome, replies } = await ask((stream) => reply(grpcHead(stream, gzip), frames, trailers(stream, OK)))
    expect([outcome, replies]).toEqual(['ok', [expect.objectContaining({ text: 'hi' })]])
  })

  test.each([
    ['in the length', Buffer.from([0, 0, 0])],
    ['in the bytes', Buffer.from([0, 0, 0, 0, 9, 1])],
  ])('a stream that ends inside a message: %s', async (_, rest) => {
    const data = (stream: number) => Buffer.concat([Buffer.from([0, 0, rest.length, 0, 0, 0, 0, 0, stream]), rest])
    expect(told(await ask((stream) => reply(grpcHead(stream), message(stream, HI), data(stream), trailers(stream, OK))))).toEqual(
      ['bad_grpc', undefined],
    )
  })

  test('a message split at every byte is one message', async () => {
    const whole = message(1, HI).subarray(9)
    const pieces = (stream: number) => Array.from(whole, (byte) => Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, stream, byte]))
    const { outcome, replies } = await ask((stream) => reply(grpcHead(stream), ...pieces(stream), trailers(stream, OK)))
    expect([outcome, replies.length]).toEqual(['ok', 1])
  })

  test('bytes are those of the wire, compressed or not', async () => {
    const payload = Buffer.alloc(31_415, 7)
    const bytes = Buffer.concat([Buffer.from([0x12, 0xb7, 0xf5, 0x01]), payload])
    const plain = await ask((stream) => {
      const frames = []
      const framed = Buffer.concat([message(stream, bytes).subarray(9)])
      for (let at = 0; at < framed.length; at += 16_000) {
        const part = framed.subarray(at, at + 16_000)
        const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, stream])
        head.writeUIntBE(part.length, 0, 3)
        frames.push(head, part)
      }
      return reply(grpcHead(stream), ...frames, trailers(stream, OK))
    })
    expect([plain.outcome, plain.bytesReceived]).toEqual(['ok', bytes.length + 5])
    // 5 bytes of head, and EchoRequest { text: "x" }
    expect(plain.bytesSent).toBe(5 + 3)
    await closeLines()
    await server?.stop()
    const small = gzipSync(bytes)
    const packed = await ask((stream) => reply(grpcHead(stream, gzip), message(stream, small, { flag: 1 }), trailers(stream, OK)))
    expect([packed.outcome, packed.bytesReceived]).toEqual(['ok', small.length + 5])
  })
})

describe('connections that end', () => {
  const run = (url: string, load: object) =>
    runScenario({
      name: 'ends',
      target: { url: url.replace('http:', 'grpc:'), grpc: echo },
      load: [load],
      steps: [{ request: { message: { text: 'x' } } }],
    })

  test('a push with each reply: each call fails on its own, is made once, and the next one has a new connection', async () => {
    const { url, requests, connections } = await raw(
      ({ socket, stream }) => void socket.write(reply(pushPromise(stream, 2), good(stream))),
    )
    const { result, attempts } = await run(url, { users: 3, iterations: 60 })
    expect(result.total.counts).toMatchObject({ planned: 60, ok: 0, failed: 60 })
    expect([requests(), connections()]).toEqual([60, 60])
    expect(new Set(attempts.map(({ exchange }) => exchange.failure?.class))).toEqual(new Set(['bad_grpc']))
    expect(attempts[0]?.exchange.failure?.message).toContain('the server broke the rules of HTTP/2')
    expect(result.connectionMetrics).toMatchObject({ lostConnections: 60, lostInFlight: 60 })
  })

  test.each([
    ['a reserved frame where a head continues', Buffer.from([0, 0, 0, 9, 0, 0, 0, 0, 1])],
    ['DATA of stream 0', Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 0, 1])],
    ['a frame that is too long', Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])],
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('%s in place of every second reply: counts are those of the server', async (_, frames) => {
    let n = 0
    const { url, requests } = await raw(({ socket, stream }) => void socket.write(n++ % 2 ? frames : good(stream)))
    const { result, attempts } = await run(url, { users: 2, iterations: 40 })
    expect(result.total.counts.planned).toBe(40)
    expect(requests()).toBe(40)
    const classes = attempts.flatMap(({ exchange }) => exchange.failure?.class ?? [])
    expect([classes.length, new Set(classes)]).toEqual([20, new Set(['bad_grpc'])])
  })

  test('GOAWAY with an error takes the calls under way along, and says why', async () => {
    const calm = reply(Buffer.from([0, 0, 8 + 14, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11]), Buffer.from('too_many_pings'))
    server = await rawHttp2(({ socket }) => void socket.write(calm))
    const line = await grpcLine(server.url, echo)
    const exchange = await line.call({ message: {} })
    expect(told(exchange)).toEqual(['grpc_UNAVAILABLE', 'reset'])
    expect(exchange.failure?.message).toContain('GOAWAY ENHANCE_YOUR_CALM (too_many_pings): it gets keepalive pings too often')
    await vi.waitFor(() => expect(line.log).toEqual(['opened', 'goaway', 'lost reset']))
    expect(line.lostInFlight).toEqual([1])
  })

  test('GOAWAY without an error is counted, and its connection is not lost', async () => {
    const { url } = await raw(({ socket, stream }) => void socket.write(reply(goaway(stream, 0), good(stream))))
    const { result } = await run(url, { users: 2, iterations: 20 })
    expect(result.total.counts).toMatchObject({ planned: 20, ok: 20 })
    expect(result.connectionMetrics).toMatchObject({
      goaways: 20,
      lostConnections: 0,
      lostInFlight: 0,
      successfulConnections: 20,
    })
  })

  test('calls above the last one of a GOAWAY are made again on a new connection', async () => {
    let taken = 0
    server = await rawHttp2(({ socket, connection, stream }) => {
      if (connection === 1) socket.write(goaway(0, 0))
      else {
        taken += 1
        socket.write(good(stream))
      }
    })
    const { outcome, warnings } = await (await grpcLine(server.url, echo)).call({ message: {} })
    expect([outcome, warnings, taken]).toEqual(['ok', ['moved_refused'], 1])
  })
})
