/** The standard health check of gRPC. */
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { checkHealth } from '../../../src/connectors/grpc/health.ts'
import { grpc } from '../../../src/connectors/grpc.ts'
import { startMock } from '../../../src/mock/server.ts'
import { echoServer } from '../../servers/grpc-echo.ts'
import type { GrpcTestServer } from '../../servers/grpc-server.ts'
import { addressOf, openContext } from '../contract.ts'
import { closeLines } from '../grpc-harness.ts'

let server: GrpcTestServer

beforeEach(async () => {
  server = await echoServer()
})

afterEach(async () => {
  await closeLines()
  await server.stop()
})

async function mock() {
  const started = await startMock({ tokens: 4, firstTokenMs: 0, gapMs: 0 })
  onTestFinished(() => started.close())
  return started
}

const chat = { service: 'burn.chat.v1.ChatService', method: 'SendMessage' }

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
