/** Deadlines of 200 and 800 ms on each protocol, against peers that hang in each phase: never early, and at most 50 ms late. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { mutePeer } from '../connectors/contract.ts'
import { faulty } from '../engine/targets.ts'
import { fullBacklog } from '../servers/full-backlog.ts'
import { faultProto, rawGrpcServer } from '../servers/grpc-raw.ts'
import { STALLS } from '../servers/http-stalls.ts'
import { rawBroker } from '../servers/mqtt-raw.ts'
import { text } from '../servers/ws-frames.ts'
import { rawServer } from '../servers/ws-raw.ts'
import { onQuietMachine } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'

const LATE_MS = 50

/** Returns the address of a peer; it ends with the test. */
type Peer = () => Promise<string>

const full =
  (scheme: string): Peer =>
  async () => {
    const peer = await fullBacklog()
    onTestFinished(() => peer.stop())
    return `${scheme}//127.0.0.1:${peer.port}/`
  }

/** It takes connections and says nothing: what hangs is the first thing that the protocol waits for. */
const mute =
  (scheme: string): Peer =>
  async () => {
    const peer = await mutePeer()
    onTestFinished(() => peer.stop())
    return `${scheme}//127.0.0.1:${peer.port}/`
  }

const stalls =
  (path: string): Peer =>
  async () =>
    (await faulty(STALLS)).url + path

const grpc: Peer = async () => {
  const server = await rawGrpcServer()
  onTestFinished(() => server.stop())
  return server.url
}

const socketThatSays =
  (words: string | undefined): Peer =>
  async () => {
    const server = await rawServer({ message: ({ socket }) => void (words !== undefined && socket.write(text(words))) })
    onTestFinished(() => server.stop())
    return server.url
  }

const brokerWithout =
  (silent: string): Peer =>
  async () => {
    const broker = await rawBroker(({ cmd }) => cmd === silent)
    onTestFinished(() => broker.stop())
    return broker.url
  }

/** From when each deadline counts. */
const SINCE = {
  connect: ({ intended }: Exchange) => intended,
  sent: ({ sentAt }: Exchange) => sentAt,
  activity: ({ lastActivityAt }: Exchange) => lastActivityAt,
}

interface Case {
  readonly protocol: string
  readonly hangs: string
  readonly peer: Peer
  readonly target?: object
  /** Which timeout is set. */
  readonly set: 'connect' | 'firstByte' | 'firstToken' | 'idle' | 'total' | 'ackTimeout'
  readonly since: keyof typeof SINCE
  readonly failure: string
}

const OPENAI = { preset: 'openai-chat' }
const calls = (method: string) => ({
  grpc: { proto: 'faults.proto', service: 'faults.Faults', method },
  request: { messagePath: '$.text' },
})
const PUBLISHES = { mqtt: { topic: 'a', qos: 1 } }

const of = (
  protocol: string,
  rows: readonly (readonly [string, Peer, Case['set'], keyof typeof SINCE, string, object?])[],
): Case[] =>
  rows.map(([hangs, peer, set, since, failure, target = {}]) => ({ protocol, hangs, peer, set, since, failure, target }))

