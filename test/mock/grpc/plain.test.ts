/** What the mock offers over gRPC besides chat. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serviceOf } from '../../servers/grpc-server.ts'
import { eventually, mockFor } from '../harness.ts'
import { call, chat } from './client.ts'

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
