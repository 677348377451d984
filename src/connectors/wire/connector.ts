/** What every protocol offers. A connector opens connections and names events; it never reads the clock, counts, formats, retries or knows a dialect. */
import type * as z from 'zod'
import type { ConnectTimes, Exchange } from '../../exchange.ts'
import type { TlsOptions } from './tls.ts'

/** Keeps the cookies of a user, whatever address sets or needs them. */
export interface CookieKeeper {
  /** The `Cookie` header for a request to `url`, those included that the request brings itself; empty when there is none. */
  header(own: string | undefined, url: string): string
  /** The reply from `url` came with these `Set-Cookie` headers, each a whole one. */
  store(setCookies: readonly string[], url: string): void
}

/** What every target has, whatever its protocol; templates already rendered. */
export interface TargetAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly tls: TlsOptions
  /** Left out when nobody keeps cookies. */
  readonly cookies?: CookieKeeper
}

/** What a connection tells while it lives, beside the exchanges that it carries. */
export interface ConnectionEvents {
  /** While `open` runs: the socket stands, and the protocol's own handshake waits for its answer. */
  standing?(): void
  opened(times: ConnectTimes): void
  /** A connection could not be made. */
  openFailed(failureClass: string): void
  /** The peer or the network ended it, and `inFlight` exchanges with it; not called for our own close. */
  lost(failureClass: string, inFlight: number): void
  /** A lost connection was made again after `downMs`. */
  reconnected(downMs: number): void
  closed(): void
  /** The server takes no more requests on a connection; what is in flight may finish (HTTP/2 GOAWAY). `lost` or `closed` follows. */
  goaway?(): void
}

/** What `open` gets beside the options. */
export interface OpenContext {
  readonly address: TargetAddress
  /** Aborted when this user is over, or when `open` took longer than the connect deadline: stop connecting and free the socket. */
  readonly signal: AbortSignal
  readonly events: ConnectionEvents
  /** Folder of the scenario file: relative paths (proto files, certificates) start here. */
  readonly baseDir: string
  /** Number of this user in the run, from 0, unique over all shards. */
  readonly userId: number
  /** Seed of the run, for what a connector draws. */
  readonly seed: string | number
}

/** One user's line to the target. One exchange at a time unless the protocol says otherwise. */
export interface Connection<Request> {
  /** Starts one attempt. All that follows is told to the exchange; it never throws for the target's faults. */
  send(request: Request, exchange: Exchange): void
  /** The exchange was cut, or its deadline passed: free its socket or stream at once. */
  cancel(exchange: Exchange): void
  /** Ends the connection for good. Never reconnects, leaves no handle. */
  close(): Promise<void> | void
  /** True when the connection is gone for good: the next attempt opens a new one. Left out by those that connect again by themselves. */
  readonly gone?: boolean
  /** True when it tells `openFailed` by itself for a connection that took too long: one that several users wait for is one. */
  readonly watchesConnecting?: boolean
  /** Messages that came after a reply was complete and before the next request, where a protocol has such; what `burn ping` tells. */
  readonly strayMessages?: number
}

/** What an address of a scheme means. */
export interface Scheme {
  /** The port of an address that names none. */
  readonly port?: number
  /** Variables of the environment that name a proxy for it, beside `all_proxy`; curl and most libraries read them so. */
  readonly proxies?: readonly string[]
}

