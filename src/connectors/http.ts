import { resolve } from 'node:path'
import type { CallRules } from './http/call.ts'
import { HttpConnection } from './http/pool/connection.ts'
import type { OriginPoolSettings } from './http/pool/origin-pool.ts'
import type { Reach } from './http/reach.ts'
import {
  DEFAULT_CONNECTIONS,
  type HttpFields,
  type HttpOptions,
  httpOptions,
  httpStep,
  poolSockets,
  unchosenPool,
} from './http/request/options.ts'
import { httpPayload } from './http/request/payload.ts'
import { flagRequest, headerProblem, messageRequest, stepRequest } from './http/request/request.ts'
import type { HttpClient, HttpRequest } from './http/transport.ts'
import { type Connection, defineConnector, endWith, type OpenContext } from './wire/connector.ts'
import { prepareTls } from './wire/dial.ts'
import { type HttpProxy, proxyFromEnvironment, proxySecrets, readProxy } from './wire/proxy.ts'

/** An HTTP request that is ready to send. */
export type { HttpRequest } from './http/transport.ts'

const SCHEMES = {
  'http:': { port: 80, proxies: ['http_proxy', 'HTTP_PROXY'] },
  'https:': { port: 443, proxies: ['https_proxy', 'HTTPS_PROXY'] },
}

/** The connector for HTTP: each request gets one reply, over a connection that is new, that the user keeps, or that all users share. */
export const http = defineConnector({
  protocol: 'http',
  signs: true,
  localAddresses: true,
  schemes: SCHEMES,
  options: httpOptions,
  request: httpStep,
  fromMessage: messageRequest,
  fromStep: stepRequest,
  takesJsonText: true,
  payload: httpPayload,
  headerProblem,
  sample: { step: { request: { method: 'GET' } } },
  methods: true,
  // Strict servers want application/json first.
  whole: { accept: 'application/json, text/event-stream;q=0.5, */*;q=0.1' },
  requestOf: flagRequest,
  sockets: (options: HttpOptions, users: number) =>
    options.streams === undefined ? poolSockets(options, users) : Math.ceil(users / options.streams),
  unchosenPool,
  proxy: (options: HttpOptions, url) => proxyOf(options, url),
  secrets: (options: HttpOptions) => proxyPassword(options),
  client: ({ version, client = 'burn' }: HttpOptions) => (version === '2' ? 'node:http2' : client),
  loopback: (options: HttpOptions) => {
    const goesElsewhere = options.proxy !== undefined || options.unixSocket !== undefined || options.dns?.hosts !== undefined
    return options.version === '2' || goesElsewhere ? undefined : { ...options }
  },
  connectsAhead: (options: HttpOptions) => options.version !== '2' && keepsOwn(options),
  prepare: (options: HttpOptions) => {
    if (options.version === '2') return import('./http/http2/http2.ts')
    return options.connection === 'shared' ? Promise.all([loadClient(options), loadPool()]) : loadClient(options)
  },
  open: (options: HttpOptions, context) =>
    options.version === '2' ? openHttp2(options, context) : openHttp(options, context, false),
})

/**
 * True when a target's `http:` or `sse:` block gives each user a connection of its own that is kept open. Such a connection can be opened before the
 * first request.
 */
export const keepsOwn = ({ connection, keepAlive }: Pick<HttpFields, 'connection' | 'keepAlive'>) =>
  connection === 'user' && keepAlive

/** Returns the proxy for a URL: the one in the target's options, or else the one in the environment variables; undefined when there is none. */
export function proxyOf({ proxy, unixSocket }: Pick<HttpFields, 'proxy' | 'unixSocket'>, url: string): HttpProxy | undefined {
  if (proxy !== undefined || unixSocket !== undefined) return proxy === undefined ? undefined : readProxy(proxy)
  const names = url.startsWith('https:') ? SCHEMES['https:'].proxies : SCHEMES['http:'].proxies
  return proxyFromEnvironment(url, names, process.env)
}

/**
 * Returns the password of the proxy that a target's options name, in all forms in which it might be printed, so that outputs can mask it; an empty
 * list without one.
 */
export function proxyPassword({ proxy = 'none' }: Pick<HttpFields, 'proxy'>): readonly string[] {
  return proxySecrets(proxy)
}

/** The HTTP/1.1 clients that are loaded, by their name in the scenario. */
const clients = new Map<string, Promise<HttpClient>>()

