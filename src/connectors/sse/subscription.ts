import { type LocalError, TargetError } from '../../errors.ts'
import { type ConnectTimes, Exchange, type Failure } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import type { Connection, ConnectionEvents } from '../wire/connector.ts'
import { Backoff } from '../wire/lasting/backoff.ts'
import { failureOf, ReconnectingConnection, type ReconnectingOwner, type ReconnectRule } from '../wire/lasting/reconnecting.ts'
import { AwaitedReplies } from '../wire/lasting/replies.ts'
import { Acknowledgement } from './acknowledgement.ts'
import { EventCutter, MAX_EVENT_BYTES, type StreamEvent } from './events.ts'
import { memberAt } from './members.ts'
import type { SseOptions } from './options.ts'
import { owesEvents, type SubscriptionRequest, type SubscriptionWait, waitFor } from './request.ts'
import { EventStream, type StreamOpener } from './stream.ts'

/** Longest duration of one try to reconnect, in ms. */
const TRY_MS = 10_000
/** The wait before a reconnect in ms when the server asks for none. BASE_MS is the first step of the back-off that is added to it. */
const DEFAULT_RETRY_MS = 1000
const BASE_MS = 10

/** The settings for the event stream of one user; they are the same for the whole run. */
interface SubscriptionSettings {
  readonly open: StreamOpener
  readonly events: ConnectionEvents
  readonly maxReconnects: number
  readonly userId: number
  readonly seed: string | number
  readonly subscribe: Pick<NonNullable<SseOptions['subscribe']>, 'events' | 'correlate'>
  /** The connection for requests; the event stream has one of its own. */
  readonly requests: Connection<HttpRequest>
}

const STREAM_HEADERS = { 'content-type': 'text/event-stream' }

/**
 * One user's open event stream, and the connection for the user's requests, for SSE targets in mode subscribe. A lost stream is reopened after a
 * wait, also when no request needs it. When all tries have failed, the next request tries again.
 */
export class Subscription implements Connection<SubscriptionRequest>, ReconnectingOwner<EventStream> {
  /** Number of received events that belonged to no reply. */
  strayMessages = 0
  private readonly settings: SubscriptionSettings
  private readonly link: ReconnectingConnection<EventStream>
  /** The request that opens the event stream. Its credentials may change between tries. */
  private streamRequest: HttpRequest
  private cutter: EventCutter
  /** The arrival time of the bytes that are being split into events, in monotonic ms. */
  private at = Number.NaN
  private readonly listened: ReadonlySet<string>
  private waiting: SubscriptionWait | undefined
  /** The request in `waiting` once it was sent, and the rule that says which events are its reply. */
  private readonly replies: AwaitedReplies<StreamEvent, SubscriptionWait>
  private settleOpen: ((failure?: Failure) => void) | undefined
  /** True when the event stream has carried an exchange before. */
  private used = false
  /** True when an exchange was abandoned and its late events could be mistaken for the reply to the next one. */
  private tainted = false

  constructor(stream: HttpRequest, settings: SubscriptionSettings) {
    this.settings = settings
    this.listened = new Set(settings.subscribe.events)
    this.streamRequest = stream
    this.cutter = this.newCutter()
    const { correlate } = settings.subscribe
    this.replies = new AwaitedReplies({ idOf: correlate && (({ data }) => String(memberAt(data, correlate.receive))) })
    this.link = new ReconnectingConnection(reconnecting(settings), this)
  }

  /** Opens the stream; resolves when the target has accepted it. Rejects with TargetError, and nothing is left open then. */
  async open(): Promise<void> {
    const failure = await new Promise<Failure | undefined>((resolve) => {
      this.settleOpen = (problem) => {
        this.settleOpen = undefined
        resolve(problem)
      }
      const { problem } = this.streamRequest
      if (this.link.closed) this.settleOpen(ABORTED)
      else if (problem !== undefined) this.settleOpen({ class: 'local_request', phase: 'send', message: problem })
      else this.link.want()
    })
    if (!failure) return
    await this.close()
    throw new TargetError(failure.class, failure.phase, failure.message)
  }

