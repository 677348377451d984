/** A scenario that asks for a status gets what it asks for, on every protocol that has one. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { ECHO, echoServer } from '../servers/grpc-echo.ts'
import { protoFile } from '../servers/grpc-server.ts'
import { rawBroker } from '../servers/mqtt-raw.ts'
import { runScenario } from '../support/run.ts'

const load = [{ users: 1, iterations: 2 }]
const FAILED = { ok: 0, failed: 2 }
const OK = { ok: 2, failed: 0 }

describe('gRPC', () => {
  test.each<[string, string, number, object]>([
    ['Echo', '!7', 7, OK],
    ['EchoStream', '!7', 7, OK],
    ['Echo', '!7', 5, FAILED],
    ['Echo', 'hello', 0, OK],
    ['Echo', 'hello', 7, FAILED],
  ])('%s of %s, expected %i', async (method, text, status, counts) => {
    const server = await echoServer()
    onTestFinished(() => server.stop())
    const { result } = await runScenario({
      name: 'grpc',
      target: { url: server.url, grpc: { proto: protoFile('echo.proto'), service: ECHO, method } },
      load,
      steps: [{ request: { message: { text } }, expect: [{ status }] }],
    })
    expect(result.total.counts).toMatchObject(counts)
    expect(result.total.values.checks).toBe('ok' in counts && counts.ok === 2 ? 1 : 0)
  })
})

describe('MQTT', () => {
  test.each([
    ['PUBACK', 135, OK],
    ['PUBACK', 151, FAILED],
    ['SUBACK', 135, OK],
  ])('%s with reason 135, expected %i', async (packet, status, counts) => {
    const broker = await rawBroker((sent, { socket }) => {
      const id = ('messageId' in sent ? sent.messageId : 0) ?? 0
      if (sent.cmd === 'publish') socket.write(Buffer.from([0x40, 4, id >> 8, id & 255, 135, 0]))
      else if (sent.cmd === 'subscribe') socket.write(Buffer.from([0x90, 4, id >> 8, id & 255, 0, 135]))
      return sent.cmd === 'publish' || sent.cmd === 'subscribe'
    })
    onTestFinished(() => broker.stop())
    const request = packet === 'PUBACK' ? { publish: { topic: 't', payload: 'x', qos: 1 } } : { subscribe: { topic: 't' } }
    const { result } = await runScenario({
      name: 'mqtt',
      target: { url: broker.url, protocol: 'mqtt', mqtt: { version: 5 } },
      load,
      steps: [{ request, expect: [{ status }] }],
    } as never)
    expect(result.total.counts).toMatchObject(counts)
  })
})
