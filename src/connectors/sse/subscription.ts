/** A stream that a user keeps open beside its requests: replies come on it as events. */
import { EventSource } from 'eventsource'
import { Agent, fetch as undiciFetch } from 'undici'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import { Exchange, type ReplyReader } from '../../exchange.ts'
import type { Connection, OpenContext } from '../connector.ts'
import { prepareTls } from '../dial.ts'
import { classify } from '../failures.ts'
import type { HttpRequest } from '../http/transport.ts'
import type { EndBlock, SseOptions } from './options.ts'

/** What one attempt sends, and what it waits for. */
export interface SubscriptionRequest {
  /** Left out by a step that only waits. */
  readonly post: HttpRequest | undefined
  /** Id that the events of the reply carry. */
  readonly key: string | undefined
  readonly count: number | undefined
  readonly end: EndBlock | undefined
}

type Subscribe = NonNullable<SseOptions['subscribe']>

const STREAM_HEADERS = { 'content-type': 'text/event-stream' }
/** The answer to the request itself says only that it was taken: the reply comes on the stream. */
const ACKNOWLEDGEMENT: ReplyReader = {
  head(status, _headers, exchange) {
    if (status >= 400) exchange.fail('http_status', 'headers', `the request was answered with status ${status}`)
  },
  push() {},
  end(exchange) {
    exchange.finish()
  },
}

interface Waiting {
  readonly exchange: Exchange
  readonly request: SubscriptionRequest
  seen: number
  post: Exchange | undefined
}

/** The open stream and the connection for requests, as one. */
export class Subscription implements Connection<SubscriptionRequest> {
  private readonly subscribe: Subscribe
  private readonly requests: Connection<HttpRequest>
  private readonly context: OpenContext
  private readonly agent: Agent
  private readonly source: EventSource
  private waiting: Waiting | undefined
  private lostAt = Number.NaN
  private reconnects = 0
  private closed = false
  private failure: unknown
  gone = false

  private constructor(url: URL, subscribe: Subscribe, requests: Connection<HttpRequest>, context: OpenContext) {
    this.subscribe = subscribe
    this.requests = requests
    this.context = context
    // The options of tls.connect; undici only names fewer of them.
    const tls = (url.protocol === 'https:' ? prepareTls(context.address.tls, context.baseDir) : {}) as object
    this.agent = new Agent({ connect: tls, bodyTimeout: 0, headersTimeout: 0 })
    this.source = new EventSource(url, { fetch: (input, init) => this.fetch(String(input), init) })
    for (const name of subscribe.events) this.source.addEventListener(name, (event) => this.event(name, String(event.data)))
  }

  /** Opens the stream; resolves when the target has accepted it. @throws TargetError */
  static open(url: URL, subscribe: Subscribe, requests: Connection<HttpRequest>, context: OpenContext): Promise<Subscription> {
    const startedAt = now()
    const subscription = new Subscription(url, subscribe, requests, context)
    const { source } = subscription
    return new Promise((resolve, reject) => {
      context.signal.addEventListener('abort', () => void subscription.close(), { once: true })
      source.addEventListener(
        'open',
        () => {
          context.events.opened({ dnsMs: null, connectMs: now() - startedAt, tlsMs: null })
          resolve(subscription)
        },
        { once: true },
      )
      source.addEventListener('open', () => subscription.opened())
      source.addEventListener('error', (event) => {
        const error = subscription.failed(event.code, event.message)
        if (!error || subscription.lostAt > 0) return
        context.events.openFailed(error.class)
        void subscription.close()
        reject(error)
      })
    })
  }

  send(request: SubscriptionRequest, exchange: Exchange): void {
    const waiting: Waiting = { exchange, request, seen: 0, post: undefined }
    this.waiting = waiting
    if (this.gone) {
      exchange.fail('closed_early', 'send', 'the event stream is closed')
      return
    }
    // While the stream is away its reply could not arrive: that wait is part of connecting.
    if (Number.isNaN(this.lostAt)) this.begin(waiting)
  }

  private begin(waiting: Waiting): void {
    if (waiting.request.post) this.post(waiting.request.post, waiting)
    else waiting.exchange.sent(0)
  }

  cancel(exchange: Exchange): void {
    if (this.waiting?.exchange !== exchange) return
    const { post } = this.waiting
    this.waiting = undefined
    if (post && !post.settled) {
      post.cut()
      this.requests.cancel(post)
    }
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.gone = true
    this.source.close()
    this.context.events.closed()
    await Promise.allSettled([this.requests.close(), this.agent.destroy()])
  }

