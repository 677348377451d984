import { LocalError, TargetError } from '../../errors.ts'
import type { ConnectTimes, Exchange, Failure } from '../../exchange.ts'
import { Backoff } from '../wire/backoff.ts'
import type { Connection, ConnectionEvents, TargetAddress } from '../wire/connector.ts'
import { failureOf, ReconnectingConnection, type ReconnectingOwner, type ReconnectRule } from '../wire/reconnecting.ts'
import { givenUp, isFarewell, MEETING_MS } from './failures.ts'
import { Handshake, type HandshakeSettings, type Upgraded } from './handshake.ts'
import { namesOf } from './options/correlation.ts'
import { encode, frameBytes, type WebSocketRequest } from './options/request.ts'
import { type Matching, Replies } from './replies.ts'
import { upgradeOf } from './upgrade.ts'
import { Wire } from './wire.ts'

/** Longest duration of one try to reconnect in ms when `reconnect.timeout` is not set. */
const DEFAULT_TRY_MS = 10_000

/** The settings for the WebSocket connections of one user; they are the same for the whole run. */
export interface WebSocketSettings extends HandshakeSettings {
  readonly events: ConnectionEvents
  readonly userId: number
  readonly seed: string | number
  readonly matching: Matching
  /** What is known about the target, for all users. `closes`: it has closed a connection in good order after a request. */
  readonly habits: { closes: boolean }
}

interface WaitingExchange {
  readonly request: WebSocketRequest
  readonly exchange: Exchange
}

const LEFT_OVER: Failure = {
  class: 'closed_early',
  phase: 'stream',
  message: 'the connection was given up: an earlier reply was not complete, and the rest of it could be taken for this one',
}

/** Longest time in ms for a close frame to follow the reply it belongs to. */
const SOON_MS = 5

const LEFT: Failure = {
  class: 'closed_early',
  phase: 'stream',
  message: 'the scenario closed the connection before the reply was complete',
}

/** The WebSocket connection of one user. When it is lost, it is opened again: at once if the option `reconnect` is set, else when a request needs it. */
export class WebSocketConnection implements Connection<WebSocketRequest>, ReconnectingOwner<Wire> {
  private readonly link: ReconnectingConnection<Wire>
  private readonly replies: Replies
  private readonly settings: WebSocketSettings
  /** The address to connect to; its credentials may change between requests. */
  private address: TargetAddress
  /** Path of names at which a sent frame carries its id, by `reply.match`; empty when frames carry none. */
  private readonly idAt: readonly string[]
  private readonly waiting: WaitingExchange[] = []
  private settleOpen: ((problem?: Failure | LocalError) => void) | undefined
  private framesSent = 0
  /** True when a connection was made before. */
  private wasOpen = false

  constructor(address: TargetAddress, settings: WebSocketSettings) {
    const rule = settings.options.reply?.match
    this.address = address
    this.settings = settings
    this.link = new ReconnectingConnection(reconnecting(settings), this)
    this.replies = new Replies(settings.matching)
    this.idAt = typeof rule === 'object' ? namesOf(rule.correlate.send) : []
  }

  /** Makes the first connection. Rejects with TargetError or LocalError. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settleOpen = (problem) => {
        this.settleOpen = undefined
        if (problem === undefined) resolve()
        else reject(problem instanceof LocalError ? problem : new TargetError(problem.class, problem.phase, problem.message))
      }
      if (this.link.closed) this.settleOpen(ABORTED)
      else this.link.want()
    })
  }

  send(request: WebSocketRequest, exchange: Exchange): void {
    const { link } = this
    if (link.closed) exchange.cancel()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else if (request.leave) void this.leave(request.leave === 'abrupt', exchange)
    else if (link.current && this.mayBeClosing(link.current)) afterReading(() => this.begin({ request, exchange }))
    else this.begin({ request, exchange })
  }

  /** True when a close frame may follow the reply that just came; sending at once would miss it. */
  private mayBeClosing(wire: Wire): boolean {
    return wire.quietMs < SOON_MS && (this.settings.habits.closes || wire.carried === 1)
  }

  private begin(waiting: WaitingExchange): void {
    const { link } = this
    if (waiting.exchange.settled) return
    if (link.closed) {
      waiting.exchange.cancel()
      return
    }
    this.address = waiting.request.address
    this.leaveUnusable()
    if (link.current) this.carry(link.current, waiting)
    else {
      this.waiting.push(waiting)
      link.want()
    }
  }

  cancel(exchange: Exchange): void {
    const at = this.waiting.findIndex((waiting) => waiting.exchange === exchange)
    if (at >= 0) this.waiting.splice(at, 1)
    if (at >= 0 && this.waiting.length === 0) this.link.unwant(exchange.outcome !== 'cut')
    if (this.replies.forget(exchange)) this.dropConnection()
  }

  close(): Promise<void> {
    const closed = this.link.close()
    this.cutAll()
    return closed
  }