const CASES: readonly Case[] = [
  ...of('http', [
    ['TCP', full('http:'), 'connect', 'connect', 'connect_timeout'],
    ['TLS', mute('https:'), 'connect', 'connect', 'connect_timeout'],
    ['the head', mute('http:'), 'firstByte', 'sent', 'timeout_headers'],
    ['the head, in pieces', stalls('/slow-head'), 'firstByte', 'sent', 'timeout_headers'],
    ['the head, by the total', mute('http:'), 'total', 'sent', 'timeout_total'],
  ]),
  ...of('sse', [
    ['TLS', mute('https:'), 'connect', 'connect', 'connect_timeout', OPENAI],
    ['the head', mute('http:'), 'firstByte', 'sent', 'timeout_headers', OPENAI],
    ['the first token', stalls('/head-then-nothing'), 'firstToken', 'sent', 'timeout_first_token', OPENAI],
    ['the first token, between pings', stalls('/pings'), 'firstToken', 'sent', 'timeout_first_token', OPENAI],
    ['the stream', stalls('/stall'), 'idle', 'activity', 'timeout_idle', OPENAI],
    ['the end, drop by drop', stalls('/drip'), 'total', 'sent', 'timeout_total', OPENAI],
  ]),
  ...of('websocket', [
    ['TCP', full('ws:'), 'connect', 'connect', 'connect_timeout'],
    ['TLS', mute('wss:'), 'connect', 'connect', 'connect_timeout'],
    ['the handshake', mute('ws:'), 'connect', 'connect', 'timeout_headers'],
    ['the reply', socketThatSays(undefined), 'firstByte', 'sent', 'timeout_headers'],
    ['the reply, by the total', socketThatSays(undefined), 'total', 'sent', 'timeout_total'],
  ]),
  ...of('grpc', [
    ['TCP', full('grpc:'), 'connect', 'connect', 'connect_timeout', calls('silent')],
    ['HTTP/2', mute('grpc:'), 'connect', 'connect', 'connect_timeout', calls('silent')],
    ['TLS', mute('grpcs:'), 'connect', 'connect', 'connect_timeout', calls('silent')],
    ['the call', grpc, 'firstByte', 'sent', 'timeout_headers', calls('silent')],
    ['the call, by the total', grpc, 'total', 'sent', 'timeout_total', calls('silent')],
    ['the stream', grpc, 'idle', 'activity', 'timeout_idle', calls('stalledLater')],
  ]),
  ...of('mqtt', [
    ['TCP', full('mqtt:'), 'connect', 'connect', 'connect_timeout', PUBLISHES],
    ['TLS', mute('mqtts:'), 'connect', 'connect', 'connect_timeout', PUBLISHES],
    ['CONNACK', mute('mqtt:'), 'connect', 'connect', 'connect_timeout', PUBLISHES],
    ['PUBACK', brokerWithout('publish'), 'ackTimeout', 'sent', 'mqtt_no_ack', PUBLISHES],
    ['PUBACK, by the total', brokerWithout('publish'), 'total', 'sent', 'timeout_total', PUBLISHES],
  ]),
]

const folder = mkdtempSync(join(tmpdir(), 'deadlines-'))
beforeAll(() => writeFileSync(join(folder, 'faults.proto'), faultProto()))
afterAll(() => rmSync(folder, { recursive: true }))

async function miss({ peer, target = {}, set, since, failure }: Case, deadlineMs: number): Promise<void> {
  const ms = `${deadlineMs}ms`
  const mqtt = 'mqtt' in target ? { mqtt: { ...(target.mqtt as object), ...(set === 'ackTimeout' && { ackTimeout: ms }) } } : {}
  const timeouts = set === 'ackTimeout' ? {} : { [set]: ms }
  const { attempts, result } = await runScenario(
    { name: 'deadline', target: { url: await peer(), ...target, ...mqtt, timeouts }, steps: [{ message: 'x' }] },
    { baseDir: folder },
  )
  const [{ exchange } = { exchange: undefined }] = attempts
  expect(exchange?.failure?.class).toBe(failure)
  expect(result.total.counts).toMatchObject({ planned: 1, failed: 1 })
  if (!exchange) throw new Error('no attempt was made')
  const lateMs = exchange.endedAt - SINCE[since](exchange) - deadlineMs
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(lateMs).toBeLessThanOrEqual(LATE_MS)
}

for (const deadlineMs of [200, 800])
  for (const hanging of CASES)
    test(`${deadlineMs} ms, ${hanging.protocol}: ${hanging.hangs} hangs, ${hanging.failure}`, { timeout: 120_000 }, (context) =>
      onQuietMachine(context, () => miss(hanging, deadlineMs), true),
    )