  /** The request is an exchange of its own for the connection below; what matters of it is passed on. */
  private post(request: HttpRequest, waiting: Waiting): void {
    const { exchange } = waiting
    const post = new Exchange(exchange.intended, ACKNOWLEDGEMENT, ({ failure }) => {
      if (failure) exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    })
    waiting.post = post
    const sent = post.sent.bind(post)
    post.sent = (bytes) => {
      sent(bytes)
      exchange.sent(bytes)
    }
    this.requests.send(request, post)
  }

  private event(name: string, data: string): void {
    const { waiting } = this
    if (!waiting || waiting.exchange.settled || !this.belongs(waiting, data)) return
    const { exchange, request } = waiting
    if (Number.isNaN(exchange.firstByteAt)) exchange.head(200, STREAM_HEADERS)
    exchange.data(Buffer.from(frame(name, data)))
    waiting.seen += 1
    const enough = request.count !== undefined && waiting.seen >= request.count
    if (enough || (request.end && matches(request.end, name, data))) exchange.done()
  }

  private belongs({ request }: Waiting, data: string): boolean {
    const { correlate } = this.subscribe
    if (!correlate || request.key === undefined) return true
    return String(memberAt(parse(data), correlate.receive)) === request.key
  }

  private opened(): void {
    if (Number.isNaN(this.lostAt)) return
    this.context.events.reconnected(now() - this.lostAt)
    this.lostAt = Number.NaN
    this.reconnects = 0
    if (this.waiting && !this.waiting.exchange.settled && !this.waiting.post) this.begin(this.waiting)
  }

  /** The stream ended or could not be had; the library asks again by itself unless it was refused. */
  private failed(status: number | undefined, message: string | undefined): TargetError | undefined {
    if (this.closed) return undefined
    const error = this.errorOf(status, message)
    const first = Number.isNaN(this.lostAt) && this.source.readyState !== EventSource.CLOSED
    if (first && this.hasOpened()) {
      this.lostAt = now()
      this.context.events.lost(error.class)
      this.waiting?.exchange.fail(error.class, 'stream', error.message)
    }
    this.reconnects += 1
    if (this.source.readyState === EventSource.CLOSED || this.reconnects > this.subscribe.maxReconnects) {
      this.gone = true
      this.source.close()
      this.waiting?.exchange.fail(error.class, 'stream', error.message)
    }
    return error
  }

  private openedOnce = false
  private hasOpened(): boolean {
    return this.openedOnce
  }

  private errorOf(status: number | undefined, message: string | undefined): TargetError {
    if (status !== undefined && status >= 300)
      return new TargetError('http_status', 'headers', `the event stream was answered with status ${status}`)
    if (this.failure !== undefined) {
      const { class: failureClass, phase, message: words } = classify(this.failure, 'connect')
      return new TargetError(failureClass, phase, words)
    }
    const odd = message !== undefined && /content.?type|mime/i.test(message)
    return new TargetError(odd ? 'bad_sse' : 'closed_early', 'stream', message ?? 'the event stream ended')
  }

  private async fetch(
    url: string,
    init: { headers?: Record<string, string>; signal?: unknown; redirect?: string } | undefined,
  ): Promise<Response> {
    this.failure = undefined
    try {
      const headers = { ...this.context.address.headers, ...init?.headers }
      // The library hands over its own small set of options; the two type worlds of fetch do not know each other.
      const response = await undiciFetch(url, { ...(init as object), headers, dispatcher: this.agent })
      this.openedOnce ||= response.ok
      return response as unknown as Response
    } catch (error) {
      this.failure = error instanceof Error && error.cause !== undefined ? error.cause : error
      throw error
    }
  }
}

/** An event as its bytes would be: the reader finds names and data where it always does. */
function frame(name: string, data: string): string {
  const head = name === 'message' ? '' : `event: ${name}\n`
  return `${head}${data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`
}

function matches(end: EndBlock, name: string, data: string): boolean {
  if (end.event !== undefined && end.event !== name) return false
  if (end.path === undefined) return true
  const value = memberAt(parse(data), end.path)
  return end.equals === undefined ? value !== undefined : value === end.equals
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value at `$.a.b`; undefined when there is none. */
export function memberAt(value: unknown, path: string): unknown {
  const names = path.replace(/^\$\./, '').split('.')
  return names.reduce<unknown>((owner, name) => (isRecord(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined), value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
