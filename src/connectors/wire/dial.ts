import { connect as connectAlone, isIP, type NetConnectOpts, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { now } from '../../clock.ts'
import { type FailurePhase, LocalError, type WireCauses } from '../../errors.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import { type DnsOptions, resolveHost } from './dns.ts'
import { classify, codeOf } from './failures.ts'
import { LocalSide } from './local/ends.ts'
import { type HttpProxy, proxyAddress } from './proxy.ts'
import { injectedFailure, type RelayedConnection, type WireRelay } from './relay.ts'
import { connectShared } from './socket-bytes.ts'
import { type TlsOptions, tlsConnectOptions } from './tls.ts'
import { openTunnel } from './tunnel.ts'

/** Where and how to open one connection to a target: host and port or a Unix socket, DNS and TLS. */
export interface DialPlan {
  /** Host name or IP address, without brackets. */
  readonly host: string
  readonly port: number
  readonly dns: DnsOptions
  /** The addresses of this machine to connect from, in turn; left out when the system chooses. */
  readonly localAddresses?: readonly string[] | undefined
  /** TLS settings from `prepareTls`; left out for a plain connection. */
  readonly tls?: ConnectionOptions | undefined
  /** Path of a Unix socket to connect to instead of host and port. */
  readonly unixSocket?: string | undefined
  /** The proxy to connect to in place of the host; left out when there is none. */
  readonly proxy?: DialProxy | undefined
  /** True when the receiver of a plain socket takes its bytes by `receiveBytes`; left out when it reads the socket as a stream. */
  readonly sharedReads?: boolean
  /** The relay of this process that leads the connection and can inject faults into it; left out when there is none. */
  readonly relay?: WireRelay | undefined
}

/** The proxy through which a connection to a host is made. */
interface DialProxy extends HttpProxy {
  /** True to ask the proxy for a tunnel to the host (CONNECT); false when each request carries the whole URL for the proxy. */
  readonly tunnel: boolean
}

/** The callbacks of a connection that is being opened. Exactly one of them is called, or none when the dialling was destroyed first. */
interface DialEvents {
  /** Called when connected. The receiver must add an `error` listener at once: the socket ignores no more than one error. */
  connected(socket: Socket, times: ConnectTimes): void
  failed(failure: Failure): void
}

/** Loads node:tls only when a connection needs it, because every command imports this file. */
const nodeTls = () => process.getBuiltinModule('node:tls')

const prepared = new WeakMap<TlsOptions, ConnectionOptions>()

/**
 * Returns the TLS settings of a `tls:` block, with its files read and certificates parsed. A block is read only once.
 * @throws LocalError when a file cannot be read or has the wrong content
 */
export function prepareTls(tls: TlsOptions, baseDir: string): ConnectionOptions {
  const known = prepared.get(tls)
  if (known) return known
  const options = tlsConnectOptions(tls, baseDir)
  try {
    const ready = { ...options, secureContext: nodeTls().createSecureContext(options) }
    prepared.set(tls, ready)
    return ready
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new LocalError(`tls: ${said}`, 'check that ca, cert and key are PEM files and that passphrase fits the key', {
      cause: error,
    })
  }
}

/** Begins to open a connection: DNS, socket and TLS, each timed. Returns an object that reports to `events` until its `destroy` is called. */
export function dial(plan: DialPlan, events: DialEvents): Dialling {
  const dialling = new Dialling(plan, events)
  dialling.start()
  return dialling
}

/** A connection that is being opened; `destroy` stops it. */
export class Dialling {
  private readonly plan: DialPlan
  private readonly events: DialEvents
  private readonly startedAt = now()
  private phase: FailurePhase = 'dns'
  private socket: Socket | undefined
  private over = false
  private readonly local: LocalSide | undefined
  /** The relayed connection of the last socket; undefined without a relay. */
  private way: RelayedConnection | undefined
  /** True when the relay has reached the target. */
  private isLed = false
  private dnsMs: number | null = null
  private dialledAt = Number.NaN
  private connectedAt = Number.NaN

  constructor(plan: DialPlan, events: DialEvents) {
    this.plan = plan
    this.events = events
    if (plan.localAddresses) this.local = new LocalSide(plan.localAddresses)
  }

  start(): void {
    const { unixSocket, dns } = this.plan
    if (unixSocket !== undefined) {
      this.connect([], { path: unixSocket })
      return
    }
    resolveHost(this.hop.host, dns, (error, addresses, fromCache) => {
      if (this.over) return
      if (!fromCache) this.dnsMs = now() - this.startedAt
      if (error) this.fail(error)
      else this.next(addresses)
    })
  }

  destroy(): void {
    this.over = true
    if (!this.isLed) this.way?.cancel()
    this.socket?.on('error', ignore).destroy()
  }

  private next(addresses: readonly string[]): void {
    const [host, ...rest] = addresses
    if (host === undefined) this.fail(Object.assign(new Error(`${this.hop.host} has no address`), { code: 'ENODATA' }))
    else this.connect(rest, { host, port: this.hop.port, noDelay: true })
  }

  private open(to: NetConnectOpts): Socket {
    return this.plan.sharedReads ? connectShared(to) : connectAlone(to)
  }

  private connect(rest: readonly string[], to: NetConnectOpts): void {
    this.phase = 'connect'
    if (Number.isNaN(this.dialledAt)) this.dialledAt = now()
    const { relay } = this.plan
    const end = this.local?.take(to)
    if (end instanceof Error) {
      setImmediate(() => this.missed(end, rest))
      return
    }
    const way = end ? { ...to, localAddress: end.localAddress, localPort: end.localPort } : to
    const socket = this.open(relay ? { host: relay.host, port: relay.port, noDelay: true } : way)
    this.socket = socket
    if (end) socket.once('close', () => end.release())
    const failed = (error: Error) => {
      if (end && !this.over && this.local?.mayRepeat(end, error)) this.connect(rest, to)
      else this.missed(error, rest)
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      if (relay) this.lead(relay, socket, way, failed)
      else this.reached(socket)
    })
  }

  private missed(error: Error, rest: readonly string[]): void {
    if (this.phase === 'connect' && rest.length > 0 && !this.over && worthAnother(error)) this.next(rest)
    else this.fail(error)
  }

  /** Lets the relay connect to the target. If the relay cannot reach the target, the connection fails with that error. */
  private lead(relay: WireRelay, socket: Socket, to: NetConnectOpts, failed: (error: Error) => void): void {
    // A relay that has no file descriptor left for the connection just closes it.
    const shed = () =>
      failed(Object.assign(new Error('too many open files for the relay of injected faults'), { code: 'EMFILE' }))
    socket.once('end', shed)
    const way = relay.lead(socket.localPort ?? 0, to, (error) => {
      socket.off('end', shed)
      if (this.over || this.socket !== socket) return
      if (error) {
        socket.off('error', failed).on('error', ignore).destroy()
        failed(error)
        return
      }
      this.isLed = true
      this.reached(socket)
    })
    this.way = way
  }

  /** The host and port that the socket connects to: those of the proxy if there is one, else those of the target. */
  private get hop(): { readonly host: string; readonly port: number } {
    return this.plan.proxy ?? this.plan
  }

  private reached(socket: Socket): void {
    const { host, port, proxy } = this.plan
    if (!proxy?.tunnel) {
      this.connected(socket)
      return
    }
    openTunnel(socket, `${isIP(host) === 6 ? `[${host}]` : host}:${port}`, proxy.authorization, (failure) => {
      if (this.over) return
      if (failure) this.refused(failure)
      else this.connected(socket)
    })
  }

  private connected(socket: Socket): void {
    this.connectedAt = now()
    if (this.plan.tls) this.secure(socket, this.plan.tls)
    else this.succeed(socket, null)
  }

  private secure(plain: Socket, settings: ConnectionOptions): void {
    this.phase = 'tls'
    const host = this.plan.host
    const name = settings.servername ?? host
    const secured = nodeTls().connect({
      ALPNProtocols: ['http/1.1'],
      ...settings,
      host,
      socket: plain,
      ...(isIP(name) ? {} : { servername: name }),
    })
    this.socket = secured
    below.set(secured, plain)
    secured.once('error', (error) => this.fail(error))
    secured.once('secureConnect', () => this.succeed(secured, now() - this.connectedAt))
  }

  private succeed(socket: Socket, tlsMs: number | null): void {
    if (this.over) return
    this.over = true
    if (this.way) ways.set(socket, this.way)
    this.events.connected(socket, { dnsMs: this.dnsMs, connectMs: this.connectedAt - this.dialledAt, tlsMs })
  }

  private fail(error: Error): void {
    if (this.over) return
    const failure = classify(error, this.phase)
    const { proxy } = this.plan
    const cause = this.way?.causeOf(false, Number.NaN)
    if (cause !== undefined) {
      this.refused(injectedFailure(failure, cause))
      return
    }
    const isOfProxy = proxy !== undefined && this.phase !== 'tls'
    this.refused(isOfProxy ? { ...failure, message: `proxy ${proxyAddress(proxy)}: ${failure.message}` } : failure)
  }

  private refused(failure: Failure): void {
    this.destroy()
    this.events.failed(failure)
  }
}

