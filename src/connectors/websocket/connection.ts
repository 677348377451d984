/** One user's requests and replies over a WebSocket, whichever connection carries them. */
import { LocalError, TargetError } from '../../errors.ts'
import type { ConnectTimes, Exchange, Failure } from '../../exchange.ts'
import type { Connection, TargetAddress } from '../wire/connector.ts'
import { givenUp, isFarewell, MEETING_MS } from './failures.ts'
import { type LinkEvents, type LinkSettings, WebSocketLink } from './link.ts'
import { namesOf } from './options/correlation.ts'
import { encode, type WebSocketRequest } from './options/request.ts'
import { type Matching, Replies } from './replies.ts'
import type { Wire } from './wire.ts'

/** What a connection needs to know, all of it fixed for the user's life. */
export interface ConnectionSettings extends LinkSettings {
  readonly matching: Matching
  /** What was seen of the target by any of its users. */
  readonly habits: { closes: boolean }
}

interface Waiting {
  readonly request: WebSocketRequest
  readonly exchange: Exchange
}

const LEFT_OVER: Failure = {
  class: 'closed_early',
  phase: 'stream',
  message: 'the connection was given up: an earlier reply was not complete, and the rest of it could be taken for this one',
}

/** How long after a delivery the close frame that belongs to it may still be on its way, in ms. */
const SOON_MS = 5

const LEFT: Failure = {
  class: 'closed_early',
  phase: 'stream',
  message: 'the scenario closed the connection before the reply was complete',
}

/** The connection of the WebSocket connector. It connects again by itself: at once with `reconnect`, else for the next request. */
export class WebSocketConnection implements Connection<WebSocketRequest>, LinkEvents {
  private readonly link: WebSocketLink
  private readonly replies: Replies
  private readonly userId: number
  /** Where `reply.match` wants an id. */
  private readonly idAt: readonly string[]
  private readonly waiting: Waiting[] = []
  private settleOpen: ((problem?: Failure | LocalError) => void) | undefined
  private framesSent = 0
  private readonly habits: ConnectionSettings['habits']

  constructor(address: TargetAddress, settings: ConnectionSettings) {
    const rule = settings.options.reply?.match
    this.link = new WebSocketLink(address, settings, this)
    this.replies = new Replies(settings.matching)
    this.userId = settings.userId
    this.habits = settings.habits
    this.idAt = typeof rule === 'object' ? namesOf(rule.correlate.send) : []
  }

  /** Makes the first connection. @throws TargetError, LocalError */
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
    if (link.closed) exchange.cut()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else if (request.leave) void this.leave(request.leave === 'abrupt', exchange)
    else if (link.wire && this.mayBeClosing(link.wire)) afterReading(() => this.begin({ request, exchange }))
    else this.begin({ request, exchange })
  }

  /** A server may end the connection after a reply: its close frame comes a moment later, and must not be overlooked. */
  private mayBeClosing(wire: Wire): boolean {
    return wire.quietMs < SOON_MS && (this.habits.closes || wire.carried === 1)
  }

  private begin(waiting: Waiting): void {
    const { link } = this
    if (waiting.exchange.settled) return
    if (link.closed) {
      waiting.exchange.cut()
      return
    }
    link.address = waiting.request.address
    this.leaveUnusable()
    if (link.wire) this.carry(link.wire, waiting)
    else {
      this.waiting.push(waiting)
      link.want()
    }
  }

  cancel(exchange: Exchange): void {
    const at = this.waiting.findIndex((waiting) => waiting.exchange === exchange)
    if (at >= 0) this.waiting.splice(at, 1)
    if (at >= 0 && this.waiting.length === 0) this.link.unwant(exchange.outcome !== 'cut')
    if (this.replies.forget(exchange)) this.startAfresh()
  }

  close(): Promise<void> {
    const closed = this.link.close()
    this.cutAll()
    return closed
  }

  /** As `close`, at once. */
  abort(): void {
    const failure = this.link.abort()
    this.settleOpen?.(failure ?? ABORTED)
    this.cutAll()
  }

  standing(): void {
    for (const { exchange } of this.waiting) exchange.handshaking = true
  }

  up(wire: Wire, times: ConnectTimes): void {
    this.replies.afresh()
    this.settleOpen?.()
    const waiting = this.waiting.splice(0)
    // It belongs to the one that waited longest.
    waiting[0]?.exchange.connected(times)
    for (const one of waiting) this.carry(wire, one)
  }

  message(bytes: Buffer, at: number): void {
    const answer = this.replies.take(bytes, at)
    if (answer && this.link.wire?.usable) this.link.wire.send(answer, false)
  }

  get strayMessages(): number {
    return this.replies.stray
  }

  get inFlight(): number {
    return this.replies.inFlight
  }

  down(failure: Failure, expected: boolean, wire: Wire): void {
    if (wire.carried > 0 && isFarewell(failure)) this.habits.closes = true
    this.replies.lose(failure, expected)
  }

  failed(problem: Failure | LocalError): void {
    const failure: Failure =
      problem instanceof LocalError ? { class: 'local_setup', phase: 'connect', message: problem.message } : problem
    this.settleOpen?.(problem)
    for (const { exchange } of this.waiting.splice(0)) exchange.fail(failure.class, failure.phase, failure.message, failure.code)
  }

  /** Ends the connection because the scenario says so; requests that are still open go with it. */
  private async leave(abrupt: boolean, exchange: Exchange): Promise<void> {
    exchange.sent(0)
    const gone = this.link.leave(abrupt)
    this.replies.failAll(LEFT)
    await gone
    exchange.finish()
  }

  private carry(wire: Wire, { request, exchange }: Waiting): void {
    if (exchange.settled) return
    const { wanted, binary } = request
    this.framesSent += 1
    const { bytes, id } = encode(request.content, this.idAt, `${this.userId}-${this.framesSent}`)
    exchange.reused = wire.carried > 0
    const soon = exchange.reused && wire.quietMs < MEETING_MS
    wire.carried += 1
    // Stamped before the hand-over: the peer may have the frame before `send` returns, and the callback may come after its reply.
    exchange.sent(bytes.byteLength)
    this.replies.settleUp(exchange, wanted)
    if (wanted.kind === 'none') {
      // Done only when it has left the process: a peer that does not read must slow the sender down, not fill its memory.
      wire.send(bytes, binary, (error) => flushed(exchange, error))
      return
    }
    this.replies.start(exchange, wanted, request.uncorrelated ? undefined : id, soon)
    wire.send(bytes, binary)
  }

  /** A closing socket swallows frames, and one that an unfinished reply is left on would mix it with the next. */
  private leaveUnusable(): void {
    if (this.replies.spoilt) this.startAfresh()
    else if (this.link.wire?.usable === false) {
      this.link.release()
      this.replies.failAll(LEFT_OVER)
    }
  }

  private startAfresh(): void {
    this.link.drop()
    this.replies.failAll(LEFT_OVER)
  }

  private cutAll(): void {
    for (const { exchange } of this.waiting.splice(0)) exchange.cut()
    this.replies.endAll((exchange) => exchange.cut())
    this.settleOpen?.(ABORTED)
  }
}

/** Two turns of the loop: what the socket has received by now is read before the second. */
function afterReading(then: () => void): void {
  setImmediate(() => setImmediate(then))
}

const ABORTED = givenUp('given up before the connection was made')

function flushed(exchange: Exchange, error: Error | null | undefined): void {
  if (error) exchange.fail('reset', 'send', error.message)
  else exchange.finish()
}
