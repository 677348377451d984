/** Targets of five protocols that draw what they do to each attempt, by its id, and count what they have done. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/random.ts'
import { faultProto, FAULTS as GRPC_FAULTS, rawGrpcServer } from '../servers/grpc-raw.ts'
import { faultServer, FAULTS as HTTP_FAULTS } from '../servers/http-faults.ts'
import { STALLS } from '../servers/http-stalls.ts'
import { type Peer as MqttPeer, rawBroker } from '../servers/mqtt-raw.ts'
import { text } from '../servers/ws-frames.ts'
import { granted, rawServer } from '../servers/ws-raw.ts'
import { ALL_CASES } from '../support/share.ts'
import { GRPC_FATES } from './fates/grpc.ts'
import { HTTP_FATES } from './fates/http.ts'
import { CONNACK_FATES, PUBACK_FATES } from './fates/mqtt.ts'
import { chunked, DONE, event, STREAM_FATES } from './fates/streams.ts'
import { WEBSOCKET_FATES, WEBSOCKET_REFUSALS } from './fates/websocket.ts'

/** The id of an attempt within its protocol. */
const ID = '{{iteration.index}}'
/** How long a target that never answers is waited for; the others, on a busy machine, answer sooner. */
const PATIENCE = ALL_CASES ? '10s' : '60s'
/** Share of the attempts that get a good reply; of those that wait to the end of their patience; of the connections that are refused. */
const GOOD = 0.5
const SILENT = ALL_CASES ? 0.001 : 0
const REFUSED = 0.05

/** Something that a target does to an attempt, and what it must come to. */
interface Fate<Act> {
  readonly act: Act
  /** The failure class; undefined when the attempt is ok. */
  readonly failure: string | undefined
  /** What it may be instead on a connection that had carried another attempt; left out when that makes no difference. */
  readonly whenKept?: readonly string[]
  /** True when it ends the connection, and with it what else is under way there. */
  readonly ends?: boolean
}

/** What one target does, and has done. */
export class Deeds<Act> {
  /** The fate of each attempt that it has met, by id. */
  readonly met = new Map<string, Fate<unknown>>()
  /** Failure classes of the connections that it has refused. */
  readonly refused: string[] = []
  /** Requests that came, copies included. */
  requests = 0
  private connections = 0
  private readonly name: string
  private readonly good: Fate<Act>
  private readonly rows: readonly Fate<Act>[]
  private readonly silence: Fate<Act> | undefined

  constructor(name: string, good: Act, rows: readonly Fate<Act>[], silence?: Fate<Act>) {
    this.name = name
    this.good = { act: good, failure: undefined }
    this.rows = rows
    this.silence = silence
  }

  /**
   * Counts a request, and returns what is done with it: with copies the same. All is well for one whose id was corrupted. To one that is
   * `calm` nothing happens that ends the connection.
   */
  meet(id: string | undefined, calm = false): Act {
    this.requests += 1
    if (id === undefined) return this.good.act
    const fate = this.draw(id, calm)
    this.met.set(id, fate)
    return fate.act
  }

  /** What it might have done, and has not. */
  undone(): readonly unknown[] {
    const done = new Set(this.met.values())
    return [this.good, ...this.rows, this.silence].filter((fate) => fate !== undefined && !done.has(fate))
  }

  private draw(id: string, calm: boolean): Fate<Act> {
    const random = createRandom('storm', this.name, id)
    const share = random.next()
    if (this.silence && !calm && share > 1 - SILENT) return this.silence
    const rows = calm ? this.rows.filter(({ ends }) => !ends) : this.rows
    return share < GOOD || rows.length === 0 ? this.good : random.pick(rows)
  }

  /** Counts a connection, and returns how it is refused; undefined when it is not. */
  welcome<Row extends Fate<unknown>>(refusals: readonly Row[]): Row | undefined {
    this.connections += 1
    const random = createRandom('storm', this.name, 'connection', this.connections)
    if (random.next() >= REFUSED) return undefined
    const row = random.pick(refusals)
    this.refused.push(row.failure ?? '')
    return row
  }
}

/** One of the targets. */
export interface StormTarget {
  /** What the scenario says of it, and its step. */
  readonly target: object
  readonly step: object
  /** The same step, to which nothing happens that ends the connection. */
  readonly calm?: object
  readonly deeds: Deeds<unknown>
  stop(): unknown
}

async function http(): Promise<StormTarget> {
  const rows = HTTP_FATES.map(({ path, failure, failureWhenKept }) => ({
    act: path,
    failure: failure?.[0],
    ...(failureWhenKept !== undefined && { whenKept: [failureWhenKept] }),
  }))
  const isSilent = ({ act }: { act: string }) => act === '/hang'
  const deeds = new Deeds(
    'http',
    '/ok',
    rows.filter((row) => !isSilent(row)),
    rows.find(isSilent),
  )
  const server = await faultServer({
    '/storm': (socket, request) => HTTP_FAULTS[deeds.meet(request.headers.id)]?.(socket, request),
  })
  return {
    target: { url: server.url, protocol: 'http', timeouts: { firstByte: PATIENCE }, limits: { reply: '256KiB' } },
    step: { request: { method: 'POST', path: '/storm', headers: { id: ID }, json: { hello: 'target' } } },
    deeds,
    stop: () => server.stop(),
  }
}

