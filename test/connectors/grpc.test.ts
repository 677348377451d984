import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { checkHealth } from '../../src/connectors/grpc/health.ts'
import { grpc } from '../../src/connectors/grpc.ts'
import { startMock } from '../../src/mock/server.ts'
import { ECHO, echoServer } from '../servers/grpc-echo.ts'
import { type GrpcTestServer, protoFile } from '../servers/grpc-server.ts'
import { addressOf, openContext, trial } from './contract.ts'
import { closeLines, grpcLine, repliesOf } from './grpc-harness.ts'

let server: GrpcTestServer
const echo = { proto: protoFile('echo.proto'), service: ECHO }

beforeEach(async () => {
  server = await echoServer()
})
afterEach(async () => {
  await closeLines()
  await server.stop()
})

describe('requests', () => {
  const { options, fromMessage, fromStep } = grpc
  const at = (url: string) => addressOf(url, { headers: { Authorization: 'Bearer x' } })

  test('the address, the options and the step name the method, the later ones over the earlier', () => {
    const url = 'grpc://127.0.0.1:1/a.b.First/One'
    expect(fromMessage({}, at(url), options.parse({}))).toMatchObject({ service: 'a.b.First', method: 'One' })
    expect(fromMessage({}, at(url), options.parse({ service: 'Second' }))).toMatchObject({ service: 'Second', method: 'One' })
    expect(fromStep({ service: 'Third', method: 'Three' }, at(url), options.parse({ service: 'Second' }))).toMatchObject({
      service: 'Third',
      method: 'Three',
    })
    expect(fromMessage({}, at('http://127.0.0.1:1/chat'), options.parse({}))).toMatchObject({ service: undefined })
  })

  test('headers of the target and of the step are metadata, in lower case', () => {
    const request = fromStep({ metadata: { 'X-Number': 5 } }, at('grpc://h'), options.parse({}))
    expect(request.metadata).toEqual({ authorization: 'Bearer x', 'x-number': '5' })
  })

  test.each([
    ['ws://127.0.0.1:1', {}, 'not an address of gRPC: ws://127.0.0.1:1'],
    ['grpc://h', { metadata: { 'grpc-timeout': '1S' } }, 'the metadata grpc-timeout is set by the protocol'],
    ['grpc://h', { metadata: { 'sp ace': '1' } }, 'not a metadata name: "sp ace"'],
    ['grpc://h', { metadata: { a: 'ü' } }, 'the metadata a holds more than printable ASCII'],
    ['grpc://h', { metadata: { 'a-bin': '%' } }, 'the metadata a-bin holds something that is not base64'],
    ['grpc://h', { message: {}, messages: [] }, 'give message or messages, not both'],
  ])('%s with %o cannot be sent', async (url, step, problem) => {
    expect(fromStep(step, addressOf(url), options.parse({})).problem).toContain(problem)
    const { connection } = await grpcLine(server.url)
    const refused = trial()
    connection.send(fromStep(step, addressOf(url), options.parse({})), refused.exchange)
    expect(refused.exchange.failure).toMatchObject({ class: 'local_request', phase: 'send' })
    expect(server.accepted()).toBe(0)
  })

  test('a query has no place in gRPC', () => {
    expect(fromMessage({}, addressOf('grpc://h', { query: { key: 'x' } }), options.parse({})).problem).toContain('no query')
  })
})

