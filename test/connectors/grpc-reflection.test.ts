import { afterEach, expect, test } from 'vitest'
import { reflectionServer } from '../servers/grpc-reflection.ts'
import type { GrpcTestServer } from '../servers/grpc-server.ts'
import { closeLines, grpcLine } from './grpc-harness.ts'

let server: GrpcTestServer | undefined
afterEach(async () => {
  await closeLines()
  await server?.stop()
})

const say = (calls: readonly string[]) => calls.filter((path) => path === '/hidden.Talk/Say').length

test.each(['v1', 'v1alpha'] as const)('a method that only the server knows, by reflection %s', async (version) => {
  server = await reflectionServer(version)
  const lines = await Promise.all([1, 2, 3].map(() => grpcLine(server!.url, { service: 'hidden.Talk', method: 'Say' })))
  const all = await Promise.all(lines.map((line) => line.call({ message: { text: 'psst' } })))
  expect(all.map(({ outcome, replies }) => [outcome, replies])).toEqual(Array(3).fill(['ok', [{ text: 'psst' }]]))
  expect(say(server.calls)).toBe(3)
  // asked once for all users: the symbol, and the file that it imports
  expect(server.calls.length - say(server.calls)).toBe(2)
  const again = await lines[0]!.call({ message: { text: 'x' } })
  expect([again.outcome, say(server.calls)]).toEqual(['ok', 4])
})

test.each([
  ['v1', { service: 'hidden.Walk' }, 'local_request', 'not found: hidden.Walk'],
  ['v1', { method: 'Sey' }, 'local_request', 'did you mean Say?'],
  [undefined, {}, 'local_request', 'offers no reflection'],
  ['v1', { reflection: false }, 'local_request', 'the protos have no service hidden.Talk'],
] as const)('reflection %s with %o: %s, %s', async (version, options, failureClass, said) => {
  server = await reflectionServer(version)
  const line = await grpcLine(server.url, { service: 'hidden.Talk', method: 'Say', ...options })
  const { failure, sentAt } = await line.call({ message: { text: 'x' } })
  expect(failure?.class).toBe(failureClass)
  expect(failure?.message).toContain(said)
  expect(sentAt).toBeNaN()
})
