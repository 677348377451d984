import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { grpc } from '../../src/connectors/grpc.ts'
import { faultProto, type RawGrpcServer, rawGrpcServer } from '../servers/grpc-raw.ts'
import { listenOnOwnPort } from '../support/own-port.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, trial } from './contract.ts'
import { closeLines, type GrpcLine, grpcLine } from './grpc-harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'grpc-faults-'))
const proto = join(folder, 'faults.proto')
let server: RawGrpcServer
let line: GrpcLine

beforeAll(() => writeFileSync(proto, faultProto()))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  server = await rawGrpcServer()
  line = await grpcLine(server.url, { proto, service: 'faults.Faults' })
})
afterEach(async () => {
  await closeLines()
  await server.stop()
})

describe('a server that breaks the rules', () => {
  test.each([
    ['garbageStatus', 'bad_grpc', 'stream', undefined, 'grpc-status is "banana"'],
    ['unknownStatus', 'bad_grpc', 'stream', undefined, 'grpc-status is "99", odd'],
    ['noTrailers', 'grpc_INTERNAL', 'stream', 'closed_early', 'Call ended without gRPC status'],
    ['flagWithoutEncoding', 'bad_grpc', 'stream', 'bad_encoding', 'grpc-encoding is missing'],
    ['badGzip', 'bad_grpc', 'stream', 'bad_encoding', 'decompress'],
    ['bomb', 'grpc_RESOURCE_EXHAUSTED', 'stream', 'too_big', 'decompresses to a size larger'],
    ['okWithoutMessage', 'bad_grpc', 'stream', undefined, 'without a reply'],
    ['truncated', 'bad_grpc', 'stream', undefined, 'in the middle of a message'],
    ['truncatedLater', 'bad_grpc', 'stream', undefined, 'in the middle of a message'],
    ['notProto', 'bad_grpc', 'stream', undefined, 'a reply of /faults.Faults/notProto cannot be read'],
    ['oversized', 'grpc_RESOURCE_EXHAUSTED', 'stream', 'too_big', 'larger than max (5242880 vs 4194304)'],
    ['twoReplies', 'bad_grpc', 'stream', undefined, 'a second reply'],
    ['messageThenError', 'grpc_INTERNAL', 'stream', undefined, 'late'],
    ['status503', 'grpc_UNAVAILABLE', 'stream', 'http_status', 'HTTP status code 503'],
    ['status401', 'grpc_UNAUTHENTICATED', 'stream', 'http_status', 'HTTP status code 401'],
    ['page200', 'bad_grpc', 'stream', undefined, 'its content type is text/html'],
    ['resetStream', 'grpc_INTERNAL', 'stream', 'reset', 'RST_STREAM with code 2'],
    ['resetSocket', 'grpc_UNAVAILABLE', 'headers', 'reset', 'ECONNRESET'],
  ])('%s is %s in phase %s, beneath it %s', async (method, failureClass, phase, code, said) => {
    const { outcome, failure } = await line.call({ method, message: { text: 'x' } })
    expect([outcome, failure?.class, failure?.phase, failure?.code]).toEqual(['failed', failureClass, phase, code])
    expect(failure?.message).toContain(said)
    expect(server.seen.get(method)).toBe(1)
    const next = await line.call({ method: 'good', message: { text: 'x' } })
    expect([next.outcome, next.replies]).toEqual(['ok', [{ text: 'hi' }]])
  })

  test.each(['answeredUnread', 'refusedUnread'])(
    '%s: the time until the reply counts, although not all was sent',
    async (method) => {
      const { sentAt, firstByteAt, endedAt, failure } = await line.call({ method, message: { text: 'x'.repeat(1_000_000) } })
      expect(failure?.class).toBe(method === 'answeredUnread' ? undefined : 'grpc_UNAUTHENTICATED')
      // The timer of the server may fire a millisecond early.
      expect(endedAt - sentAt).toBeGreaterThan(48)
      if (failure === undefined) expect(firstByteAt - sentAt).toBeGreaterThan(48)
    },
  )

  test('a call that the server does not admit yet is sent when another has ended', async () => {
    const single = await rawGrpcServer(0, {}, { maxConcurrentStreams: 1 })
    onTestFinished(() => single.stop())
    const own = await grpcLine(single.url, { proto, service: 'faults.Faults' })
    await own.call({ method: 'good', message: {} })
    const calls = [1, 2].map(() => own.begin({ method: 'answeredUnread', message: {} }))
    const [first, second] = await Promise.all(calls.map(({ settled }) => settled))
    expect([first?.outcome, second?.outcome]).toEqual(['ok', 'ok'])
    expect(second?.sentAt).toBeGreaterThan(first?.firstByteAt ?? Number.NaN)
    expect((second?.endedAt ?? Number.NaN) - (second?.sentAt ?? 0)).toBeGreaterThan(48)
  })

  test('a call that is refused unread is made once more, with a warning; refused again it failed', async () => {
    const { failure, warnings } = await line.call({ method: 'refusedStream', message: { text: 'x' } })
    expect(failure).toMatchObject({ class: 'grpc_UNAVAILABLE', phase: 'headers', code: 'refused_stream' })
    expect(warnings).toEqual(['moved_refused'])
    expect(server.seen.get('refusedStream')).toBe(2)
    const second = await line.call({ method: 'refusedOnce', message: { text: 'x' } })
    expect([second.outcome, second.replies, second.warnings]).toEqual(['ok', [{ text: 'hi' }], ['moved_refused']])
    expect(server.seen.get('refusedOnce')).toBe(2)
  })

  test.each([
    ['okWithoutMessageLater', 'bad_grpc', []],
    // the status says that the stream is whole, so nothing is uncertain about its end
    ['doneStream', 'ok', []],
  ])('a chat over %s is %s', async (method, fate, warnings) => {
    const { attempts } = await runScenario({
      name: 'stream',
      target: {
        url: server.url,
        grpc: { proto, service: 'faults.Faults', method },
        request: { structure: {}, messagePath: '$.text' },
        response: { delta: '$.text' },
      },
      load: [{ users: 1, iterations: 1 }],
      steps: [{ message: 'hello' }],
    })
    expect(attempts.map(({ exchange }) => [exchange.failure?.class ?? exchange.outcome, exchange.warnings])).toEqual([
      [fate, warnings],
    ])
    expect(server.seen.get(method)).toBe(1)
  })

  test('what came before a break is kept', async () => {
    const { replies } = await line.call({ method: 'resetStream', message: {} })
    expect(replies).toEqual([{ text: 'hi' }])
  })

  test('a reader that is content with the last message is overruled by a status that is not OK', async () => {
    const content = trial('"hi"}')
    const address = addressOf(server.url)
    const options = grpc.options.parse({ proto, service: 'faults.Faults', method: 'doneThenError' })
    line.connection.send(grpc.fromMessage({}, address, options), content.exchange)
    const { outcome, failure, status } = await content.settled
    expect([outcome, failure?.class, status]).toEqual(['failed', 'grpc_INTERNAL', 13])
    expect(content.text()).toBe('{"text":"hi"}')
  })

  test('a goodbye lets the call finish, and the next one takes a new connection', async () => {
    const first = await line.call({ method: 'goaway', message: {} })
    expect([first.outcome, first.replies]).toEqual(['ok', [{ text: 'hi' }]])
    const second = await line.call({ method: 'good', message: {} })
    expect([second.outcome, second.reused]).toEqual(['ok', false])
    expect(server.accepted).toBe(2)
    expect(line.log).toEqual(['opened', 'goaway', 'closed', 'opened'])
  })

  test('a reset connection is lost once, with its class', async () => {
    await line.call({ method: 'resetSocket', message: {} })
    await vi.waitFor(() => expect(line.log).toEqual(['opened', 'lost reset']))
  })
})

