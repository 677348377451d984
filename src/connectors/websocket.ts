import type { WebSocketSettings } from './websocket/connection.ts'
import { type WebSocketOptions, websocketOptions, websocketStep } from './websocket/options/options.ts'
import { framePayload } from './websocket/options/payload.ts'
import { compilePredicate } from './websocket/options/predicate.ts'
import { messageRequest, stepRequest, type WebSocketRequest } from './websocket/options/request.ts'
import { matchingOf } from './websocket/replies.ts'
import { headerProblem } from './websocket/upgrade.ts'
import { type Connection, defineConnector, endWith, type OpenContext } from './wire/connector.ts'
import { prepareTls } from './wire/dial.ts'

/** The connector for WebSocket: each user has one connection, which stays open and carries messages in both directions. */
export const websocket = defineConnector({
  protocol: 'websocket',
  localAddresses: true,
  schemes: {
    'ws:': { port: 80, proxies: ['http_proxy', 'HTTP_PROXY'] },
    'wss:': { port: 443, proxies: ['https_proxy', 'HTTPS_PROXY'] },
  },
  lasting: true,
  messages: true,
  options: websocketOptions,
  request: websocketStep,
  fromMessage: messageRequest,
  fromStep: stepRequest,
  payload: framePayload,
  headerProblem,
  sample: {
    step: { request: { json: '{{payload}}' }, payload: { types: ['HEARTBEAT', 'METRICS'], envelope: 'sync_data' } },
    // the address that Stream Testbench uses by default; its recipes for CI rely on it
    url: 'ws://localhost:8000/ws/mobile/sync/',
  },
  requestOf: ({ data }) => ({ text: data ?? '' }),
  prepare: loadConnection,
  open,
})

type CompiledRequest = Pick<WebSocketSettings, 'matching' | 'ready'>

const compiled = new WeakMap<WebSocketOptions, CompiledRequest>()

/** Returns the compiled options of a target, which all its users share. */
function compile(options: WebSocketOptions): CompiledRequest {
  const known = compiled.get(options)
  if (known) return known
  const fresh = {
    matching: matchingOf(options),
    ready: options.ready && compilePredicate(options.ready),
  }
  compiled.set(options, fresh)
  return fresh
}

/** Loads what only runs over WebSocket need: the connection, and the library that it uses. */
function loadConnection() {
  return Promise.all([import('ws'), import('./websocket/connection.ts')])
}

async function open(options: WebSocketOptions, context: OpenContext): Promise<Connection<WebSocketRequest>> {
  const { address, baseDir, events, signal, userId, seed, relay, localAddresses } = context
  const [library, { WebSocketConnection }] = await loadConnection()
  const tls = () => prepareTls(address.tls, baseDir)
  const own = { library, options, tls, events, userId, seed, relay, localAddresses }
  const connection = new WebSocketConnection(address, { ...own, ...compile(options) })
  endWith(signal, () => connection.abort())
  await connection.open()
  return connection
}
