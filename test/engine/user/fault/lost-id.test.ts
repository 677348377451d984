/** A drift may take away the id by which replies are recognised: it is not put back, and the reply without an id is the answer. */
import { expect, onTestFinished, test } from 'vitest'
import { type Seen, startMutationServer, startSyncServer } from '../../../servers/testbench.ts'
import { runScenario } from '../../../support/run.ts'

const withoutIds = { answer: (message: Record<string, unknown>) => JSON.stringify({ ...message, data: undefined }) }

async function runOn(server: Seen, target: object, request: object, faults: readonly object[]) {
  onTestFinished(() => server.stop())
  const scenario = { name: 't', target: { timeouts: { total: '5s' }, ...target }, load: [{ iterations: 20, users: 4 }], faults }
  const steps = [{ request, name: 'send', expect: [{ 'is-json': true }] }]
  const { result, attempts } = await runScenario({ ...scenario, steps } as unknown as Parameters<typeof runScenario>[0])
  const [drift] = result.faults?.kinds ?? []
  const hit = attempts.filter(({ exchange }) => exchange.fault !== undefined)
  return { counts: result.total.counts, drift, failures: hit.map(({ exchange }) => exchange.failure?.message) }
}

const drifts = (path: string) => [
  { drift: 'remove', path, probability: '30%' },
  { drift: 'retype', path, value: { other: true }, probability: '30%' },
]

test('over WebSocket', async () => {
  const server = await startSyncServer(withoutIds)
  const target = {
    url: `ws://127.0.0.1:${server.port}/ws/mobile/sync/`,
    websocket: { reply: { match: { correlate: { send: 'id' } } } },
  }
  const run = await runOn(server, target, { json: { id: '{{uuid}}', type: 'sync_data' } }, drifts('$.id'))
  const lost = server.messages.filter(({ id }) => typeof id !== 'string')
  expect(run.counts).toMatchObject({ ok: 20, failed: 0 })
  expect([lost.length, server.messages.length]).toEqual([run.drift?.injected, 20])
  expect(lost.length).toBeGreaterThan(5)
})

test('over MQTT, where the replies to others come on the same topic', async () => {
  const server = await startMutationServer({ answer: ({ uuids }) => JSON.stringify({ uuids }) })
  const correlation = { send: 'uuids.0', receive: 'uuids.0' }
  const mqtt = { version: 4, topic: 'graphql/mutation', reply: { topic: 'response/acknowledgement', correlation } }
  const target = { url: `mqtt://127.0.0.1:${server.port}`, mqtt }
  const request = { publish: { payload: { json: { uuids: ['{{uuid}}'] } } }, await: 'reply' }
  const run = await runOn(server, target, request, drifts('$.uuids'))
  const lost = server.messages.filter(({ uuids }) => typeof Object(uuids)[0] !== 'string')
  expect(run.failures.filter((failure) => failure !== undefined)).toEqual([])
  expect(run.counts).toMatchObject({ ok: 20, failed: 0 })
  expect([lost.length, server.messages.length]).toEqual([run.drift?.injected, 20])
  expect(lost.length).toBeGreaterThan(5)
})
