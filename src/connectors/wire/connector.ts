/**
 * The interface of connectors, one for each protocol. They open connections and report events; they never read the clock, count
 * or retry.
 */
import type * as z from 'zod'
import type { Failure, FailureKind } from '../../errors.ts'
import type { ConnectTimes, Exchange } from '../../exchange.ts'
import type { TlsOptions } from './tls.ts'

/** Stores the cookies of one user and returns those to send, for all addresses. */
export interface CookieKeeper {
  /** The `Cookie` header for a request to `url`, with the request's own cookies (`own`) added; empty when there are none. */
  header(own: string | undefined, url: string): string
  /** Stores the `Set-Cookie` headers of a reply from `url`, one cookie in each. */
  store(setCookies: readonly string[], url: string): void
}

/** Where a target is: URL, headers, query, TLS settings and cookies, with templates rendered. The same for all protocols. */
export interface TargetAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly tls: TlsOptions
  /** Left out when the user keeps no cookies. */
  readonly cookies?: CookieKeeper
}

/** The callbacks about a user's connections: opened, failed to open, lost, reconnected. */
export interface ConnectionEvents {
  /** Called during `open` when the socket is connected and the protocol's own handshake waits for its reply. */
  standing?(): void
  /** Called when a connection was made. */
  opened(times: ConnectTimes): void
  /** Called when a connection could not be made. */
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

/** The arguments of a connector's `open` besides the options of the target: address, abort signal, callbacks, user and seed. */
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
}

/** One user's connection to the target. It carries one exchange at a time, unless the protocol allows several. */
export interface Connection<Request> {
  /** Starts one attempt. Everything that follows is reported to the exchange; faults of the target are never thrown. */
  send(request: Request, exchange: Exchange): void
  /** Called when the exchange was cut or its deadline passed: frees its socket or stream at once. */
  cancel(exchange: Exchange): void
  /** Closes the connection for good: it does not reconnect and keeps no socket or timer. */
  close(): Promise<void> | void
  /** True when the connection is lost for good, so that the next attempt opens a new one. Left out when it reconnects by itself. */
  readonly gone?: boolean
  /** True when the connection reports `openFailed` itself when connecting takes too long, as one that several users wait for does. */
  readonly watchesConnecting?: boolean
  /** Number of messages between a complete reply and the next request, for `burn ping`. Left out by protocols without messages. */
  readonly strayMessages?: number
}

/** The default port and proxy variables of a URL scheme. */
export interface Scheme {
  /** The port of addresses that name none. */
  readonly port?: number
  /** Environment variables that name a proxy for the scheme, beside `all_proxy`, as curl and most libraries read them. */
  readonly proxies?: readonly string[]
}

