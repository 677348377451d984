/**
 * The interface of connectors, one for each protocol. They open connections and report events; they never read the clock, count
 * or retry.
 */
import { isDeepStrictEqual } from 'node:util'
import type * as z from 'zod'
import type { Failure, FailureKind } from '../../errors.ts'
import type { ConnectTimes, Exchange } from '../../exchange.ts'
import type { HttpProxy } from './proxy.ts'
import type { WireRelay } from './relay.ts'
import type { TlsOptions } from './tls.ts'

/** Keeps the cookies of one user for all addresses: stores the cookies that replies set, and returns those to send with a request. */
export interface CookieKeeper {
  /** Returns the `Cookie` header for a request to `url`, the request's own cookies (`own`) included; '' if there are none. */
  header(own: string | undefined, url: string): string
  /** Stores the `Set-Cookie` headers of a reply from `url`, one cookie in each. */
  store(setCookies: readonly string[], url: string): void
}

/**
 * The address of a target for one user: URL, headers, query, TLS settings and cookies, with templates rendered. It has this form for all protocols.
 */
export interface TargetAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly tls: TlsOptions
  /** The cookies of the user; left out when the user keeps none. */
  readonly cookies?: CookieKeeper
  /** Returns the headers that sign a request; left out when credentials are among `headers` and `query`. */
  readonly sign?: (request: RequestToSign) => Readonly<Record<string, string>>
}

/** The last address of each target, of those that have no values of their user. */
const addresses = new WeakMap<object, TargetAddress>()

/**
 * Returns one common object for equal addresses of a target, so that connectors prepare requests once for all users. With hundreds of users,
 * separate copies would not fit into the caches of the CPU.
 */
export function sharedAddress(target: object, address: TargetAddress): TargetAddress {
  const known = addresses.get(target)
  if (known && isDeepStrictEqual(known, address)) return known
  addresses.set(target, address)
  return address
}

