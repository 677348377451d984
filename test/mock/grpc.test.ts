import { once } from 'node:events'
import { connect } from 'node:net'
import * as grpc from '@grpc/grpc-js'
import type { ServiceDefinition } from '@grpc/proto-loader'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import type { Mock } from '../../src/mock/server.ts'
import { serviceOf } from '../servers/grpc-server.ts'
import { eventually, mockFor } from './harness.ts'

type Message = Record<string, unknown>
interface Ended {
  readonly replies: Message[]
  readonly code: number
  readonly details: string
  readonly metadata: grpc.Metadata
}

/** One call with the library's own client. */
function call(mock: Mock, definition: ServiceDefinition, method: string, messages: Message[], settings?: MockOverrides) {
  const { path, requestSerialize, responseDeserialize } = definition[method]!
  const client = new grpc.Client(`127.0.0.1:${mock.port}`, grpc.credentials.createInsecure())
  onTestFinished(() => client.close())
  const metadata = new grpc.Metadata()
  if (settings) metadata.set('x-mock', JSON.stringify(settings))
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
  const replies: Message[] = []
  const done = new Promise<Ended>((resolve) => {
    stream.on('data', (reply: Message) => replies.push(reply))
    stream.on('error', () => {})
    stream.on('status', ({ code, details, metadata: trailers }: grpc.StatusObject) =>
      resolve({ replies, code, details, metadata: trailers }),
    )
  })
  for (const message of messages) stream.write(message)
  stream.end()
  return { stream, replies, done }
}

const chat = serviceOf('chat.proto', 'burn.chat.v1.ChatService')
const text = (replies: Message[]) => replies.map(({ delta }) => delta).join('')

describe('chat', () => {
  test('one message, one reply, on the port of HTTP', async () => {
    const mock = await mockFor({ tokens: 6 })
    const { replies, code } = await call(mock, chat, 'SendMessage', [{ message: 'hello there' }]).done
    expect(code).toBe(grpc.status.OK)
    expect(replies).toMatchObject([{ conversation_id: 'conv-mock-0', finish_reason: 'stop', usage: { output_tokens: 6 } }])
    expect(replies[0]?.reply).toMatch(/^turn 1: hello there \S+ \S+$/)
    expect((await fetch(`${mock.url}/health`)).status).toBe(200)
    expect(mock.stats()).toMatchObject({ requests: 2, byRoute: { 'grpc-chat': 1, health: 1 } })
  })

  test('the pieces of a stream are the reply, and the last one says so', async () => {
    const mock = await mockFor({ tokens: 5 })
    const whole = await call(mock, chat, 'SendMessage', [{ message: 'hi' }]).done
    const { replies } = await call(mock, chat, 'StreamMessage', [{ message: 'hi' }]).done
    expect(replies).toHaveLength(6)
    expect(text(replies)).toBe(whole.replies[0]?.reply)
    expect(replies.map(({ done }) => done)).toEqual([false, false, false, false, false, true])
    expect(mock.log(1)[0]).toMatchObject({ method: 'GRPC', path: '/burn.chat.v1.ChatService/StreamMessage', status: 0 })
  })

  test('a conversation is kept under its id, or comes as history, or lives in one call', async () => {
    const mock = await mockFor({ tokens: 3 })
    const first = await call(mock, chat, 'SendMessage', [{ message: 'a', conversation_id: 'c' }]).done
    const second = await call(mock, chat, 'SendMessage', [{ message: 'b', conversation_id: 'c' }]).done
    expect([first, second].map(({ replies }) => replies[0]?.reply)).toEqual(['turn 1: a', 'turn 2: b'])
    const told = await call(mock, chat, 'SendMessage', [{ message: 'c', history: [{ role: 'user', content: 'b' }] }]).done
    expect(told.replies[0]?.reply).toBe('turn 2: c')
    const talk = await call(mock, chat, 'Converse', [{ message: 'x' }, { message: 'y' }]).done
    expect(text(talk.replies)).toBe('turn 1: xturn 2: y')
  })

  test('the limit of a request cuts the reply', async () => {
    const { replies } = await call(await mockFor(), chat, 'SendMessage', [{ message: 'hi', max_tokens: 2 }]).done
    expect(replies).toMatchObject([{ finish_reason: 'length', usage: { output_tokens: 2 } }])
  })
})

