import { LocalError, TargetError } from '../../errors.ts'
import type { ConnectTimes, Exchange, Failure } from '../../exchange.ts'
import { afterPoll } from '../wire/after-poll.ts'
import type { Connection, ConnectionEvents, TargetAddress } from '../wire/connector.ts'
import { Backoff } from '../wire/lasting/backoff.ts'
import { failureOf, ReconnectingConnection, type ReconnectingOwner, type ReconnectRule } from '../wire/lasting/reconnecting.ts'
import { givenUp, MEETING_MS } from './failures.ts'
import { Handshake, type HandshakeSettings, type Upgraded } from './handshake.ts'
import { namesOf } from './options/correlation.ts'
import { encode, frameBytes, type WebSocketRequest } from './options/request.ts'
import { fail, type Matching, Replies } from './replies.ts'
import { upgradeOf } from './upgrade.ts'
import { Wire } from './wire.ts'

/** Longest duration of one try to reconnect in ms when `reconnect.timeout` is not set. */
const DEFAULT_TRY_MS = 10_000

/** The settings for the WebSocket connections of one user, which stay the same for the whole run. */
export interface WebSocketSettings extends HandshakeSettings {
  readonly events: ConnectionEvents
  readonly userId: number
  readonly seed: string | number
  readonly matching: Matching
}

interface WaitingExchange {
  readonly request: WebSocketRequest
  readonly exchange: Exchange
  /** True when the current connection was made for this exchange. The exchange then fails if the connection is lost at once. */
  awaited: boolean
}

const LEFT_OVER: Failure = {
  class: 'closed_early',
  phase: 'stream',
  message: 'the connection was given up: an earlier reply was not complete, and the rest of it could be taken for this one',
}

const LEFT: Failure = {
  class: 'closed_early',
  phase: 'stream',
  message: 'the scenario closed the connection before the reply was complete',
}

