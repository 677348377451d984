/** Servers that know the wire format of Stream Testbench, each with ways to misbehave. What does not fit the format is written down. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { type Broker, startBroker } from './mqtt-broker.ts'

type Json = Record<string, unknown>

/** What a server does with a message that fits. */
export interface Manners {
  readonly delayMs?: number
  /** It never answers. */
  readonly mute?: boolean
  /** The body of the answer, in place of the usual one. */
  readonly answer?: (message: Json) => string
  /** HTTP only. */
  readonly status?: number
}

/** What a server saw. */
export interface Seen {
  readonly port: number
  readonly messages: readonly Json[]
  /** The credentials of each connection or request; undefined where there were none. */
  readonly credentials: readonly unknown[]
  /** Why messages did not fit the format. */
  readonly complaints: readonly string[]
  stop(): Promise<void>
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEpochMs = (value: unknown) => typeof value === 'number' && Math.abs(value - Date.now()) < 600_000

const SNAKE: Readonly<Record<string, readonly string[]>> = {
  voice_data: ['quality_score', 'duration_ms', 'confidence_score', 'verified'],
  behavioral_data: ['event_type', 'interaction_count', 'session_duration_ms'],
  session_data: ['session_id', 'status', 'event_count'],
  metrics: ['cpu_usage', 'memory_usage', 'network_latency'],
  heartbeat: ['status', 'uptime_ms'],
  custom_data: [],
}
const CAMEL: Readonly<Record<string, readonly string[]>> = {
  voiceData: ['qualityScore', 'durationMs', 'confidenceScore'],
  behavioralData: ['eventType', 'interactionCount', 'sessionDurationMs'],
  sessionData: ['sessionId', 'status', 'eventCount'],
  metrics: ['cpuUsage', 'memoryUsage', 'networkLatency'],
  heartbeat: ['status', 'uptimeMs'],
  customData: [],
}

function complaintsOfData(data: unknown, kinds: typeof SNAKE, own: readonly string[]): string[] {
  if (!isMap(data)) return ['the data is no map']
  return Object.entries(data).flatMap(([name, value]) => {
    if (own.includes(name)) return []
    const fields = kinds[name]
    if (fields === undefined) return [`there is no kind ${name}`]
    if (!isMap(value)) return [`${name} is no map`]
    const missing = fields.filter((field) => value[field] === undefined)
    return missing.map((field) => `${name} has no ${field}`)
  })
}

function complaintsOfSync(message: Json): string[] {
  const { type, correlation_id, timestamp, data } = message
  const inner = isMap(data) ? data : {}
  return [
    ...(type === 'sync_data' ? [] : [`type is ${String(type)}`]),
    ...(UUID.test(String(correlation_id)) ? [] : ['correlation_id is no uuid']),
    ...(isEpochMs(timestamp) && isEpochMs(inner.timestamp) ? [] : ['a timestamp is not in epoch ms']),
    ...(UUID.test(String(inner.message_id)) ? [] : ['message_id is no uuid']),
    ...(inner.connection_type === 'websocket' ? [] : ['connection_type is not websocket']),
    ...complaintsOfData(data, SNAKE, ['timestamp', 'message_id', 'connection_type']),
  ]
}

function complaintsOfMutation(message: Json, clientId: string): string[] {
  const { serviceName, uuids, query, variables, timestamp } = message
  const input = isMap(variables) && isMap(variables.input) ? variables.input : {}
  return [
    ...(serviceName === 'streamtestbench' ? [] : [`serviceName is ${String(serviceName)}`]),
    ...(Array.isArray(uuids) && uuids.length === 1 && UUID.test(String(uuids[0])) ? [] : ['uuids holds no uuid']),
    ...(/^mutation\b.*\$input/.test(String(query)) ? [] : ['query is no mutation with an input']),
    ...(isEpochMs(timestamp) && isEpochMs(input.timestamp) ? [] : ['a timestamp is not in epoch ms']),
    ...(UUID.test(String(input.messageId)) ? [] : ['messageId is no uuid']),
    ...(input.clientId === clientId ? [] : [`clientId is ${String(input.clientId)}, not ${clientId}`]),
    ...complaintsOfData(input, CAMEL, ['timestamp', 'messageId', 'clientId']),
  ]
}

const sockets = (server: { on(event: 'connection', listener: (socket: Socket) => void): unknown }) => {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('error', () => {}).once('close', () => open.delete(socket))
  })
  return open
}