describe('faults', () => {
  test.each([
    ['SendMessage', { errorRate: 1 }, 'INTERNAL', 0],
    ['StreamMessage', { status: 503 }, 'UNAVAILABLE', 0],
    ['SendMessage', { rateLimitRate: 1 }, 'RESOURCE_EXHAUSTED', 0],
    ['StreamMessage', { gatewayTimeoutRate: 1, gatewayTimeoutMs: 10 }, 'DEADLINE_EXCEEDED', 0],
    ['StreamMessage', { midStreamErrorRate: 1, gapMs: 2 }, 'INTERNAL', 4],
    ['StreamMessage', { truncateRate: 1 }, 'OK', 4],
    ['SendMessage', { truncateRate: 1 }, 'DATA_LOSS', 0],
    ['StreamMessage', { emptyRate: 1 }, 'OK', 1],
    ['StreamMessage', { resetRate: 1, gapMs: 2 }, 'UNAVAILABLE', 4],
    ['SendMessage', { noSuchSetting: 1 }, 'INVALID_ARGUMENT', 0],
  ] as const)('%s with %o ends as %s after %i messages', async (method, settings, name, messages) => {
    const mock = await mockFor({ tokens: 8 })
    const { code, replies } = await call(mock, chat, method, [{ message: 'hi' }], settings as MockOverrides).done
    expect([grpc.status[code], replies.length]).toEqual([name, messages])
  })

  test('a limit says when to come again', async () => {
    const mock = await mockFor({ rateLimitRate: 1, retryAfterSeconds: 7 })
    const { metadata } = await call(mock, chat, 'SendMessage', [{ message: 'hi' }]).done
    expect(metadata.get('retry-after')).toEqual(['7'])
  })

  test('a client that leaves is seen to leave', async () => {
    const mock = await mockFor({ stallRate: 1, tokens: 8 })
    const { stream, replies, done } = call(mock, chat, 'StreamMessage', [{ message: 'hi' }])
    await eventually(() => replies.length === 4)
    stream.cancel()
    expect((await done).code).toBe(grpc.status.CANCELLED)
    await eventually(() => mock.stats().clientsLeft === 1)
    expect(mock.stats()).toMatchObject({ inFlight: 0, byOutcome: { stalled: 1 } })
  })
})

describe('beside chat', () => {
  const health = serviceOf('health.proto', 'grpc.health.v1.Health')
  const reflection = serviceOf('reflection-v1.proto', 'grpc.reflection.v1.ServerReflection')

  test('health', async () => {
    const mock = await mockFor()
    const check = async (service: string) => (await call(mock, health, 'Check', [{ service }]).done).replies[0]?.status
    expect([await check(''), await check('burn.chat.v1.ChatService'), await check('nobody')]).toEqual([
      'SERVING',
      'SERVING',
      undefined,
    ])
    mock.update({ status: 503 })
    expect(await check('')).toBe('NOT_SERVING')
  })

  test('reflection names the services', async () => {
    const { replies } = await call(await mockFor(), reflection, 'ServerReflectionInfo', [{ list_services: '*' }]).done
    const listed = (replies[0]!.list_services_response as { service: { name: string }[] }).service.map(({ name }) => name)
    expect(listed).toContain('burn.chat.v1.ChatService')
    expect(listed).not.toContain('burn.chat.v1.ChatRequest')
  })

  test('echo, one by one and all at once', async () => {
    const echo = serviceOf('echo.proto', 'burn.echo.v1.EchoService')
    const mock = await mockFor()
    expect((await call(mock, echo, 'Echo', [{ text: 'x', number: '9007199254740993' }]).done).replies).toMatchObject([
      { text: 'x', number: '9007199254740993' },
    ])
    expect((await call(mock, echo, 'EchoStream', [{ text: 'x', repeat: 3 }]).done).replies.map(({ index }) => index)).toEqual([
      0, 1, 2,
    ])
    expect((await call(mock, echo, 'EchoCollect', [{ text: 'a' }, { text: 'b' }]).done).replies).toMatchObject([
      { text: 'a b', index: 2 },
    ])
    expect((await call(mock, echo, 'EchoAll', [{ text: 'a' }, { text: 'b' }]).done).replies).toMatchObject([
      { text: 'a' },
      { text: 'b' },
    ])
  })

  test('a connection ends with the client that has ended its side of it', async () => {
    const mock = await mockFor()
    const socket = connect({ port: mock.port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    // A SETTINGS frame without settings (RFC 9113, 6.5).
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    await once(socket, 'data')
    expect(mock.stats()).toMatchObject({ connectionsOpen: 1 })
    socket.end()
    await eventually(() => mock.stats().connectionsOpen === 0)
  })

  test('connections are counted, and close frees the port', async () => {
    const mock = await mockFor()
    await call(mock, chat, 'SendMessage', [{ message: 'hi' }]).done
    expect(mock.stats()).toMatchObject({ connectionsOpen: 1, connectionsAccepted: 1 })
    await mock.close()
  })
})
