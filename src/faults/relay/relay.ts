/** A TCP relay within this process, which applies faults to the bytes that pass. It does not interpret them, so TLS passes unchanged. */
import { createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { now } from '../../clock.ts'
import type { WireCauses } from '../../errors.ts'
import { createRandom } from '../../random.ts'
import { Passage } from './passage.ts'
import { type DrawnFault, drawFaults, isActive, isEnding, type WireFault } from './wire-fault.ts'

/** How many connections and bytes have passed a TCP relay so far, and on how many connections each of its faults has acted. */
export interface RelayCounts {
  /** Number of connections that came to the relay, including refused ones. */
  readonly connections: number
  /** Number of connections that are open now. */
  readonly open: number
  /** Number of connections whose target could not be reached, for reasons other than the relay's faults. */
  readonly unreached: number
  /** Number of bytes passed on from clients to the target; `bytesDown` is the number from the target to clients. */
  readonly bytesUp: number
  readonly bytesDown: number
  /** For each fault, in the order of the list: the number of connections for which it was drawn, and of those on which it changed something. */
  readonly faults: readonly { readonly drawn: number; readonly acted: number }[]
  /**
   * For each kind of fault: the number of connections for which it was drawn, and of those on which it acted. A connection for which two faults of a
   * kind were drawn counts once.
   */
  readonly kinds: ReadonlyMap<string, { readonly drawn: number; readonly acted: number }>
}

/** Where a relay listens, where it leads connections, and which faults it injects. */
interface RelayOptions {
  readonly faults: readonly WireFault[]
  /** The seed for everything that the relay draws at random. */
  readonly seed: string | number
  /** The address to listen on; port 0 picks a free one. */
  readonly host: string
  readonly port: number
  /** The address to which all connections go; left out when `lead` gives it for each connection. */
  readonly to?: NetConnectOpts
}

/** Called with the outcome of a connection through the relay: without an error when it reached its target, else with the reason. */
type Led = (error?: Error) => void

/** A connection of this process that is led through a relay. */
interface LedConnection extends WireCauses {
  /** Gives up the connection before it has reached its target. */
  cancel(): void
}

/** A TCP relay that listens in this process: it connects each client to the target, and applies faults to the bytes that pass. */
export class Relay {
  private readonly options: RelayOptions
  private readonly server: Server
  private readonly passages = new Set<Passage>()
  /**
   * Accepted sockets whose target is not known yet, by the client's port. `expected` holds the connections that `lead` has announced and that are not
   * accepted yet.
   */
  private readonly accepted = new Map<number, Socket>()
  private readonly expected = new Map<number, (client: Socket) => void>()
  private readonly perFault: { drawn: number; acted: number }[]
  private readonly perKind: ReadonlyMap<string, { drawn: number; acted: number }>
  private connections = 0
  private unreached = 0
  private readonly bytes = { up: 0, down: 0 }
  private startedAt = Number.NaN

  private constructor(options: RelayOptions) {
    this.options = options
    this.perFault = options.faults.map(() => ({ drawn: 0, acted: 0 }))
    this.perKind = new Map(options.faults.map(({ kind }) => [kind, { drawn: 0, acted: 0 }]))
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => this.accept(client))
  }

  /** Starts a relay. No fault acts before `start` is called. Rejects when the relay cannot listen at this address. */
  static listen(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options)
    const { host, port } = options
    return new Promise((resolve, reject) => {
      relay.server.once('error', reject).listen({ host, port, backlog: 4096 }, () => {
        // A connection that cannot be accepted is handled by the side that made it.
        relay.server.off('error', reject).on('error', ignore)
        resolve(relay)
      })
    })
  }

  /** The address that the relay listens on. */
  get host(): string {
    return this.options.host
  }

  /** The port that the relay listens on. */
  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Begins the time in which faults act: their `fromMs` and `untilMs` count from now. */
  start(): void {
    this.startedAt = now()
  }

  /** Ends the time in which faults act; connections go on. */
  stop(): void {
    this.startedAt = Number.NaN
  }

  /**
   * Leads the connection that reaches the relay from the local port `from` to `to`. Calls `led` with the outcome: an injected refusal is an error
   * with the code ECONNREFUSED; a target that cannot be reached gives the system's error. `whose` differs for each connection and seeds its random
   * numbers, so that they do not depend on the order of connections.
   */
  lead(from: number, to: NetConnectOpts, led: Led, whose?: string): LedConnection {
    const acted = new Set<string>()
    let passage: Passage | undefined
    const begin = (client: Socket) => {
      passage = this.carry(client, to, led, acted, whose)
    }
    const client = this.accepted.get(from)
    this.accepted.delete(from)
    if (client) begin(client.off('data', drop).off('end', drop).pause())
    else this.expected.set(from, begin)
    return {
      acted,
      since: (at) => passage?.since(at) ?? [...acted].join('+'),
      causeOf: (isTimeOut, sentAt) => this.endingOf(acted) ?? passage?.causeOf(isTimeOut, sentAt),
      cancel: () => {
        this.expected.delete(from)
        passage?.close()
      },
    }
  }

  /** Returns the counts of connections, bytes and faults so far. */
  counts(): RelayCounts {
    const { connections, unreached, bytes, perFault, perKind: kinds, passages } = this
    const faults = perFault.map((one) => ({ ...one }))
    return { connections, open: passages.size, unreached, bytesUp: bytes.up, bytesDown: bytes.down, faults, kinds }
  }

  /** Closes all connections and stops listening. */
  close(): Promise<void> {
    for (const client of this.accepted.values()) client.destroy()
    for (const passage of this.passages) passage.close()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  private accept(client: Socket): void {
    const { to } = this.options
    const from = client.remotePort ?? 0
    const begin = this.expected.get(from)
    this.expected.delete(from)
    client.on('error', ignore)
    if (to) this.carry(client, to, ignore, new Set())
    else if (begin) begin(client)
    else this.hold(from, client)
  }

  /**
   * Keeps a client's socket until `lead` says where it goes. A client that sends bytes or leaves before that is dropped, because burn's own
   * connections wait.
   */
  private hold(from: number, client: Socket): void {
    this.accepted.set(from, client)
    client.once('data', drop).once('end', drop).resume()
    client.once('close', () => {
      if (this.accepted.get(from) === client) this.accepted.delete(from)
    })
  }

  private carry(client: Socket, to: NetConnectOpts, led: Led, acted: Set<string>, whose?: string): Passage | undefined {
    const of = whose ?? this.connections
    this.connections += 1
    const { seed } = this.options
    const faults = drawFaults(this.options.faults, createRandom(seed, 'wire', of))
    const kinds = new Set<string>()
    for (const drawn of faults) this.count(drawn, 'drawn', kinds)
    const note = (drawn: DrawnFault) => this.count(drawn, 'acted', acted)
    const refusal = faults.find(({ fault }) => fault.refuses && isActive(fault, now() - this.startedAt))
    if (refusal) {
      note(refusal)
      client.resetAndDestroy()
      queueMicrotask(() => led(Object.assign(new Error('refused by an injected fault'), { code: 'ECONNREFUSED' })))
      return undefined
    }
    const passage: Passage = new Passage({
      client,
      to,
      faults,
      seed,
      of,
      startedAt: () => this.startedAt,
      events: {
        reached: (error) => {
          if (error) this.unreached += 1
          led(error)
          if (error) passage.reset()
        },
        acted: note,
        passed: (way, bytes) => {
          this.bytes[way] += bytes
        },
        closed: () => this.passages.delete(passage),
      },
    })
    this.passages.add(passage)
    return passage
  }

  /** Returns the kind of the fault that ended a connection, given the kinds that have acted on it; undefined when none of them ends connections. */
  private endingOf(acted: ReadonlySet<string>): string | undefined {
    return acted.size === 0 ? undefined : this.options.faults.find((fault) => isEnding(fault) && acted.has(fault.kind))?.kind
  }

  /** Counts a fault that was drawn, or has acted, on a connection. `kinds` holds the kinds that were counted for this connection before. */
  private count({ index, fault: { kind } }: DrawnFault, what: 'drawn' | 'acted', kinds: Set<string>): void {
    const ofFault = this.perFault[index]
    if (ofFault) ofFault[what] += 1
    const ofKind = kinds.has(kind) ? undefined : this.perKind.get(kind)
    if (ofKind) ofKind[what] += 1
    kinds.add(kind)
  }
}

function drop(this: Socket): void {
  this.destroy()
}

function ignore(): void {}