  send(request: SubscriptionRequest, exchange: Exchange): void {
    if (this.link.closed) {
      exchange.cancel()
      return
    }
    if (this.tainted) this.dropStream()
    const waiting = waitFor(request, exchange)
    this.forget()
    this.waiting = waiting
    if (this.link.current) {
      this.begin(waiting)
      return
    }
    // Without the stream no reply could arrive, so the wait for it is part of connecting.
    this.streamRequest = request.stream()
    this.link.want()
  }

  cancel(exchange: Exchange): void {
    const { waiting } = this
    if (waiting?.exchange !== exchange) return
    this.forget()
    if (waiting.begun) this.tainted ||= owesEvents(waiting)
    else this.link.unwant(exchange.outcome !== 'cut')
    this.endPost(waiting)
  }

  /** Ends the event stream; the connection for requests has no reply that could be lost. */
  sever(_exchange: Exchange, how: 'reset' | 'close'): void {
    this.link.current?.sever(how)
  }

  /**
   * Sends the request once more for an injected fault; `copy` gets that reply. Without ids, its events could be mistaken for those of the next
   * request.
   */
  repeat({ post, key }: SubscriptionRequest, _first: Exchange, copy: Exchange): void {
    this.tainted ||= key === undefined
    if (post) this.settings.requests.send(post, copy)
    else copy.cancel()
  }

  async close(): Promise<void> {
    const { waiting } = this
    this.forget()
    const closed = this.link.close()
    waiting?.exchange.cancel()
    if (waiting) this.endPost(waiting)
    this.settleOpen?.(ABORTED)
    await Promise.all([closed, this.settings.requests.close()])
  }

  /** Closes the stream and stops at once, because the run is over. A stream that is still being opened counts as failed. */
  abort(): void {
    if (this.settleOpen) this.link.unwant(true)
    void this.close()
  }

  get inFlight(): number {
    return this.replies.inFlight
  }

  get leastWaitMs(): number {
    return this.cutter.retryMs ?? DEFAULT_RETRY_MS
  }

  /** True when the server refused the stream by its status or content type; the standard says not to reconnect then. */
  refuses({ class: failureClass }: Failure): boolean {
    return failureClass === 'http_status' || failureClass === 'rate_limited' || failureClass === 'bad_sse'
  }

  connect(): EventStream {
    const { events, open } = this.settings
    const request = withLastEventId(this.streamRequest, this.cutter.lastEventId)
    this.cutter.restart()
    const stream: EventStream = new EventStream(request, open, {
      standing: () => events.standing?.(),
      up: (times) => this.link.opened(stream, times),
      bytes: (bytes, at) => {
        this.at = at
        this.cutter.push(bytes)
      },
      down: (failure) => (stream.isUp ? this.link.lost(stream, failure) : this.link.failed(failure)),
    })
    return stream
  }

  opened(_stream: EventStream, times: ConnectTimes): void {
    this.used = false
    this.tainted = false
    this.settleOpen?.()
    const { waiting } = this
    if (!waiting || waiting.begun) return
    waiting.exchange.connected(times)
    this.begin(waiting)
  }

  lost(failure: Failure): void {
    const { waiting } = this
    if (waiting?.begun) this.give(waiting, failure)
  }

  failed(problem: Failure | LocalError): void {
    const failure = failureOf(problem)
    this.settleOpen?.(failure)
    if (this.waiting) this.give(this.waiting, failure)
  }

  private newCutter(): EventCutter {
    return new EventCutter({ event: (event) => this.event(event, this.at), tooBig: () => this.tooBig() })
  }

  private tooBig(): void {
    this.dropStream()
    this.lost({ class: 'too_big', phase: 'stream', message: `one event of the stream is larger than ${MAX_EVENT_BYTES} bytes` })
  }

