/** Faults of gRPC, WebSocket and MQTT through whole runs: class, phase, and counts that are those of the server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { faultProto, rawGrpcServer } from '../servers/grpc-raw.ts'
import { rawBroker, type Script } from '../servers/mqtt-raw.ts'
import { frame, OPCODE } from '../servers/ws-frames.ts'
import { type RawBehaviour, rawServer } from '../servers/ws-raw.ts'
import { deadPort } from '../support/own-port.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { GRPC_FATES } from './fates/grpc.ts'
import { CONNACK_FATES, PUBACK_FATES } from './fates/mqtt.ts'
import { WEBSOCKET_FATES, WEBSOCKET_REFUSALS } from './fates/websocket.ts'
import { allEnded, failuresOf } from './run-counts.ts'

const ATTEMPTS = 6
const load = [{ users: 2, iterations: ATTEMPTS }]
/** Connection metrics of a run none of whose connections was made. */
const NONE_MADE = { totalConnections: ATTEMPTS, successfulConnections: 0, failedConnections: ATTEMPTS, openConnections: 0 }

describe('gRPC', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-protocols-'))
  beforeAll(() => writeFileSync(join(folder, 'faults.proto'), faultProto()))
  afterAll(() => rmSync(folder, { recursive: true }))
  const call = (url: string, method: string, grpc = {}) =>
    runScenario(
      {
        name: 'grpc',
        target: { url, grpc: { proto: 'faults.proto', service: 'faults.Faults', method, ...grpc } },
        load,
        steps: [{ request: { message: { text: 'x' } } }],
      },
      { baseDir: folder },
    )
  const start = async () => {
    const server = await rawGrpcServer()
    onTestFinished(() => server.stop())
    return server
  }

  test.each(GRPC_FATES)('%s is %s in phase %s, beneath it %s', async (method, failureClass, phase, code) => {
    const server = await start()
    const { result, attempts } = await call(server.url, method)
    expect(failuresOf(result)).toEqual([[failureClass, phase, ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(attempts.map(({ exchange }) => exchange.failure?.code)).toEqual(Array(ATTEMPTS).fill(code))
    expect([...server.seen], 'no hidden second try').toEqual([[method, ATTEMPTS]])
    expect(result.connectionMetrics).toMatchObject({ totalConnections: server.accepted, openConnections: 0 })
  })

  test('a stream that is refused unread is asked for once more, and the run says so', async () => {
    const server = await start()
    const { result } = await call(server.url, 'refusedStream')
    expect(failuresOf(result)).toEqual([['grpc_UNAVAILABLE', 'headers', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(server.seen.get('refusedStream')).toBe(2 * ATTEMPTS)
    expect(result.warnings).toEqual({ moved_refused: ATTEMPTS })
  })

  test('every fault in one run: none touches the next', async () => {
    const server = await start()
    const methods = ['garbageStatus', 'resetSocket', 'good', 'truncated', 'status503', 'good', 'refusedStream', 'goaway', 'good']
    const { result } = await runScenario(
      {
        name: 'grpc',
        target: { url: server.url, grpc: { proto: 'faults.proto', service: 'faults.Faults' } },
        load,
        steps: methods.map((method) => ({ request: { method, message: { text: 'x' } } })),
      },
      { baseDir: folder },
    )
    expect(failuresOf(result)).toEqual([
      ['bad_grpc', 'stream', 2 * ATTEMPTS],
      ['grpc_UNAVAILABLE', 'headers', 2 * ATTEMPTS],
      ['grpc_UNAVAILABLE', 'stream', ATTEMPTS],
    ])
    expect(result.total.counts).toEqual(allEnded(4 * ATTEMPTS, 5 * ATTEMPTS))
    const times: Record<string, number> = { good: 3, refusedStream: 2 }
    const asked = Object.fromEntries(methods.map((method) => [method, (times[method] ?? 1) * ATTEMPTS]))
    expect(Object.fromEntries(server.seen)).toEqual(asked)
  })

  test('a silent server: the deadline of every call, which the server hears of', async () => {
    const server = await start()
    const { result } = await call(server.url, 'silent', { deadline: '80ms' })
    expect(failuresOf(result)).toEqual([['grpc_DEADLINE_EXCEEDED', 'headers', ATTEMPTS]])
    expect(server.seen.get('silent')).toBe(ATTEMPTS)
    await expect.poll(() => server.aborted).toBe(ATTEMPTS)
  })

  test.each<[code: string, url: () => Promise<string>, phase: string]>([
    ['refused', async () => `grpc://127.0.0.1:${await deadPort()}`, 'connect'],
    ['dns', async () => 'grpc://no-such-host.invalid:1', 'dns'],
  ])('%s: every attempt, and no call is made', async (code, url, phase) => {
    const { result, attempts } = await call(await url(), 'good')
    expect(failuresOf(result)).toEqual([['grpc_UNAVAILABLE', phase, ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(attempts.map(({ exchange }) => exchange.failure?.code)).toEqual(Array(ATTEMPTS).fill(code))
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
  })
})

describe('WebSocket', () => {
  const start = async (behaviour: RawBehaviour) => {
    const server = await rawServer(behaviour)
    onTestFinished(() => server.stop())
    return server
  }
  const talk = (url: string, websocket = {}, timeouts = {}) =>
    runScenario({
      name: 'websocket',
      target: { url, websocket, timeouts },
      load,
      steps: [{ request: { text: 'go' } }],
    })
  test.each(WEBSOCKET_REFUSALS)('a handshake answered with %s', async (_, handshake, failureClass) => {
    const server = await start({ handshake })
    const { result } = await talk(server.url, {}, failureClass === 'timeout_headers' ? { connect: '100ms' } : {})
    expect(failuresOf(result)).toEqual([[failureClass, 'headers', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    await expect.poll(() => [server.upgrades.length, server.messages.length]).toEqual([ATTEMPTS, 0])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    await expect.poll(server.openSockets).toBe(0)
  })

  test.each(WEBSOCKET_FATES)('a message answered with %s', async (_, message, failureClass, closeCode) => {
    const server = await start({ message })
    const { result } = await talk(server.url, { maxMessage: '1KiB' })
    expect(failuresOf(result)).toEqual([[failureClass, 'stream', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    await expect.poll(() => [server.upgrades.length, server.messages.length]).toEqual([ATTEMPTS, ATTEMPTS])
    await expect.poll(() => server.closeCodes).toEqual(closeCode === undefined ? [] : Array(ATTEMPTS).fill(closeCode))
    expect(result.connectionMetrics).toMatchObject({
      totalConnections: ATTEMPTS,
      lostConnections: ATTEMPTS,
      lostInFlight: ATTEMPTS,
      openConnections: 0,
    })
  })

  test('a peer that neither answers nor pongs', async () => {
    const server = await start({ ping: () => {} })
    const { result } = await talk(server.url, { ping: { every: '30ms', timeout: '60ms' } })
    expect(failuresOf(result)).toEqual([['timeout_idle', 'stream', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    await expect.poll(() => [server.upgrades.length, server.messages.length]).toEqual([ATTEMPTS, ATTEMPTS])
    expect(server.pings()).toBeGreaterThanOrEqual(ATTEMPTS)
    expect(result.connectionMetrics).toMatchObject({ lostInFlight: ATTEMPTS, openConnections: 0 })
    await expect.poll(server.openSockets).toBe(0)
  })

  test('pongs alone are no answer: the deadline ends the attempt', async () => {
    const server = await start({ message: ({ socket }) => void socket.write(frame(OPCODE.ping)) })
    const { result } = await talk(server.url, { ping: { every: '20ms', timeout: '5s' } }, { firstByte: '120ms' })
    expect(failuresOf(result)).toEqual([['timeout_headers', 'headers', ATTEMPTS]])
    await expect.poll(() => [server.upgrades.length, server.messages.length]).toEqual([ATTEMPTS, ATTEMPTS])
  })
})

describe('MQTT', () => {
  const start = async (script: Script) => {
    const broker = await rawBroker(script)
    onTestFinished(() => broker.stop())
    return broker
  }
  const publish = (url: string, mqtt = {}) =>
    runScenario({
      name: 'mqtt',
      target: { url, mqtt, timeouts: { connect: '1s' } },
      load,
      steps: [{ request: { publish: { topic: 't', payload: 'x' } } }],
    })

  test.each(CONNACK_FATES)('version %i, CONNACK with code %i: mqtt_%s', async (version, code, name) => {
    const broker = await start((_packet, { send }) => {
      send({ cmd: 'connack', sessionPresent: false, returnCode: code, reasonCode: code })
      return true
    })
    const { result } = await publish(broker.url, { version })
    expect(failuresOf(result)).toEqual([[`mqtt_${name}`, 'connect', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect([broker.of('connect').length, broker.of('publish').length]).toEqual([ATTEMPTS, 0])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    await expect.poll(broker.openSockets).toBe(0)
  })

  // An acknowledgement that the machine keeps for longer than the timeout is as good as none.
  for (const [qos, silentOn] of [
    [1, 'publish'],
    [2, 'publish'],
    [2, 'pubrel'],
  ] as const)
    timedTest(`QoS ${qos}, every second ${silentOn} without an answer: mqtt_no_ack, and nothing is sent again`, async () => {
      let nth = 0
      const broker = await start(({ cmd }) => cmd === silentOn && ++nth % 2 === 0)
      const { result } = await publish(broker.url, { qos, ackTimeout: '80ms' })
      expect(failuresOf(result)).toEqual([['mqtt_no_ack', 'headers', ATTEMPTS / 2]])
      expect(result.total.counts).toEqual(allEnded(ATTEMPTS / 2, ATTEMPTS / 2))
      expect(broker.of('publish').map(({ dup }) => dup)).toEqual(Array(ATTEMPTS).fill(false))
      expect(broker.of('pubrel')).toHaveLength(silentOn === 'pubrel' ? ATTEMPTS : qos === 2 ? ATTEMPTS / 2 : 0)
    })

  test.each(PUBACK_FATES)('PUBACK with reason %i: %s', async (reasonCode, failureClass) => {
    const broker = await start((packet, { send }) => {
      if (packet.cmd !== 'publish') return false
      send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode })
      return true
    })
    const { result } = await publish(broker.url, { version: 5 })
    expect(failuresOf(result)).toEqual([[failureClass, 'headers', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect([broker.of('connect').length, broker.of('publish').length]).toEqual([2, ATTEMPTS])
  })

  test('a connection that is reset under each publish: mqtt_no_ack, over a new connection each', async () => {
    const broker = await start(({ cmd }, { socket }) => cmd === 'publish' && !!socket.resetAndDestroy())
    const { result } = await publish(broker.url)
    expect(failuresOf(result)).toEqual([['mqtt_no_ack', 'headers', ATTEMPTS]])
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect([broker.of('connect').length, broker.of('publish').length]).toEqual([ATTEMPTS, ATTEMPTS])
    expect(result.connectionMetrics).toMatchObject({ lostConnections: ATTEMPTS, lostInFlight: ATTEMPTS, openConnections: 0 })
  })
})