/** The parts of an HTTP request that its signature is made of. Header names are in lower case. */
interface RequestToSign {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** The callbacks with which a connector reports what happens to connections: opened, failed to open, lost, reconnected, closed. */
export interface ConnectionEvents {
  /** Called during `open` when the socket is connected and the protocol's own handshake waits for its reply. */
  standing?(): void
  /** Called when a connection to the target was made, with the time that each stage took. */
  opened(times: ConnectTimes): void
  /** Called when a connection to the target could not be made, with the class of the failure. */
  openFailed(failureClass: string): void
  /** Called when the peer or the network ended the connection, with `inFlight` exchanges on it; not called for `close`. */
  lost(failureClass: string, inFlight: number): void
  /** Called when a lost connection was made again after `downMs`. */
  reconnected(downMs: number): void
  /** Called when a connection ended because burn closed it. */
  closed(): void
  /** Called when the server accepts no more requests (HTTP/2 GOAWAY); those in flight may finish. `lost` or `closed` follows. */
  goaway?(): void
}

/** What a connector gets to open a user's connection, besides the target's settings: address, abort signal, callbacks, user and seed. */
export interface OpenContext {
  readonly address: TargetAddress
  /** Aborted when this user ends or `open` takes longer than the connect deadline: the connector stops connecting and frees the socket. */
  readonly signal: AbortSignal
  readonly events: ConnectionEvents
  /** Folder of the scenario file; relative paths (proto files, certificates) start there. */
  readonly baseDir: string
  /** Number of this user in the run, from 0, unique over all shards. */
  readonly userId: number
  /** Seed of the run, for random numbers of the connector. */
  readonly seed: string | number
  /** The relay to connect to in place of the target, which then leads there; left out when the run injects no faults on the wire. */
  readonly relay?: WireRelay | undefined
  /** The addresses of this machine to connect from, in turn; left out when the system chooses. */
  readonly localAddresses?: readonly string[] | undefined
}

/** One user's connection to the target. It carries one exchange at a time, unless the protocol allows several. */
export interface Connection<Request> {
  /** Sends a request. Its reply or failure is reported to the exchange; faults of the target are never thrown. */
  send(request: Request, exchange: Exchange): void
  /** Frees the socket or stream of an exchange at once, because the exchange was cancelled or its deadline has passed. */
  cancel(exchange: Exchange): void
  /**
   * Sends the request of `first` again, with the same bytes and the same id; `copy` takes the reply if it can be distinguished from the first one.
   * Left out when `send` does the same. Only called while there is a connection.
   */
  repeat?(request: Request, first: Exchange, copy: Exchange): void
  /**
   * Ends the connection that carries an exchange, or carried it last, for an injected fault: with a reset, as the network does, or with a close, as
   * the server does. What is in flight on it fails.
   */
  sever?(exchange: Exchange, how: 'reset' | 'close'): void
  /** Closes the connection for good: it does not reconnect and keeps no socket or timer. */
  close(): Promise<void> | void
  /**
   * Opens a socket to a URL before the first request, which then finds it connected; only called when the connector `connectsAhead`. Resolves with false
   * when that fails or `signal` aborts: a failure is not reported, since the request will connect, and report it.
   */
  connectAhead?(url: string, signal: AbortSignal): Promise<boolean>
  /** True when the connection is lost for good, so that the next attempt opens a new one. Left out when it reconnects by itself. */
  readonly gone?: boolean
  /** True when the connection reports by itself (as `openFailed`) that connecting takes too long, so that its owner need not. */
  readonly watchesConnecting?: boolean
  /** Number of messages that belonged to no reply, for `burn ping`. Left out by protocols without messages. */
  readonly strayMessages?: number
}

/** What burn knows about a URL scheme, such as `mqtts`: its default port, and the environment variables that name a proxy for it. */
export interface Scheme {
  /** The port of addresses that state none. */
  readonly port?: number
  /** Environment variables that name a proxy for the scheme, beside `all_proxy`, as curl and most libraries read them. */
  readonly proxies?: readonly string[]
}

/** How a request names its destination on the target, in protocols whose requests need one: a topic in MQTT, a method in gRPC. */
export interface AddressPlace {
  /** The option keys that name the destination, such as `service` and `method`; all of them are needed. */
  readonly keys: readonly string[]
  /** Returns the values of `keys` that the path of an address means; undefined when the path names no destination. */
  ofPath(path: string): Readonly<Record<string, string | undefined>> | undefined
  /** Returns the part of a request that may name its destination; undefined when the request needs none. */
  own(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined
  /** The error message for a request without a destination; `hint` says what to write. */
  readonly message: string
  readonly hint: string
  /** Returns why the path of an address cannot name a destination; undefined when it can. */
  pathProblem?(path: string): string | undefined
  /** The preset for the address `mock:`; not used when the target's options have one of the keys in `unless`. */
  readonly mock?: { readonly preset: string; readonly unless: readonly string[] }
}

/**
 * A part of a request in a scenario that the target would reject: its destination (such as a topic or a method), or something in its body. `path`
 * leads to the part, and `message` says what is wrong.
 */
export interface Misfit {
  readonly of: 'place' | 'body'
  readonly path: readonly (string | number)[]
  readonly message: string
  /** True when the last key of `path` is wrong, rather than its value. */
  readonly isKey?: boolean
  readonly hint?: string
}

/** Finds parts of requests that the target would reject, before anything is sent and before templates are rendered. */
export interface RequestChecks {
  /** Returns the parts of a `request:` step that the target would reject. */
  ofStep(request: Readonly<Record<string, unknown>>): readonly Misfit[]
  /** Returns the parts of a `message` step's body that the target would reject. */
  ofMessage(body: unknown): readonly Misfit[]
}

/** How an injected fault changes the content of a request. Both functions return a changed copy; undefined when there is nothing to change. */
interface PayloadAccess<Request> {
  /** Changes the JSON of the payload before it is encoded. */
  drifted(request: Request, change: (payload: unknown) => { readonly changed: unknown } | undefined): Request | undefined
  /** Changes the bytes of the payload after it was encoded. Lengths in the request, such as content-length, are those of the changed payload. */
  altered(request: Request, change: (payload: Uint8Array) => Buffer | undefined): Request | undefined
}

/** The request that a run without a scenario file sends, written as a `request:` step. */
interface RequestSample {
  readonly step: Readonly<Record<string, unknown>>
  /** The address that is used when the command line gives none. */
  readonly url?: string
  /** Returns the keys to set in the target for an address that the command line gives. */
  target?(address: string): Readonly<Record<string, unknown>>
}

/** The values of the command line's flags for the request, `--data` and `--method`; `typed` is true when a header flag sets the content type. */
export interface RequestFlags {
  readonly data: string | undefined
  readonly method: string | undefined
  readonly typed: boolean
}

/**
 * The implementation of one protocol, such as HTTP: how it opens connections, and which settings it has. `options` is the schema of its block in a
 * target (`http: {…}`), and `request` is that of the `request:` block of a step; `connectors/index.ts` puts both into the schema of scenarios.
 */
export interface Connector<Options = unknown, RequestStep = unknown, Request = unknown> {
  readonly protocol: string
  /** URL schemes that mean this protocol, such as `ws:`; the first one is for addresses without a scheme. */
  readonly schemes: Readonly<Record<string, Scheme>>
  /** URL schemes of other protocols that can carry this one (MQTT over `ws:`). The path of such an address belongs to the carrier. */
  readonly over?: readonly string[]
  /** URL schemes that other clients of this protocol use, each with the scheme that burn uses instead. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Returns the kinds of a failure with a class of this protocol. Left out by protocols without failure classes of their own. */
  kindsOf?(failure: Failure): readonly FailureKind[]
  /** True when connections are meant to stay open for many exchanges; the summary of a run then always has a section on connections. */
  readonly lasting?: true
  /** True when replies are messages, without status and headers. */
  readonly messages?: true
  readonly options: z.ZodType<Options>
  readonly request: z.ZodType<RequestStep>
  /** Makes the request of a `message` step; `body` is the message in the chat API format of the target. */
  fromMessage(body: unknown, address: TargetAddress, options: Options): Request
  /** Makes the request of a `request` step. The engine has already replaced the templates in `step` by the values for this attempt. */
  fromStep(step: RequestStep, address: TargetAddress, options: Options): Request
  /** True when `fromStep` also takes the member `json` of a step as `JsonText`, which is quicker to render than a value. */
  readonly takesJsonText?: true
  /** How injected faults may change a request; left out by protocols whose requests cannot be changed. */
  readonly payload?: PayloadAccess<Request>
  /** How requests name a topic or a method; left out by protocols in which the address alone is the destination. */
  readonly place?: AddressPlace
  /** Headers that ask the target not to stream its reply (`stream: false`); headers in the scenario replace them. */
  readonly whole?: Readonly<Record<string, string>>
  /** Why `stream: false` is impossible with this protocol, and what to do instead; left out when it is possible. */
  readonly neverWhole?: { readonly message: string; readonly hint: string }
  /**
   * Returns checks that compare requests with a description of the target, such as .proto files. `path` is the path of the address. @throws
   * LocalError when one of its files cannot be used
   */
  checks?(options: Options, path: string, baseDir: string): RequestChecks
  /** The paths of options whose values name files or folders. */
  readonly files?: readonly { readonly path: readonly string[]; readonly kind: 'file' | 'folder' }[]
  /** Returns the secrets in the options, which are never printed or stored. */
  secrets?(options: Options): readonly string[]
  /** The request of a run without a scenario file; left out when a chat message is sent instead. */
  readonly sample?: RequestSample
  /** True when requests have a method such as POST, so that `--method` applies. */
  readonly methods?: true
  /** Returns the `request:` step for the flags `--data` and `--method`; left out by protocols that cannot send a text. @throws UsageError */
  requestOf?(flags: RequestFlags): Readonly<Record<string, unknown>>
  /**
   * Returns why a header of the target can never be sent; undefined when it can. The returned text must not contain the header's value, which may be
   * secret.
   */
  headerProblem?(name: string, value: string, options: Options, url: string): string | undefined
  /** Returns the client id of a user; left out by protocols without client ids. */
  clientId?(options: Options, userId: number): string
  /** Returns the proxy that connections to an address go through; left out by protocols that use no proxies. */
  proxy?(options: Options, url: string): HttpProxy | undefined
  /** True when each request can be signed by `sign` of its address. */
  readonly signs?: true
  /** True when connections can use the `localAddresses` of their target. Left out when a library connects and chooses the address itself. */
  readonly localAddresses?: true
  /** Returns the name of the library that carries the requests, for the result; left out by protocols with only one library. */
  client?(options: Options): string
  /** Returns the largest number of connections that `users` users have open at a time; left out when each user has one. */
  sockets?(options: Options, users: number): number
  /** Returns the size of the shared connection pool if burn chose it; undefined if the scenario did, or if there is no pool. */
  unchosenPool?(options: Options): number | undefined
  /**
   * Returns options with which a plain HTTP/1.1 server on this machine can stand in for the target while burn warms up; undefined when these options
   * cannot be replaced. Left out by protocols that are not HTTP/1.1.
   */
  loopback?(options: Options): Options | undefined
  /** True when `open` does not connect: connecting is done by the first request, or before it by `connectAhead`. Left out when never true. */
  connectsAhead?(options: Options): boolean
  /** Loads what `open` and `send` need, so that no attempt waits for it. Called once before the load; does not use the network. */
  prepare?(options: Options): Promise<unknown>
  /**
   * Prepares a user's connection. A protocol that connects before it sends (WebSocket, MQTT) connects here and calls
   * `events.opened`; one that connects per request may do so in `send`, which then also calls `exchange.connected`. Rejects with
   * TargetError, after calling `events.openFailed`, when the target cannot be reached.
   */
  open(options: Options, context: OpenContext): Promise<Connection<Request>>
  /** Resolves with the target's health as a line for `burn ping`; left out where no standard exists. @throws TargetError */
  health?(options: Options, context: OpenContext): Promise<string>
}

/**
 * Ties something that can be closed, such as a connection, to `signal`: calls `end` when the signal aborts. If it has aborted already, calls `end`
 * at once and returns its result; otherwise returns undefined.
 */
export function endWith(signal: AbortSignal, end: () => unknown): unknown {
  if (signal.aborted) return end()
  signal.addEventListener('abort', () => void end(), { once: true })
  return undefined
}

/** Returns `connector` unchanged. Its only purpose is that the compiler checks the connector's types. */
export function defineConnector<Options, RequestStep, Request>(
  connector: Connector<Options, RequestStep, Request>,
): Connector<Options, RequestStep, Request> {
  return connector
}
