/** Proto files: which calls and messages they allow. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startMock } from '../../../../src/mock/server.ts'
import type { GrpcTestServer } from '../../../servers/grpc-server.ts'
import { grpcLine } from '../../grpc-harness.ts'
import { echo, echoForEach } from '../echo-each.ts'

let server: GrpcTestServer
echoForEach((started) => {
  server = started
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

test('those that burn brings need no file', async () => {
  const mock = await startMock({ tokens: 4, firstTokenMs: 0, gapMs: 0 })
  onTestFinished(() => mock.close())
  const line = await grpcLine(mock.url, { service: 'burn.chat.v1.ChatService', method: 'SendMessage' })
  const { replies } = await line.call({ message: { message: 'hi' } })
  expect(replies).toMatchObject([{ conversation_id: 'conv-mock-0' }])
  expect(mock.stats().byRoute).toEqual({ 'grpc-chat': 1 })
})