describe('protos', () => {
  const folder = mkdtempSync(join(tmpdir(), 'protos-'))
  beforeAll(() => {
    mkdirSync(join(folder, 'shared'))
    writeFileSync(join(folder, 'shared/words.proto'), 'syntax = "proto3"; package deep.er; message Word { string text = 1; }')
    writeFileSync(
      join(folder, 'main.proto'),
      'syntax = "proto3"; package deep.er.still; import "words.proto"; service S { rpc Say(deep.er.Word) returns (deep.er.Word); }',
    )
    writeFileSync(join(folder, 'broken.proto'), 'syntax = "proto3"; message {')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    [{ ...echo, service: 'burn.echo.v1.EchoServce' }, 'did you mean burn.echo.v1.EchoService?'],
    [{ ...echo, method: 'Ecko' }, 'did you mean Echo?'],
    [{ proto: echo.proto, method: 'Echo' }, 'no service is named'],
    [{ ...echo, method: undefined }, 'no method is named'],
  ])('names that do not fit: %o', async (options, said) => {
    const { failure, sentAt } = await (await grpcLine(server.url, { method: 'Echo', ...options })).call({ message: {} })
    expect([failure?.class, failure?.phase]).toEqual(['local_request', 'send'])
    expect(failure?.message).toContain(said)
    expect(sentAt).toBeNaN()
  })

  test.each([
    [{ texd: 'x' }, 'texd: the message has no such field'],
    [{ mood: 'MOOD_FUNNY' }, 'mood: "MOOD_FUNNY" is not a value of this field'],
    [{ number: 'many' }, 'number: "many" is not a value'],
    [{ count: 1.5 }, 'count: 1.5 is not a value'],
    [{ labels: 'x' }, 'object expected'],
    ['text', 'object expected'],
  ])('the message %o is refused before it is sent', async (message, said) => {
    const { failure } = await (await grpcLine(server.url, echo)).call({ method: 'EchoAll', messages: [message] })
    expect(failure?.class).toBe('local_request')
    expect(failure?.message).toContain(said)
    expect(server.calls).toEqual([])
  })

  test('numbers, enums, bytes, maps and oneofs go there and back', async () => {
    const message = { text: '☺', payload: 'AAH/', number: '9007199254740993', mood: 'MOOD_BAD', labels: { a: 'b' }, word: 'w' }
    const { replies } = await (await grpcLine(server.url, echo)).call({ method: 'Echo', message })
    expect(replies).toEqual([{ ...message, index: 0 }])
  })

  test('a service goes by its short name, and imports are found', async () => {
    const short = await grpcLine(server.url, { proto: echo.proto, service: 'EchoService', method: 'Echo' })
    expect((await short.call({ message: { text: 'x' } })).outcome).toBe('ok')
    const options = { proto: [join(folder, 'main.proto')], includeDirs: [join(folder, 'shared')], service: 'deep.er.still.S' }
    const { failure } = await (await grpcLine(server.url, options)).call({ method: 'Say', message: { text: 'x' } })
    expect(failure?.class).toBe('grpc_UNIMPLEMENTED')
  })

  test.each([['broken.proto'], ['missing.proto']])('%s is told when the line opens', async (name) => {
    await expect(grpcLine(server.url, { proto: join(folder, name) })).rejects.toThrow(/^grpc\.proto: /)
  })

  test('several messages for a method that takes one', async () => {
    const { failure } = await (await grpcLine(server.url, echo)).call({ method: 'Echo', messages: [{}, {}] })
    expect(failure?.message).toContain('takes one message, not 2')
  })
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

describe('against the embedded mock', () => {
  async function mock() {
    const started = await startMock({ tokens: 4, firstTokenMs: 0, gapMs: 0 })
    onTestFinished(() => started.close())
    return started
  }
  const chat = { service: 'burn.chat.v1.ChatService', method: 'SendMessage' }

  test('the protos that burn brings need no file', async () => {
    const { url, stats } = await mock()
    const { replies } = await (await grpcLine(url, chat)).call({ message: { message: 'hi' } })
    expect(replies).toMatchObject([{ conversation_id: 'conv-mock-0' }])
    expect(stats().byRoute).toEqual({ 'grpc-chat': 1 })
  })

  test('health', async () => {
    const { url, update } = await mock()
    const ask = (service?: string) => checkHealth(grpc.options.parse({}), openContext(addressOf(url)), service)
    expect(await ask()).toMatchObject({ status: 'SERVING', serviceMs: expect.any(Number) })
    expect((await ask('nobody')).status).toBe('SERVICE_UNKNOWN')
    update({ status: 503 })
    expect((await ask(chat.service)).status).toBe('NOT_SERVING')
  })

  test('health of a server that has none, or is not there', async () => {
    const ask = (url: string) => checkHealth(grpc.options.parse({}), openContext(addressOf(url)))
    await expect(ask(server.url)).rejects.toMatchObject({ class: 'grpc_UNIMPLEMENTED' })
    await server.stop()
    await expect(ask(server.url)).rejects.toMatchObject({ class: 'grpc_UNAVAILABLE', phase: 'connect' })
  })
})