  /** Closes at once, without the closing handshakes of `close`. */
  abort(): void {
    const failure = this.link.abort()
    this.settleOpen?.(failure ?? ABORTED)
    this.cutAll()
  }

  connect(): Handshake {
    const { settings } = this
    return new Handshake(upgradeOf(this.address, settings.options), settings, {
      standing: () => {
        settings.events.standing?.()
        for (const { exchange } of this.waiting) exchange.startHandshake()
      },
      opened: (upgraded) => this.link.opened(this.wire(upgraded), upgraded.times),
      failed: (failure) => this.link.failed(failure),
    })
  }

  private wire(upgraded: Upgraded): Wire {
    const { options } = this.settings
    const wire: Wire = new Wire(upgraded, options, {
      message: (bytes, at) => {
        if (this.link.current === wire) this.message(wire, bytes, at)
      },
      lost: (failure, code) => this.link.lost(wire, failure, code !== undefined && options.expectClose.includes(code)),
    })
    return wire
  }

  opened(wire: Wire, times: ConnectTimes): void {
    if (this.wasOpen) for (const message of this.settings.options.resubscribe) wire.send(frameBytes(message), false)
    this.wasOpen = true
    this.replies.restart()
    this.settleOpen?.()
    const waiting = this.waiting.splice(0)
    // the connect times belong to the exchange that waited longest
    waiting[0]?.exchange.connected(times)
    for (const one of waiting) this.carry(wire, one)
  }

  private message(wire: Wire, bytes: Buffer, at: number): void {
    const answer = this.replies.take(bytes, at)
    if (answer && wire.usable) wire.send(answer, false)
  }

  get strayMessages(): number {
    return this.replies.stray
  }

  get inFlight(): number {
    return this.replies.inFlight
  }

  lost(failure: Failure, expected: boolean, wire: Wire): void {
    if (wire.carried > 0 && isFarewell(failure)) this.settings.habits.closes = true
    this.replies.lose(failure, expected)
  }

  failed(problem: Failure | LocalError): void {
    const failure = failureOf(problem)
    this.settleOpen?.(problem)
    for (const { exchange } of this.waiting.splice(0)) exchange.fail(failure.class, failure.phase, failure.message, failure.code)
  }

  /** Closes the connection because the scenario says so; open requests fail. */
  private async leave(abrupt: boolean, exchange: Exchange): Promise<void> {
    exchange.sent(0)
    const gone = this.link.leave(abrupt ? 'reset' : 'close')
    this.replies.failAll(LEFT)
    await gone
    exchange.finish()
  }

  private carry(wire: Wire, { request, exchange }: WaitingExchange): void {
    if (exchange.settled) return
    const { completion, binary } = request
    this.framesSent += 1
    const { bytes, id } = encode(request.content, this.idAt, `${this.settings.userId}-${this.framesSent}`)
    exchange.carried(wire.carried > 0)
    const soon = exchange.reused && wire.quietMs < MEETING_MS
    wire.carried += 1
    // Stamped before the frame is handed over: the peer may get it before `send` returns, and the callback may come after its
    // reply.
    exchange.sent(bytes.byteLength)
    this.replies.settleUp(exchange, completion)
    if (completion.kind === 'none') {
      // Done only when the frame has left the process: a peer that does not read slows the sender instead of filling its memory.
      wire.send(bytes, binary, (error) => flushed(exchange, error))
      return
    }
    this.replies.start(exchange, completion, request.uncorrelated ? undefined : id, soon)
    wire.send(bytes, binary)
  }

  /** Leaves a connection that is closing, where frames are lost, or that still owes the rest of an earlier reply. */
  private leaveUnusable(): void {
    if (this.replies.tainted) this.dropConnection()
    else if (this.link.current?.usable === false) {
      this.link.release()?.stopPinging()
      this.replies.failAll(LEFT_OVER)
    }
  }

  private dropConnection(): void {
    void this.link.leave('drop')
    this.replies.failAll(LEFT_OVER)
  }

  private cutAll(): void {
    for (const { exchange } of this.waiting.splice(0)) exchange.cancel()
    this.replies.endAll((exchange) => exchange.cancel())
    this.settleOpen?.(ABORTED)
  }
}

function reconnecting({ options: { reconnect }, events, userId, seed }: WebSocketSettings): ReconnectRule {
  const tryMs = reconnect?.timeout ?? DEFAULT_TRY_MS
  return {
    events,
    backoff: reconnect && new Backoff(reconnect, 'websocket reconnect', { userId, seed }),
    tryMs,
    lateMessage: `reconnecting took longer than ${tryMs} ms`,
    countsLater: true,
  }
}

/** Calls `then` after two turns of the event loop: by then, everything that the socket has received is read. */
function afterReading(then: () => void): void {
  setImmediate(() => setImmediate(then))
}

const ABORTED = givenUp('given up before the connection was made')

function flushed(exchange: Exchange, error: Error | null | undefined): void {
  if (error) exchange.fail('reset', 'send', error.message)
  else exchange.finish()
}