/** Where on a server requests go, for a protocol that names it outside of the request: the path of its addresses is this place. */
export interface AddressPlace {
  /** Keys of the protocol's block that name it, all of them needed. */
  readonly keys: readonly string[]
  /** What a path names, as values of those keys; undefined when it names no place. */
  ofPath(path: string): Readonly<Record<string, string | undefined>> | undefined
  /** The part of a request that may name it itself; undefined when this request needs no place. */
  own(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined
  /** That there is none, and what to write. */
  readonly message: string
  readonly hint: string
  /** What is wrong with the path of an address. */
  pathFault?(path: string): string | undefined
  /** What `mock:` alone stands for: a preset, unless the block has one of these keys. */
  readonly mock?: { readonly preset: string; readonly unless: readonly string[] }
}

/** Something in a request that the target does not take: the place that it goes to, or its body. */
export interface Misfit {
  readonly of: 'place' | 'body'
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Whether the key is wrong, not its value. */
  readonly isKey?: boolean
  readonly hint?: string
}

/** Judges requests before anything is sent; templates in them are not filled in yet. */
export interface RequestChecks {
  /** A `request:` step. */
  ofStep(request: Readonly<Record<string, unknown>>): readonly Misfit[]
  /** The body of a `message` step. */
  ofMessage(body: unknown): readonly Misfit[]
}

/** What a run without a scenario file sends. */
export interface RequestSample {
  readonly step: Readonly<Record<string, unknown>>
  /** Where it goes when no address is given. */
  readonly url?: string
  /** Keys of the target that the address stands for. */
  target?(address: string): Readonly<Record<string, unknown>>
}

/** What the command line says of one request: the text of `--data`, `--method`, and whether a header gives the content type. */
export interface RequestFlags {
  readonly data: string | undefined
  readonly method: string | undefined
  readonly typed: boolean
}

/**
 * One protocol. `options` is its block in a target (`http: {…}`), `request` its form of the `request:` step; both are assembled
 * into the scenario schema by `connectors/index.ts`.
 */
export interface Connector<Options = unknown, RequestStep = unknown, Request = unknown> {
  readonly protocol: string
  /** URL schemes that imply this protocol, such as `ws:`; the first one is for addresses without a scheme. */
  readonly schemes: Readonly<Record<string, Scheme>>
  /** Schemes of other protocols that its addresses may have too: then their path belongs to what carries it. */
  readonly over?: readonly string[]
  /** Schemes that other clients of this protocol have, and what they are here. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Its connections outlast an exchange by design, so that how they fare is part of every summary. */
  readonly lasting?: true
  /** Its replies are messages without a head. */
  readonly messages?: true
  readonly options: z.ZodType<Options>
  readonly request: z.ZodType<RequestStep>
  /** Makes the wire request of a `message` step from the dialect's body. */
  fromMessage(body: unknown, address: TargetAddress, options: Options): Request
  /** Makes the wire request of a `request` step; templates already rendered. */
  fromStep(step: RequestStep, address: TargetAddress, options: Options): Request
  /** Left out by protocols whose requests say themselves where they go. */
  readonly place?: AddressPlace
  /** Headers that ask for a reply in one piece (`stream: false`); those of the scenario take their place. */
  readonly whole?: Readonly<Record<string, string>>
  /** Why it has no replies in one piece, and what to do instead. */
  readonly neverWhole?: { readonly message: string; readonly hint: string }
  /**
   * What speaks against requests, by descriptions of the target that are at hand, such as proto files; `path` is that of the address.
   * @throws LocalError when one of its files cannot be used
   */
  checks?(options: Options, path: string, baseDir: string): RequestChecks
  /** Paths in its options that name files, or folders. */
  readonly files?: readonly { readonly path: readonly string[]; readonly kind: 'file' | 'folder' }[]
  /** Secrets in its options; they are never written out. */
  secrets?(options: Options): readonly string[]
  /** What a run without a scenario file sends; left out: a chat message. */
  readonly sample?: RequestSample
  /** Its requests have a method such as POST, so that `--method` means something. */
  readonly methods?: true
  /** The `request:` step of `--data` and `--method`; left out when it is not known what carries a text. @throws UsageError */
  requestOf?(flags: RequestFlags): Readonly<Record<string, unknown>>
  /** Why a header of the target could never be sent, if so; left out by protocols that take any. Its value may be a secret: the text must not show it. */
  headerFault?(name: string, value: string, options: Options, url: string): string | undefined
  /** What a user's client calls itself on the wire, where the protocol has such a name. */
  clientId?(options: Options, userId: number): string
  /** How many connections so many users have open at a time, at most; left out: one each. */
  sockets?(options: Options, users: number): number
  /** Size of a pool that users share and that nobody chose (`maxConnections` would), where there is one. */
  unchosenPool?(options: Options): number | undefined
  /** Loads what `open` and `send` need, so that the first attempt does not wait for it. Called once before the load; no network. */
  prepare?(options: Options): Promise<unknown>
  /**
   * Prepares a user's connection. A protocol whose connection comes before its messages (WebSocket, MQTT) connects here, and tells
   * `events.opened`; one that connects per request may leave it to `send`, which then also calls `exchange.connected`.
   * Rejects with TargetError when the target cannot be reached; calls `events.openFailed` before.
   */
  open(options: Options, context: OpenContext): Promise<Connection<Request>>
  /** Asks the target how it is, over a connection of its own, where the protocol has a standard for it: one line for `burn ping`. Rejects with TargetError. */
  health?(options: Options, context: OpenContext): Promise<string>
}

/** Ends something with its user: at once when the user has gone already. */
export function endWith(signal: AbortSignal, end: () => unknown): unknown {
  if (signal.aborted) return end()
  signal.addEventListener('abort', () => void end(), { once: true })
  return undefined
}

/** Keeps the three types of a connector together; the registry forgets them. */
export function defineConnector<Options, RequestStep, Request>(
  connector: Connector<Options, RequestStep, Request>,
): Connector<Options, RequestStep, Request> {
  return connector
}