/** What the path of an address must name for this protocol: the topic of MQTT, the method of gRPC. */
export interface AddressPlace {
  /** Keys of the protocol's block that name the place; all of them are needed. */
  readonly keys: readonly string[]
  /** The values of those keys that a path stands for; undefined when it names no place. */
  ofPath(path: string): Readonly<Record<string, string | undefined>> | undefined
  /** The part of a request that may name the place itself; undefined when the request needs no place. */
  own(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined
  /** The message when no place is named, and what to write. */
  readonly message: string
  readonly hint: string
  /** Why the path of an address cannot be a place; undefined when it can. */
  pathProblem?(path: string): string | undefined
  /** The preset that the address `mock:` stands for, unless the block has one of these keys. */
  readonly mock?: { readonly preset: string; readonly unless: readonly string[] }
}

/** A part of a request that the target would reject: in its place (a topic, a method) or in its body. */
export interface Misfit {
  readonly of: 'place' | 'body'
  readonly path: readonly (string | number)[]
  readonly message: string
  /** True when the key is wrong rather than its value. */
  readonly isKey?: boolean
  readonly hint?: string
}

/** Finds parts of requests that the target would reject, before anything is sent and before templates are rendered. */
export interface RequestChecks {
  /** The misfits in a `request:` step. */
  ofStep(request: Readonly<Record<string, unknown>>): readonly Misfit[]
  /** The misfits in the body of a `message` step. */
  ofMessage(body: unknown): readonly Misfit[]
}

/** The `request:` step that a run without a scenario file sends. */
interface RequestSample {
  readonly step: Readonly<Record<string, unknown>>
  /** The address when the command line gives none. */
  readonly url?: string
  /** The keys of the target that an address stands for. */
  target?(address: string): Readonly<Record<string, unknown>>
}

/** The request flags of the command line: `--data`, `--method`, and `typed`: whether a header sets the content type. */
export interface RequestFlags {
  readonly data: string | undefined
  readonly method: string | undefined
  readonly typed: boolean
}

/**
 * One protocol, such as http. `options` is the schema of its block in a target (`http: {…}`), `request` that of its `request:`
 * step; `connectors/index.ts` puts both into the schema of scenarios.
 */
export interface Connector<Options = unknown, RequestStep = unknown, Request = unknown> {
  readonly protocol: string
  /** URL schemes that mean this protocol, such as `ws:`; the first one is for addresses without a scheme. */
  readonly schemes: Readonly<Record<string, Scheme>>
  /** Schemes of protocols that can carry this one (MQTT over `ws:`); the path of such an address belongs to the carrier. */
  readonly over?: readonly string[]
  /** Schemes that other clients of this protocol use, with the scheme that burn uses instead. */
  readonly aliases?: Readonly<Record<string, string>>
  /** What its own failure classes mean; left out by protocols that have only classes that all share. */
  kindsOf?(failure: Failure): readonly FailureKind[]
  /** True when connections outlast an exchange by design; the summary then always reports on them. */
  readonly lasting?: true
  /** True when replies are messages, without status and headers. */
  readonly messages?: true
  readonly options: z.ZodType<Options>
  readonly request: z.ZodType<RequestStep>
  /** Makes the request of a `message` step from the dialect's body. */
  fromMessage(body: unknown, address: TargetAddress, options: Options): Request
  /** Makes the request of a `request` step, whose templates are rendered. */
  fromStep(step: RequestStep, address: TargetAddress, options: Options): Request
  /** Left out by protocols whose requests name their place themselves. */
  readonly place?: AddressPlace
  /** Headers that ask for a reply in one piece (`stream: false`); headers in the scenario replace them. */
  readonly whole?: Readonly<Record<string, string>>
  /** Why this protocol has no replies in one piece, and what to do instead. */
  readonly neverWhole?: { readonly message: string; readonly hint: string }
  /**
   * Checks of requests against descriptions of the target, such as proto files; `path` is that of the address.
   * @throws LocalError when one of its files cannot be used
   */
  checks?(options: Options, path: string, baseDir: string): RequestChecks
  /** Paths in the options that lead to names of files or folders. */
  readonly files?: readonly { readonly path: readonly string[]; readonly kind: 'file' | 'folder' }[]
  /** Secrets in the options; they are never printed or stored. */
  secrets?(options: Options): readonly string[]
  /** The request of a run without a scenario file; without it, a chat message is sent. */
  readonly sample?: RequestSample
  /** True when requests have a method such as POST, so that `--method` applies. */
  readonly methods?: true
  /** The `request:` step for `--data` and `--method`; left out when a text cannot be sent. @throws UsageError */
  requestOf?(flags: RequestFlags): Readonly<Record<string, unknown>>
  /** Why a header of the target can never be sent; undefined when it can. The text must not show its value, which may be secret. */
  headerProblem?(name: string, value: string, options: Options, url: string): string | undefined
  /** The client id of a user, in protocols that have one. */
  clientId?(options: Options, userId: number): string
  /** The largest number of connections that `users` users have open at a time; without it, one each. */
  sockets?(options: Options, users: number): number
  /** Size of the shared connection pool when the scenario leaves it to burn; undefined when it does not, or without a pool. */
  unchosenPool?(options: Options): number | undefined
  /** Loads what `open` and `send` need, so that no attempt waits for it. Called once before the load; does not use the network. */
  prepare?(options: Options): Promise<unknown>
  /**
   * Prepares a user's connection. A protocol that connects before it sends (WebSocket, MQTT) connects here and calls
   * `events.opened`; one that connects per request may do so in `send`, which then also calls `exchange.connected`. Rejects with
   * TargetError, after calling `events.openFailed`, when the target cannot be reached.
   */
  open(options: Options, context: OpenContext): Promise<Connection<Request>>
  /** Asks the target for its health, where the protocol has a standard for it: a line for `burn ping`. Rejects with TargetError. */
  health?(options: Options, context: OpenContext): Promise<string>
}

/** Calls `end` when `signal` aborts. When it has aborted already, calls `end` at once and returns the result. */
export function endWith(signal: AbortSignal, end: () => unknown): unknown {
  if (signal.aborted) return end()
  signal.addEventListener('abort', () => void end(), { once: true })
  return undefined
}

/** Returns `connector` unchanged; declares a connector so that the compiler checks that its types match. */
export function defineConnector<Options, RequestStep, Request>(
  connector: Connector<Options, RequestStep, Request>,
): Connector<Options, RequestStep, Request> {
  return connector
}