/** The WebSocket connection of one user. When lost, it is opened again: after a wait with the option `reconnect`, else when a request needs it. */
export class WebSocketConnection implements Connection<WebSocketRequest>, ReconnectingOwner<Wire> {
  private readonly link: ReconnectingConnection<Wire>
  private readonly replies: Replies
  private readonly settings: WebSocketSettings
  /** The address to connect to; its credentials may change between requests. */
  private address: TargetAddress
  /** The path at which a sent frame carries its id, as a list of names, from `reply.match`; empty when frames carry no id. */
  private readonly idAt: readonly string[]
  /** Requests that wait until the WebSocket is connected. */
  private readonly waiting: WaitingExchange[] = []
  /**
   * Requests that wait until the sockets were polled. If bytes of the server have arrived, a message waits until all of them are read, so that none
   * is sent after the server's close frame.
   */
  private readonly outbox: WaitingExchange[] = []
  /** Exchanges that made a new connection which turned out to be closing. They fail with its loss, as another one might close too. */
  private readonly stranded: Exchange[] = []
  private settleOpen: ((problem?: Failure | LocalError) => void) | undefined
  private framesSent = 0
  /** The latest frame of an exchange with an injected fault, in case that the fault sends it again. */
  private repeatable: { readonly exchange: Exchange; readonly bytes: Buffer; readonly id: string | undefined } | undefined
  /** True when this user had a connection before. */
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
    if (this.link.closed) exchange.cancel()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else if (this.outbox.length > 0 || this.link.current?.mayHoldMore) this.post({ request, exchange, awaited: false })
    else this.begin({ request, exchange, awaited: false })
  }

  private post(waiting: WaitingExchange): void {
    this.outbox.push(waiting)
    afterPoll(this.next)
  }

  /** Sends the request that has waited longest. Called once for each waiting request. */
  private readonly next = (): void => {
    const waiting = this.outbox.shift()
    if (waiting && !waiting.exchange.settled) this.begin(waiting)
  }

  private readonly newId = (): string => `${this.settings.userId}-${this.framesSent}`

  private begin(waiting: WaitingExchange): void {
    const { link } = this
    const { request, exchange } = waiting
    if (link.closed) exchange.cancel()
    else if (request.leave) void this.leave(request.leave === 'abrupt', exchange)
    else if (waiting.awaited && link.current?.usable === false) this.stranded.push(exchange)
    else {
      this.address = request.address
      this.leaveUnusable()
      if (link.current) this.carry(link.current, waiting)
      else {
        this.waiting.push(waiting)
        link.want()
      }
    }
  }

  cancel(exchange: Exchange): void {
    const at = this.waiting.findIndex((waiting) => waiting.exchange === exchange)
    if (at >= 0) this.waiting.splice(at, 1)
    if (at >= 0 && this.waiting.length === 0) this.link.unwant(exchange.outcome !== 'cut')
    if (this.replies.forget(exchange)) this.dropConnection()
  }

  sever(_exchange: Exchange, how: 'reset' | 'close'): void {
    this.link.current?.sever(how)
  }

  /** Sends a frame again for an injected fault; its replies are matched by the id, which both frames share, or in the order of sending. */
  repeat({ completion, binary, uncorrelated }: WebSocketRequest, first: Exchange, copy: Exchange): void {
    const { repeatable, link } = this
    const wire = link.current
    if (repeatable?.exchange !== first || !wire?.usable) {
      copy.cancel()
      return
    }
    copy.sent(repeatable.bytes.byteLength)
    if (completion.kind !== 'none') this.replies.start(copy, completion, uncorrelated ? undefined : repeatable.id, false)
    wire.send(repeatable.bytes, binary, completion.kind === 'none' ? (error) => flushed(copy, error) : undefined)
  }

  close(): Promise<void> {
    const closed = this.link.close()
    this.cutAll()
    return closed
  }

  /** Closes the connection at once, without the closing handshake that `close` makes. */
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
    if (this.wasOpen) for (const message of this.settings.options.resubscribe) answer(wire, frameBytes(message))
    this.wasOpen = true
    this.replies.restart()
    // The user's first message must not miss a close frame right behind the handshake either.
    afterPoll(() => this.settleOpen?.())
    const waiting = this.waiting.splice(0)
    // the connect times belong to the exchange that waited longest
    waiting[0]?.exchange.connected(times)
    for (const one of waiting) {
      one.awaited = true
      this.post(one)
    }
  }

  private message(wire: Wire, bytes: Buffer, at: number): void {
    const bytesOfAnswer = this.replies.take(bytes, at)
    if (bytesOfAnswer) answer(wire, bytesOfAnswer)
  }

  get strayMessages(): number {
    return this.replies.stray
  }

  get inFlight(): number {
    return this.replies.inFlight
  }

  lost(failure: Failure, expected: boolean): void {
    this.failUnsent(failure)
    this.replies.lose(failure, expected)
  }

  failed(problem: Failure | LocalError): void {
    const failure = failureOf(problem)
    this.settleOpen?.(problem)
    for (const { exchange } of this.waiting.splice(0)) fail(exchange, failure)
  }

  /** Fails the exchanges for which this connection was made and that were not sent on it. */
  private failUnsent(failure: Failure): void {
    const awaited = this.outbox.filter((waiting) => waiting.awaited).map(({ exchange }) => exchange)
    for (const exchange of [...this.stranded.splice(0), ...awaited]) fail(exchange, failure)
  }

  /** Closes the connection because a step asks for it (`abrupt`: by a reset). Requests without a complete reply fail. */
  private async leave(abrupt: boolean, exchange: Exchange): Promise<void> {
    exchange.sent(0)
    const gone = this.link.leave(abrupt ? 'reset' : 'close')
    this.failUnsent(LEFT)
    this.replies.failAll(LEFT)
    await gone
    exchange.finish()
  }

  private carry(wire: Wire, { request, exchange }: WaitingExchange): void {
    if (exchange.settled) return
    const { completion, binary } = request
    this.framesSent += 1
    const { bytes: made, id } = encode(request.content, this.idAt, this.newId)
    const bytes = request.alter?.(made) ?? made
    if (exchange.fault !== undefined) this.repeatable = { exchange, bytes, id }
    exchange.carried(wire.carried > 0, wire.wireFaults)
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
    const soon = exchange.reused && exchange.sentAt - wire.readAt < MEETING_MS
    this.replies.start(exchange, completion, request.uncorrelated ? undefined : id, soon)
    wire.send(bytes, binary)
  }

  /** Stops using a connection that is already closing, or on which the rest of an earlier reply may still come. */
  private leaveUnusable(): void {
    if (this.replies.tainted) this.dropConnection()
    else if (this.link.current?.usable === false) {
      this.link.release()?.stopPinging()
      this.failUnsent(LEFT_OVER)
      this.replies.failAll(LEFT_OVER)
    }
  }

  private dropConnection(): void {
    void this.link.leave('drop')
    this.replies.failAll(LEFT_OVER)
  }

  private cutAll(): void {
    const unsent = [...this.waiting.splice(0), ...this.outbox.splice(0)].map(({ exchange }) => exchange)
    for (const exchange of [...unsent, ...this.stranded.splice(0)]) exchange.cancel()
    this.replies.cancelAll()
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

/** Answers a message of the server that needs a fixed answer, unless the connection turns out to be closing. */
function answer(wire: Wire, bytes: Buffer): void {
  afterPoll(() => {
    if (wire.usable) wire.send(bytes, false)
  })
}

const ABORTED = givenUp('given up before the connection was made')

function flushed(exchange: Exchange, error: Error | null | undefined): void {
  if (error) exchange.fail('reset', 'send', error.message)
  else exchange.finish()
}
