import { TargetError } from '../../errors.ts'
import { type ConnectTimes, Exchange, type Failure, type Headers, type ReplyReader } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import type { Connection } from '../wire/connector.ts'
import type { StreamEvent } from './events.ts'
import { Keeper, type KeeperEvents, type KeeperSettings } from './keeper.ts'
import { matches, memberAt } from './members.ts'
import type { EndBlock, SseOptions } from './options.ts'

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

/** What a subscription needs to know beside the settings of its keeper. */
interface SubscriptionSettings extends KeeperSettings {
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
export class Subscription implements Connection<SubscriptionRequest>, KeeperEvents {
  /** Number of events that belonged to no reply. */
  strayMessages = 0
  private readonly settings: SubscriptionSettings
  private readonly keeper: Keeper
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
    this.keeper = new Keeper(stream, settings, this)
  }

  /** Opens the stream; resolves when the target has accepted it. Rejects with TargetError, and nothing is left open then. */
  async open(): Promise<void> {
    const failure = await new Promise<Failure | undefined>((resolve) => {
      this.settleOpen = (problem) => {
        this.settleOpen = undefined
        resolve(problem)
      }
      const { problem } = this.keeper.request
      if (this.keeper.closed) this.settleOpen(ABORTED)
      else if (problem !== undefined) this.settleOpen({ class: 'local_request', phase: 'send', message: problem })
      else this.keeper.want()
    })
    if (!failure) return
    await this.close()
    throw new TargetError(failure.class, failure.phase, failure.message)
  }

  send(request: SubscriptionRequest, exchange: Exchange): void {
    if (this.keeper.closed) {
      exchange.cancel()
      return
    }
    if (this.tainted) this.dropStream()
    const waiting: SubscriptionWait = { exchange, request, seen: 0, begun: false, post: undefined }
    this.waiting = waiting
    if (this.keeper.isUp) {
      this.begin(waiting)
      return
    }
    // Without the stream no reply could arrive, so the wait for it is part of connecting.
    this.keeper.request = request.stream()
    this.keeper.want()
  }

  cancel(exchange: Exchange): void {
    const { waiting } = this
    if (waiting?.exchange !== exchange) return
    this.waiting = undefined
    if (waiting.begun) this.tainted ||= owesEvents(waiting)
    else this.keeper.unwant(exchange.outcome !== 'cut')
    this.endPost(waiting)
  }

  async close(): Promise<void> {
    const { waiting } = this
    this.waiting = undefined
    const closed = this.keeper.close()
    waiting?.exchange.cancel()
    if (waiting) this.endPost(waiting)
    this.settleOpen?.(ABORTED)
    await Promise.all([closed, this.settings.requests.close()])
  }

  /** Closes like `close`, because the time is up: a stream that is still being opened counts as failed. */
  abort(): void {
    if (this.settleOpen) this.keeper.unwant(true)
    void this.close()
  }

  get inFlight(): number {
    return this.waiting?.begun && !this.waiting.exchange.settled ? 1 : 0
  }

  up(times: ConnectTimes): void {
    this.used = false
    this.tainted = false
    this.settleOpen?.()
    const { waiting } = this
    if (!waiting || waiting.begun) return
    waiting.exchange.connected(times)
    this.begin(waiting)
  }

  down(failure: Failure): void {
    const { waiting } = this
    if (waiting?.begun) this.give(waiting, failure)
  }

  failed(failure: Failure): void {
    this.settleOpen?.(failure)
    if (this.waiting) this.give(this.waiting, failure)
  }

  event(event: StreamEvent, at: number): void {
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
    this.keeper.drop()
  }
}

/** True when late events of this reply could be taken for those of the next one, because no id tells them apart. */
function owesEvents({ request }: SubscriptionWait): boolean {
  return request.post !== undefined && request.key === undefined
}

const ABORTED: Failure = { class: 'connect_timeout', phase: 'connect', message: 'given up before the event stream was open' }

/**
 * Reads the reply to a message sent in mode subscribe. A success is ignored, since the answer comes on the event stream; a
 * refusal fails `main`, the exchange of the message.
 */
class Acknowledgement implements ReplyReader {
  private readonly main: Exchange
  private refused = false

  constructor(main: Exchange) {
    this.main = main
  }

  head(status: number, headers: Headers, post: Exchange): void {
    if (status >= 200 && status <= 299) return
    this.refused = true
    if (!Number.isNaN(this.main.firstByteAt))
      post.fail('http_status', 'headers', `the request was answered with status ${status}`)
    else this.main.head(status, headers)
  }

  push(bytes: Uint8Array, post: Exchange): void {
    if (this.refused) this.main.data(bytes, post.lastActivityAt)
  }

  end(post: Exchange): void {
    if (this.refused) this.main.done()
    post.finish()
  }
}