/**
 * A consumer at `/ws/mobile/sync/`. With `wanted` the first frame has to be that of a client that may come in, else the socket is closed;
 * without it there must be none. Each message is answered with its id.
 */
export async function startSyncServer(manners: Manners = {}, wanted?: Json): Promise<Seen> {
  const messages: Json[] = []
  const credentials: unknown[] = []
  const complaints: string[] = []
  const server = createServer((_request, response) => response.writeHead(404).end())
  const open = sockets(server)
  const upgrades = new WebSocketServer({ server, path: '/ws/mobile/sync/' })
  upgrades.on('connection', (socket) => {
    let first = true
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const message: Json = JSON.parse(String(data))
      const { type, ...rest } = message
      if (first && wanted === undefined) credentials.push(undefined)
      if (first && wanted !== undefined) {
        credentials.push(type === 'authenticate' ? rest : undefined)
        if (type !== 'authenticate' || JSON.stringify(rest) !== JSON.stringify(wanted)) socket.close(4401)
        else socket.send(JSON.stringify({ type: 'authenticated' }))
        first = false
        if (type === 'authenticate') return
      }
      first = false
      messages.push(message)
      complaints.push(...complaintsOfSync(message))
      const usual = { type: 'sync_response', correlation_id: message.correlation_id, status: 'ok' }
      const answer = manners.answer?.(message) ?? JSON.stringify(usual)
      if (!manners.mute) void sleep(manners.delayMs ?? 0, undefined, { ref: false }).then(() => socket.send(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    credentials,
    complaints,
    async stop() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A REST endpoint that takes the messages one by one. */
export async function startPostServer(manners: Manners = {}): Promise<Seen> {
  const messages: Json[] = []
  const credentials: unknown[] = []
  const complaints: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      const message: Json = body === '' ? {} : JSON.parse(body)
      messages.push(message)
      credentials.push(credentialsOf(request))
      complaints.push(...complaintsOfSync(message))
      const answer = manners.answer?.(message) ?? JSON.stringify({ type: 'ok', correlation_id: message.correlation_id })
      const { status = 200, delayMs = 0, mute = false } = manners
      if (mute) return
      void sleep(delayMs).then(() => response.writeHead(status, { 'content-type': 'application/json' }).end(answer))
    })
  })
  const open = sockets(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    credentials,
    complaints,
    async stop() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const credentialsOf = ({ headers }: IncomingMessage) => headers.authorization ?? headers['x-api-key']

/** A broker with the service behind it that acknowledges each mutation on a topic for all; only who knows the password may come in. */
export async function startMutationServer(manners: Manners = {}, password?: string): Promise<Seen & { readonly broker: Broker }> {
  const messages: Json[] = []
  const complaints: string[] = []
  const broker = await startBroker({
    ...(password === undefined ? {} : { password }),
    onMessage({ client, topic, text, say }) {
      const message: Json = JSON.parse(text)
      messages.push(message)
      complaints.push(...complaintsOfMutation(message, client.id), ...(topic === 'graphql/mutation' ? [] : [`topic is ${topic}`]))
      const { uuids, serviceName } = message
      const usual = { task_id: `task-${messages.length}`, status: 'PENDING', uuids, serviceName }
      const answer = manners.answer?.(message) ?? JSON.stringify(usual)
      if (!manners.mute) void sleep(manners.delayMs ?? 0).then(() => say('response/acknowledgement', answer))
    },
  })
  return { broker, port: broker.port, messages, credentials: broker.usernames, complaints, stop: () => broker.stop() }
}