async function sse(): Promise<StormTarget> {
  const good = chunked({ title: 'good', body: event('a') + DONE })
  const rows = STREAM_FATES.filter(({ preset, target }) => preset === undefined && target === undefined)
  const deeds = new Deeds<Buffer | undefined>(
    'sse',
    good,
    rows.map((row) => ({ act: chunked(row), failure: row.failure?.[0] })),
    { act: undefined, failure: 'timeout_idle' },
  )
  const server = await faultServer({
    '/storm': (socket, request) => {
      const reply = deeds.meet(request.headers.id)
      if (reply) socket.write(reply)
      else STALLS['/stall']?.(socket, request)
    },
  })
  return {
    target: { preset: 'openai-chat', url: `${server.url}/storm`, headers: { id: ID }, timeouts: { idle: PATIENCE } },
    step: { message: 'hello' },
    deeds,
    stop: () => server.stop(),
  }
}

const FAREWELLS = ['ws_close_1000', 'ws_close_1001']

async function websocket(): Promise<StormTarget> {
  const rows = WEBSOCKET_FATES.map(([, act, failure]) => ({
    act,
    failure,
    ends: true,
    // Soon after the reply to another message, a farewell seems to have been meant for that one.
    ...(FAREWELLS.includes(failure) && { whenKept: [failure, 'ws_met_close'] }),
  }))
  const deeds = new Deeds('websocket', ({ socket }) => void socket.write(text('hello')), rows)
  const refusals = WEBSOCKET_REFUSALS.filter(([, , failure]) => failure !== 'timeout_headers').map(([, act, failure]) => ({
    act,
    failure,
  }))
  const server = await rawServer({
    handshake: (socket, upgrade) => {
      const refusal = deeds.welcome(refusals)
      if (refusal) refusal.act(socket, upgrade)
      else socket.write(granted(upgrade))
    },
    message: (peer, said) => {
      deeds.meet(idIn(said), said.includes('calm'))(peer)
    },
  })
  return {
    target: { url: server.url, websocket: { maxMessage: '1KiB' } },
    // What is corrupted or cut off shows.
    step: { request: { json: { id: ID, again: ID, checked: ID } } },
    calm: { request: { json: { id: ID, again: ID, checked: ID, calm: true } } },
    deeds,
    stop: () => server.stop(),
  }
}

/** The id that a message gives three times; undefined when it was changed. */
function idIn(said: string): string | undefined {
  const [, id, again, checked] = /^\{"id":"?(\d+)"?,"again":"?(\d+)"?,"checked":"?(\d+)"?[,}]/.exec(said) ?? []
  return id === again && id === checked ? id : undefined
}

async function grpc(): Promise<StormTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'storm-'))
  const proto = join(folder, 'faults.proto')
  writeFileSync(proto, faultProto())
  // What takes long to unpack is left to the matrix.
  const rows = GRPC_FATES.filter(([method]) => method !== 'bomb').map(([act, failure]) => ({
    act,
    failure,
    ends: act === 'resetSocket',
  }))
  const deeds = new Deeds('grpc', 'good', [...rows, { act: 'goaway', failure: undefined, ends: true }])
  const server = await rawGrpcServer(0, {
    good: (stream, { id, calm }) => GRPC_FAULTS[deeds.meet(String(id), calm !== undefined)]?.(stream),
  })
  return {
    target: { url: server.url, grpc: { proto, service: 'faults.Faults', method: 'good' } },
    step: { request: { message: { text: 'hello' }, metadata: { id: ID } } },
    calm: { request: { message: { text: 'hello' }, metadata: { id: ID, calm: 'yes' } } },
    deeds,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

async function mqtt(): Promise<StormTarget> {
  type Answer = (messageId: number, peer: MqttPeer) => void
  const acknowledge =
    (reasonCode: number): Answer =>
    (messageId, { send }) =>
      send({ cmd: 'puback', messageId, reasonCode })
  const rows = PUBACK_FATES.map(([code, failure]) => ({ act: acknowledge(code), failure }))
  const reset: Answer = (_, { socket }) => void socket.resetAndDestroy()
  const silence = { act: () => {}, failure: 'mqtt_no_ack' }
  const deeds = new Deeds('mqtt', acknowledge(0), [...rows, { act: reset, failure: 'mqtt_no_ack', ends: true }], silence)
  const refusals = CONNACK_FATES.filter(([version]) => version === 5).map(([, act, name]) => ({ act, failure: `mqtt_${name}` }))
  const broker = await rawBroker((packet, peer) => {
    const [, id, calm] = packet.cmd === 'publish' ? packet.topic.split('/') : []
    if (packet.cmd === 'publish') deeds.meet(id, calm !== undefined)(packet.messageId ?? 0, peer)
    else if (packet.cmd === 'connect')
      peer.send({ cmd: 'connack', sessionPresent: false, reasonCode: deeds.welcome(refusals)?.act ?? 0 })
    else return false
    return true
  })
  return {
    target: { url: broker.url, mqtt: { version: 5, qos: 1, ackTimeout: PATIENCE } },
    step: { request: { publish: { topic: `storm/${ID}`, payload: { json: { hello: 'target' } } } } },
    calm: { request: { publish: { topic: `storm/${ID}/calm`, payload: { json: { hello: 'target' } } } } },
    deeds,
    stop: () => broker.stop(),
  }
}

const STARTS = { http, sse, websocket, grpc, mqtt }

/** Starts all targets, by the name of their protocol. */
export async function stormTargets(): Promise<ReadonlyMap<string, StormTarget>> {
  const started = Object.entries(STARTS).map(async ([name, start]) => [name, await start()] as const)
  return new Map(await Promise.all(started))
}
