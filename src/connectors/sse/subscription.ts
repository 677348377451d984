import { type LocalError, TargetError } from '../../errors.ts'
import { type ConnectTimes, Exchange, type Failure } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import { Backoff } from '../wire/backoff.ts'
import type { Connection, ConnectionEvents } from '../wire/connector.ts'
import { failureOf, ReconnectingConnection, type ReconnectingOwner, type ReconnectRule } from '../wire/reconnecting.ts'
import { Acknowledgement } from './acknowledgement.ts'
import { EventCutter, MAX_EVENT_BYTES, type StreamEvent } from './events.ts'
import { matches, memberAt } from './members.ts'
import type { EndBlock, SseOptions } from './options.ts'
import { EventStream, type StreamOpener } from './stream.ts'

/** Longest duration of one try to reconnect, in ms. */
const TRY_MS = 10_000
/** Wait before a reconnect in ms when the server asks for none; BASE_MS is the first step of the growing part of the wait. */
const DEFAULT_RETRY_MS = 1000
const BASE_MS = 10

/** One request of a user whose event stream stays open: what to send, and which events on the stream are the reply. */
export interface SubscriptionRequest {
  /** Makes the request that opens the stream, if it has to be opened. */
  readonly stream: () => HttpRequest
  /** The request to send; undefined for a step that only waits. */
  readonly post: HttpRequest | undefined
  /** Id that the events of the reply carry; undefined when they carry none. */
  readonly key: string | undefined
  /** Number of events that complete the reply; undefined when another rule does. */
  readonly count: number | undefined
  readonly end: EndBlock | undefined
}

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

interface SubscriptionWait {
  readonly exchange: Exchange
  readonly request: SubscriptionRequest
  seen: number
  begun: boolean
  post: Exchange | undefined
}

/**
 * One user's open event stream and its connection for requests (mode subscribe). A lost stream is reopened at once; when all
 * tries have failed, the next request tries again.
 */
export class Subscription implements Connection<SubscriptionRequest>, ReconnectingOwner<EventStream> {
  /** Number of events that belonged to no reply. */
  strayMessages = 0
  private readonly settings: SubscriptionSettings
  private readonly link: ReconnectingConnection<EventStream>
  /** The request that opens the stream; its credentials may change between tries. */
  private streamRequest: HttpRequest
  private cutter: EventCutter
  /** Arrival time in monotonic ms of the bytes that are being cut. */
  private at = Number.NaN
  private readonly listened: ReadonlySet<string>
  private waiting: SubscriptionWait | undefined
  private settleOpen: ((failure?: Failure) => void) | undefined
  /** True when the stream has carried an exchange. */
  private used = false
  /** True when late events of an abandoned exchange could be taken for those of the next one. */
  private tainted = false

  constructor(stream: HttpRequest, settings: SubscriptionSettings) {
    this.settings = settings
    this.listened = new Set(settings.subscribe.events)
    this.streamRequest = stream
    this.cutter = this.newCutter()
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
    const waiting: SubscriptionWait = { exchange, request, seen: 0, begun: false, post: undefined }
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
    this.waiting = undefined
    if (waiting.begun) this.tainted ||= owesEvents(waiting)
    else this.link.unwant(exchange.outcome !== 'cut')
    this.endPost(waiting)
  }

  async close(): Promise<void> {
    const { waiting } = this
    this.waiting = undefined
    const closed = this.link.close()
    waiting?.exchange.cancel()
    if (waiting) this.endPost(waiting)
    this.settleOpen?.(ABORTED)
    await Promise.all([closed, this.settings.requests.close()])
  }

  /** Closes like `close`, because the time is up: a stream that is still being opened counts as failed. */
  abort(): void {
    if (this.settleOpen) this.link.unwant(true)
    void this.close()
  }

  get inFlight(): number {
    return this.waiting?.begun && !this.waiting.exchange.settled ? 1 : 0
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
    const { waiting } = this
    if (!this.listened.has(event.name)) return
    if (!waiting || !this.belongs(waiting, event, at)) {
      this.strayMessages += 1
      return
    }
    const { exchange, request } = waiting
    if (Number.isNaN(exchange.firstByteAt)) {
      // the head came when the stream was opened, so the first event is the first byte
      exchange.head(200, STREAM_HEADERS, at)
    }
    exchange.data(event.bytes, at)
    waiting.seen += 1
    const enough = request.count !== undefined && waiting.seen >= request.count
    if (enough || (request.end && matches(request.end, event))) exchange.done()
    if (exchange.settled) this.over(waiting)
  }

  private begin(waiting: SubscriptionWait): void {
    const { exchange, request } = waiting
    if (exchange.settled) return
    waiting.begun = true
    const reused = this.used
    this.used = true
    if (request.post) this.post(request.post, waiting, reused)
    else {
      exchange.carried(reused)
      exchange.sent(0)
    }
  }

  /** Sends the request as an exchange of its own, and passes on what matters to the main one. */
  private post(request: HttpRequest, waiting: SubscriptionWait, reused: boolean): void {
    const { exchange } = waiting
    const settled = ({ failure }: Exchange) => {
      if (failure) exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    }
    const onSent = () => {
      exchange.carried(reused && post.reused)
      if (post.connect && !exchange.connect) exchange.connected(post.connect)
      exchange.sent(post.bytesSent)
    }
    const post = new Exchange(exchange.intended, new Acknowledgement(exchange), settled, { onSent })
    waiting.post = post
    this.settings.requests.send(request, post)
  }

  /** True when an event belongs to the reply; one that came before the request was sent cannot. */
  private belongs({ request, exchange }: SubscriptionWait, { data }: StreamEvent, at: number): boolean {
    const { correlate } = this.settings.subscribe
    if (exchange.settled || !(at >= exchange.sentAt)) return false
    return !correlate || request.key === undefined || String(memberAt(data, correlate.receive)) === request.key
  }

  /** Handles a complete reply. The reply to the request itself may still arrive; it is waited for no longer than a body is. */
  private over(waiting: SubscriptionWait): void {
    this.waiting = undefined
    if (waiting.exchange.outcome !== 'ok') this.tainted ||= owesEvents(waiting)
    waiting.post?.finish()
  }

  private give(waiting: SubscriptionWait, failure: Failure): void {
    this.waiting = undefined
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

  private dropStream(): void {
    this.tainted = false
    void this.link.leave('drop')
    this.cutter = this.newCutter()
  }
}

/** True when late events of this reply could be taken for those of the next one, because no id tells them apart. */
function owesEvents({ request }: SubscriptionWait): boolean {
  return request.post !== undefined && request.key === undefined
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
