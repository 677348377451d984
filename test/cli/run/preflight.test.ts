/** Whether more lasting connections than this machine has ports for can be refused depends on how many addresses they lead to. */
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { tryTargets } from '../../../src/cli/run/recorded/preflight.ts'
import { Control } from '../../../src/engine/schedule/control.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'
import { listenOnOwnPort } from '../../support/own-port.ts'

const TWO = [
  { address: '127.0.0.1', family: 4 },
  { address: '127.0.0.1', family: 4 },
]

vi.mock('node:dns', () => ({
  lookup: (_: string, __: object, done: (error: null, addresses: object[]) => void) => done(null, TWO),
}))
vi.mock('../../../src/machine.ts', async (load) => ({
  ...(await load<object>()),
  machineLimits: () => ({ openFiles: null, localPorts: 10, memoryBytes: 2 ** 30, heapBytes: 2 ** 30 }),
}))

/** Tries a target for so many users. */
async function tried(host: string, users: number) {
  const server = createServer((socket) => socket.destroy())
  const port = await listenOnOwnPort(server)
  onTestFinished(() => void server.close())
  const target = { url: `ws://${host}:${port}/` }
  const scenario = scenarioSchema.parse({ name: 't', target, load: [{ users, for: '1s' }], steps: [{ message: 'hi' }] })
  const plan = planOf(scenario, { file: null, baseDir: '.', seed: 'x', secrets: [] })
  const exit = await tryTargets(plan, new Control(), { workers: 1, share: undefined }, () => {})
  return exit?.why.replace(`:${port}`, '')
}

test.each([
  ['127.0.0.1', 10, undefined],
  ['127.0.0.1', 11, /^up to 11 connections to 127.0.0.1, but only 10 local ports .*: list 2 addresses/],
  // A name with two addresses, of which each takes as many connections.
  ['two.test', 20, undefined],
  ['two.test', 21, /^up to 21 connections to two.test, but only 10 local ports .*: list 2 addresses/],
  // Each user may have a host of its own.
  ['{{user.id}}.test', 1000, undefined],
])('%s with %i users: %s', async (host, users, why) => {
  const said = await tried(host, users)
  if (why === undefined) expect(said).toBeUndefined()
  else expect(said).toMatch(why)
})