/** The relayed connection of each socket that leads through a relay. */
const ways = new WeakMap<Socket, RelayedConnection>()

/** Returns the faults that burn's relay injects into a connection that `dial` has opened; undefined for a connection without a relay. */
export function wireFaultsOf(socket: Socket): WireCauses | undefined {
  return ways.get(socket)
}

/** The TCP socket under each TLS socket, because only a TCP socket can be reset. */
const below = new WeakMap<Socket, Socket>()

/** Ends at once, with a TCP reset, a connection that `dial` has opened. A Unix socket has no reset and is just closed. */
export function resetSocket(socket: Socket): void {
  const plain = below.get(socket) ?? socket
  // Unix sockets have no remote address, and resetAndDestroy throws for them.
  if (plain.remoteAddress !== undefined) plain.resetAndDestroy()
  socket.destroy()
}

/** Ends a connection that `dial` has opened. `how` is `reset` for a TCP reset, which discards data in flight, or `close` for a FIN. */
export function endSocket(socket: Socket, how: 'reset' | 'close'): void {
  if (how === 'reset') resetSocket(socket)
  else socket.destroy()
}

/** True when the error says that this address refused at once, so that another address of the host may work. */
function worthAnother(error: Error): boolean {
  return ['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error) ?? '')
}

function ignore(): void {}