describe('deadlines', () => {
  test('every call has one, two minutes by default, and the server hears it', async () => {
    for (let n = 0; n < 3; n += 1) expect((await line.call({ method: 'good', message: {} })).outcome).toBe('ok')
    const units: Readonly<Record<string, number>> = { m: 1, S: 1000, M: 60_000 }
    const heard = server.timeouts.map((told) => Number(told.slice(0, -1)) * (units[told.slice(-1)] ?? Number.NaN))
    expect(heard).toHaveLength(3)
    for (const ms of heard) expect([ms, ms > 110_000 && ms <= 120_000]).toEqual([ms, true])
  })

  timedTest('a silent server ends as DEADLINE_EXCEEDED, and is told to stop', async () => {
    const hasty = await grpcLine(server.url, { proto, service: 'faults.Faults', deadline: '150ms' })
    const { failure, sentAt, endedAt, status } = await hasty.call({ method: 'silent', message: {} })
    expect([failure?.class, status]).toEqual(['grpc_DEADLINE_EXCEEDED', 4])
    expect(endedAt - sentAt).toBeGreaterThan(140)
    expect(endedAt - sentAt).toBeLessThan(400)
    await vi.waitFor(() => expect(server.aborted).toBe(1))
  })
})

describe('no connection', () => {
  let silent: Server
  beforeEach(async () => {
    silent = createServer(() => {})
    await listenOnOwnPort(silent)
  })
  afterEach(() => new Promise((resolve) => silent.close(resolve)))

  test('refused: each attempt dials again and fails', async () => {
    const { port } = silent.address() as { port: number }
    await new Promise((resolve) => silent.close(resolve))
    const dead = await grpcLine(`grpc://127.0.0.1:${port}`, { proto, service: 'faults.Faults' })
    for (let n = 0; n < 20; n += 1) {
      const { failure, sentAt } = await dead.call({ method: 'good', message: {} })
      expect([failure?.class, failure?.phase, failure?.code]).toEqual(['grpc_UNAVAILABLE', 'connect', 'refused'])
      expect(sentAt).toBeNaN()
    }
    expect(dead.log).toEqual(Array(20).fill('openFailed refused'))
    await listenOnOwnPort(silent)
  })

  test('a name that does not exist', async () => {
    const { failure } = await (await grpcLine('grpc://no-such-host.invalid:1', { proto, service: 'faults.Faults' })).call({
      method: 'good',
      message: {},
    })
    expect([failure?.class, failure?.phase, failure?.code]).toEqual(['grpc_UNAVAILABLE', 'dns', 'dns'])
  })

  test('a peer that never answers is left when the attempt is cancelled, and its socket with it', async () => {
    const sockets = new Set<unknown>()
    silent.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
      socket.resume()
    })
    const { port } = silent.address() as { port: number }
    const hung = await grpcLine(`grpc://127.0.0.1:${port}`, { proto, service: 'faults.Faults' })
    const begun = hung.begin({ method: 'good', message: {} })
    await vi.waitFor(() => expect(sockets.size).toBe(1))
    begun.exchange.fail('connect_timeout', 'connect', 'the deadline passed')
    hung.connection.cancel(begun.exchange)
    await vi.waitFor(() => expect(sockets.size).toBe(0))
    expect(begun.exchange.failure?.class).toBe('connect_timeout')
  })

  test('a server of another protocol', async () => {
    silent.on('connection', (socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('220 mail.example ESMTP\r\n'),
    )
    const { port } = silent.address() as { port: number }
    const other = await grpcLine(`grpc://127.0.0.1:${port}`, { proto, service: 'faults.Faults' })
    const { failure } = await other.call({ method: 'good', message: {} })
    expect([failure?.class, failure?.phase, failure?.code]).toEqual(['grpc_UNAVAILABLE', 'connect', 'bad_grpc'])
    expect(failure?.message).toContain('does not speak HTTP/2')
  })

  test('waitForReady keeps dialling until there is a server', async () => {
    const { port } = silent.address() as { port: number }
    await new Promise((resolve) => silent.close(resolve))
    const patient = await grpcLine(`grpc://127.0.0.1:${port}`, { proto, service: 'faults.Faults', waitForReady: true })
    const begun = patient.begin({ method: 'good', message: {} })
    // long enough for the first refusal, which ends a call that does not wait
    const impatient = await grpcLine(`grpc://127.0.0.1:${port}`, { proto, service: 'faults.Faults' })
    expect((await impatient.call({ method: 'good', message: {} })).failure?.code).toBe('refused')
    expect(begun.exchange.settled).toBe(false)
    const late = await rawGrpcServer(port)
    expect((await begun.settled).outcome).toBe('ok')
    expect(late.seen.get('good')).toBe(1)
    await patient.connection.close()
    await late.stop()
    await listenOnOwnPort(silent)
  })
})
