import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Home, mockFor, ROOT } from '../harness.ts'

test('a gRPC target in another process is waited for, though none of its sockets holds this one', async () => {
  const { url } = await mockFor()
  const address = `${url.replace('http', 'grpc')}/burn.chat.v1.ChatService/SendMessage`
  const { code, stdout } = await new Home().call(['ping', address])
  expect(stdout).toMatch(/^OK {2}/)
  expect(stdout).toMatch(/^health {2}target: SERVING \(\S+\)$/m)
  expect(code).toBe(0)
})

test('a gRPC target says how it is by its health service', async () => {
  const { code, stdout } = await new Home().call(['ping', join(ROOT, 'scenarios', 'grpc.yaml')])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^health {2}target: SERVING \(\S+\)$/m)
})
