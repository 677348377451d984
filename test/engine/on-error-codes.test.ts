/** Rules of `onError` by status, code and class on every protocol, against real servers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { faultProto, rawGrpcServer } from '../servers/grpc-raw.ts'
import { reply } from '../servers/http-faults.ts'
import { rawBroker } from '../servers/mqtt-raw.ts'
import { close } from '../servers/ws-frames.ts'
import { rawServer } from '../servers/ws-raw.ts'
import { runScenario } from '../support/run.ts'
import { faulty } from './targets.ts'

const folder = mkdtempSync(join(tmpdir(), 'on-error-codes-'))
beforeAll(() => writeFileSync(join(folder, 'faults.proto'), faultProto()))
afterAll(() => rmSync(folder, { recursive: true }))

const ending = <T extends { stop(): unknown }>(server: T): T => {
  onTestFinished(() => void server.stop())
  return server
}

async function http(path: string) {
  const overloaded = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } })
  const json = { 'content-type': 'application/json' }
  const { url } = await faulty({
    '/busy': (socket) => void socket.write(reply('busy', {}, '503 Service Unavailable')),
    '/v1/messages': (socket) => void socket.write(reply(overloaded, json, '529 Overloaded')),
    '/events': (socket) => void socket.write(reply('no', {}, '502 Bad Gateway')),
  })
  return `${url}${path}`
}

const TARGETS = {
  http: async () => ({ target: { url: await http('/busy') }, step: { request: { method: 'GET' } } }),
  anthropic: async () => ({
    target: { url: await http('/v1/messages'), dialect: 'anthropic', model: 'm' },
    step: { message: 'hello' },
  }),
  sse: async () => ({ target: { url: await http('/events'), protocol: 'sse' }, step: { request: { method: 'GET' } } }),
  grpc: async () => {
    const { url } = ending(await rawGrpcServer())
    const grpc = { proto: 'faults.proto', service: 'faults.Faults', method: 'status503' }
    return { target: { url, grpc }, step: { request: { message: { text: 'x' } } } }
  },
  websocket: async () => {
    const { url } = ending(await rawServer({ message: ({ socket }) => void socket.write(close(1013, 'later')) }))
    return { target: { url }, step: { request: { text: 'go' } } }
  },
  mqtt: async () => {
    const { url } = ending(
      await rawBroker((packet, { send }) => {
        if (packet.cmd !== 'publish') return false
        send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 151 })
        return true
      }),
    )
    return { target: { url, mqtt: { version: 5 } }, step: { request: { publish: { topic: 't', payload: 'x' } } } }
  },
} as const

/** Attempts of three iterations under one rule that ends the run: 1 when it fits, 3 when it does not. */
async function attemptsUnder(protocol: keyof typeof TARGETS, rule: object) {
  const { target, step } = await TARGETS[protocol]()
  const { result } = await runScenario(
    {
      name: 'rule',
      target,
      load: [{ users: 1, iterations: 3 }],
      onError: { default: 'skip', rules: [{ ...rule, do: 'stop' }] },
      steps: [step],
    } as never,
    { baseDir: folder },
  )
  expect(result.total.counts.ok).toBe(0)
  return result.total.counts.started
}

test.each<[keyof typeof TARGETS, object, object]>([
  ['http', { status: 503 }, { status: [500, 502] }],
  ['http', { class: 'http_status' }, { class: 'rate_limited' }],
  ['http', { code: 503 }, { code: 500 }],
  ['anthropic', { code: 'overloaded_error' }, { code: 'api_error' }],
  ['sse', { status: 502 }, { status: 503 }],
  ['grpc', { code: 'UNAVAILABLE' }, { code: 'INTERNAL' }],
  ['grpc', { code: 14 }, { code: 13 }],
  ['grpc', { class: 'grpc_UNAVAILABLE' }, { class: 'grpc_INTERNAL' }],
  ['websocket', { code: 1013 }, { code: [1006, 1011] }],
  ['websocket', { class: 'ws_close_1013' }, { class: 'ws_close_1000' }],
  ['mqtt', { code: 'quota_exceeded' }, { code: 'server_busy' }],
  ['mqtt', { code: 151 }, { code: 137 }],
  ['mqtt', { class: 'mqtt_quota_exceeded' }, { class: 'mqtt_no_ack' }],
])('%s: %j fits, %j does not', async (protocol, fits, other) => {
  expect([await attemptsUnder(protocol, fits), await attemptsUnder(protocol, other)]).toEqual([1, 3])
})