/** Loads the HTTP/1.1 client of the connectors http and sse when it is first needed. */
export function loadClient({ client = 'burn' }: Pick<HttpFields, 'client'>): Promise<HttpClient> {
  const loading = clients.get(client) ?? (client === 'burn' ? loadOwn() : loadUndici())
  clients.set(client, loading)
  return loading
}

const loadOwn = async () => (await import('./http/http1/line.ts')).client

async function loadUndici(): Promise<HttpClient> {
  const undici = await import('./http/undici.ts')
  await undici.warmUp()
  return undici.client
}

/**
 * Returns the HTTP connection of one user; the first request on it connects. With `eventStreamOnly`, an exchange fails when its reply has a 2xx
 * status and is not an event stream.
 * @throws LocalError when a file of the `tls:` block cannot be used
 */
export async function openHttp(
  options: HttpFields,
  context: OpenContext,
  eventStreamOnly: boolean,
): Promise<Connection<HttpRequest>> {
  const { address, events, signal } = context
  const client = await loadClient(options)
  const reach = reachOf(options, context, client)
  if (URL.parse(address.url)?.protocol === 'https:') reach.tls()
  const rules = { ...options, eventStreamOnly }
  const connection =
    options.connection === 'shared'
      ? await openPooled(options, rules, { ...reach, events, client })
      : new HttpConnection({
          ...reach,
          rules,
          keepAlive: options.keepAlive,
          single: options.connection === 'new',
          events,
          client,
        })
  await endWith(signal, () => connection.close())
  return connection
}

function reachOf(
  options: HttpFields,
  { address, baseDir, relay, localAddresses }: OpenContext,
  client: Pick<HttpClient, 'forwards' | 'sharedReads'>,
): Reach {
  return {
    dns: options.dns ?? {},
    relay,
    localAddresses,
    unixSocket: options.unixSocket === undefined ? undefined : resolve(baseDir, options.unixSocket),
    tls: () => prepareTls(address.tls, baseDir),
    proxyOf: (url) => proxyOf(options, url.href),
    forwards: client.forwards,
    sharedReads: client.sharedReads,
  }
}

const loadPool = () => Promise.all([import('./http/pool/pool.ts'), import('./http/pool/pooled.ts')])

async function openPooled(
  options: HttpFields,
  rules: CallRules,
  settings: Omit<OriginPoolSettings, 'maxConnections'>,
): Promise<Connection<HttpRequest>> {
  const [{ HttpPool }, { PooledConnection }] = await loadPool()
  const { maxConnections = DEFAULT_CONNECTIONS } = options
  const { thing: pool, leave } = join(options, () => new HttpPool({ ...settings, maxConnections }))
  return new PooledConnection(pool, rules, leave)
}

/** What the HTTP/2 client needs of its sockets: each is read as a stream, and a proxy is asked for a tunnel. */
const AS_STREAM = { forwards: false, sharedReads: false }

async function openHttp2(options: HttpOptions, context: OpenContext): Promise<Connection<HttpRequest>> {
  const { Http2Connection, Http2Pool } = await import('./http/http2/http2.ts')
  const { events, signal } = context
  const make = () => new Http2Pool({ ...reachOf(options, context, AS_STREAM), events, streams: options.streams ?? 1 })
  if (options.streams === undefined) {
    const pool = make()
    signal.addEventListener('abort', () => pool.close(), { once: true })
    return new Http2Connection(pool, () => pool.close())
  }
  const { thing, leave } = join(options, make)
  return new Http2Connection(thing, leave)
}

interface SharedTransport {
  readonly thing: { close(): Promise<void> | void }
  users: number
}

/** What all users of one target share, such as their connection pool. The key is the options object of the target. */
const common = new WeakMap<object, SharedTransport>()

/** One user's share of an object that all users of a target use, such as a connection pool. */
interface SharedUse<T> {
  readonly thing: T
  /** Ends this user's use of the shared object; the last user closes it and waits for that. Later calls do nothing. */
  leave(): Promise<void>
}

/**
 * Returns an object, such as a pool of connections, that all users with the same `key` share. The first user makes it with `make`. The returned
 * function `leave` ends one user's use of it, and the last user's call closes it.
 */
export function join<T extends { close(): Promise<void> | void }>(key: object, make: () => T): SharedUse<T> {
  const entry = common.get(key) ?? { thing: make(), users: 0 }
  common.set(key, entry)
  entry.users += 1
  let left = false
  return {
    // the key is the options object of one target, which shares only objects of one type
    thing: entry.thing as T,
    async leave() {
      if (left) return
      left = true
      entry.users -= 1
      if (entry.users > 0) return
      common.delete(key)
      await entry.thing.close()
    },
  }
}