  private event(event: StreamEvent, at: number): void {
    if (!this.listened.has(event.name)) return
    const waiting = this.replies.ownerOf(event)
    // an event that came before the request was sent cannot be of its reply
    if (!waiting || waiting.exchange.settled || !(at >= waiting.exchange.sentAt)) {
      this.strayMessages += 1
      return
    }
    const { exchange } = waiting
    if (Number.isNaN(exchange.firstByteAt)) {
      // the head came when the stream was opened, so the first event is the first byte
      exchange.head(200, STREAM_HEADERS, at)
    }
    this.replies.deliver(waiting, event, event.bytes, at)
    if (exchange.settled) this.over(waiting)
  }

  private begin(waiting: SubscriptionWait): void {
    const { exchange, request } = waiting
    if (exchange.settled) return
    waiting.begun = true
    this.replies.start(waiting)
    const reused = this.used
    this.used = true
    if (request.post) this.post(request.post, waiting, reused)
    else {
      exchange.carried(reused, this.link.current?.wireFaults)
      exchange.sent(0)
    }
  }

  /** Sends the HTTP request as an exchange of its own, and passes its failure on to the exchange that waits for the events. */
  private post(request: HttpRequest, waiting: SubscriptionWait, reused: boolean): void {
    const { exchange } = waiting
    const settled = ({ failure }: Exchange) => {
      if (!failure) return
      if (post.wireFaults) exchange.carried(exchange.reused, post.wireFaults)
      exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    }
    const onSent = () => {
      exchange.carried(reused && post.reused, this.link.current?.wireFaults)
      if (post.connect && !exchange.connect) exchange.connected(post.connect)
      exchange.sent(post.bytesSent)
    }
    const post = new Exchange(exchange.intended, new Acknowledgement(exchange), settled, { onSent })
    waiting.post = post
    this.settings.requests.send(request, post)
  }

  /** Handles a complete reply on the stream. The HTTP reply to the request may still come; burn waits for it as long as for the rest of a body. */
  private over(waiting: SubscriptionWait): void {
    this.forget()
    if (waiting.exchange.outcome !== 'ok') this.tainted ||= owesEvents(waiting)
    waiting.post?.finish()
  }

  private give(waiting: SubscriptionWait, failure: Failure): void {
    this.forget()
    waiting.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    const { post } = waiting
    // the request's own connection works, and is kept if its reply comes soon
    if (post && !Number.isNaN(post.sentAt)) post.finish()
    else this.endPost(waiting)
  }

  private endPost({ post }: SubscriptionWait): void {
    if (!post || post.settled) return
    post.cancel()
    this.settings.requests.cancel(post)
  }

  private forget(): void {
    this.waiting = undefined
    this.replies.takeAll()
  }

  private dropStream(): void {
    this.tainted = false
    void this.link.leave('drop')
    this.cutter = this.newCutter()
  }
}

const ABORTED: Failure = { class: 'connect_timeout', phase: 'connect', message: 'given up before the event stream was open' }

function reconnecting({ maxReconnects: attempts, events, userId, seed }: SubscriptionSettings): ReconnectRule {
  const rule = { attempts, base: BASE_MS, factor: 2, jitter: 'full' } as const
  return {
    events,
    backoff: new Backoff(rule, 'sse reconnect', { userId, seed }),
    tryMs: TRY_MS,
    lateMessage: `asking for the event stream again took longer than ${TRY_MS} ms`,
    countsLater: false,
  }
}

function withLastEventId(request: HttpRequest, lastEventId: string): HttpRequest {
  if (lastEventId === '') return request
  // header values are Latin-1, so each byte of the UTF-8 becomes one character
  const id = Buffer.from(lastEventId, 'utf8').toString('latin1')
  return { ...request, headers: { ...request.headers, 'last-event-id': id } }
}
