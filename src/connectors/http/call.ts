import type { Exchange, Failure, Headers, WireCauses } from '../../exchange.ts'
import { BodyDecoder, type DecodeSink, isKnown, isPlain } from './decode.ts'
import { type RedirectRules, redirected } from './redirect.ts'
import { EventStreamGuard } from './stream-guard.ts'
import type { HttpRequest, LineEvents, Oddity } from './transport.ts'

/**
 * The longest time, in ms, for which burn reads the body of a redirect that it follows, or the rest of a body after the exchange already has its
 * outcome. Then burn closes the connection.
 */
export const DRAIN_MS = 1000
/** The largest number of bytes of such a body that burn reads; then the connection is closed. */
const DRAIN_BYTES = 256 * 1024

/**
 * The callbacks with which an HTTP request reports to the connection or pool that carries it: for example, that it must be sent again over another
 * socket, or that the socket is free.
 */
export interface CallOwner {
  /** Sends the call again over another socket, because nothing of it was written to its first one. */
  again(call: Call): void
  /** Sends the next request of a call that was redirected; the redirect has been read to its end. */
  onward(call: Call): void
  /** Sends the next request of a redirected call, `call`, over another connection. The redirect was not read to its end. */
  elsewhere(call: Call): void
  /** Called when the rest of a reply is read after the exchange has its outcome, so that the socket can be used again. */
  draining(call: Call): void
  /** Called when the reply is complete and the socket is free. */
  freed(call: Call): void
  /** Called when the socket was lost. `failureClass` is the class of that failure. */
  lost(call: Call, failureClass: string): void
  /** Destroys the socket, which cannot be used any more. */
  discard(call: Call): void
}

/** The rules for the reply to an HTTP request: which redirects are followed, and whether a reply that is not an event stream is rejected. */
export interface CallRules extends RedirectRules {
  /** True when a 2xx reply must be an event stream. */
  readonly eventStreamOnly: boolean
}

/**
 * One HTTP request with its reply, including the requests to which redirects lead. It passes the status, the headers and the body of the reply to the
 * record of the attempt (the exchange). A call goes through the states fresh, sent, head, body and over; a redirect takes it back to fresh with its
 * next request.
 */
export class Call implements LineEvents, DecodeSink {
  readonly exchange: Exchange
  request: HttpRequest
  /** True when the socket had carried a request before; set by the connection. */
  reused = false
  /** Kinds of the injected faults that have acted on its connection. */
  wireFaults: WireCauses | undefined
  private readonly rules: CallRules
  private readonly owner: CallOwner
  private hops = 0
  private next: HttpRequest | undefined
  /** Why a redirect was not followed although the scenario follows redirects; undefined when none was refused. */
  private refusal: string | undefined
  private decoder: BodyDecoder | undefined
  private guard: EventStreamGuard | undefined
  private wireBytes = 0
  /** The number of bytes of the body after decompression that have come so far. */
  private unpacked = 0
  private drained = 0
  private timer: NodeJS.Timeout | undefined
  private bodyOver = false
  private over = false

  constructor(exchange: Exchange, request: HttpRequest, rules: CallRules, owner: CallOwner) {
    this.exchange = exchange
    this.request = request
    this.rules = rules
    this.owner = owner
  }

  /** Ends the call; it reports nothing more. */
  stop(): void {
    this.over = true
    clearTimeout(this.timer)
    this.decoder?.destroy()
  }

  /** Stops waiting for the rest of the body and destroys the socket. */
  abandon(): void {
    this.owner.discard(this)
  }

  sent(bytes: number): void {
    if (this.over) return
    if (this.hops === 0) this.exchange.carried(this.reused, this.wireFaults)
    else if (this.wireFaults) this.exchange.carried(this.exchange.reused, this.wireFaults)
    this.exchange.sent(bytes)
  }

  unsent(): void {
    if (this.over) return
    if (this.reused) this.owner.again(this)
    else this.failed({ class: 'closed_early', phase: 'send', message: 'the connection was closed as soon as it was made' })
  }

  head(status: number, headers: Headers, setCookies: readonly string[], at: number): void {
    if (this.over) return
    if (setCookies.length > 0) this.request.cookies?.store(setCookies, this.request.url.href)
    const onward = redirected(this.request, status, headers, this.hops, this.rules)
    if (onward?.kind === 'follow') {
      this.next = onward.request
      return
    }
    if (onward?.kind === 'left') this.exchange.warn('redirect_not_followed')
    if (onward?.kind === 'refused') this.refusal = `HTTP ${status} to ${headers.location} was not followed: ${onward.reason}`
    const encoding = headers['content-encoding']
    if (!isPlain(encoding) && encoding !== undefined) this.decode(encoding)
    if (this.rules.eventStreamOnly) this.guard = EventStreamGuard.for(status, headers)
    this.exchange.head(status, headers, at)
    this.drainIfSettled(0)
  }

  data(chunk: Uint8Array, at: number): void {
    if (this.over) return
    this.wireBytes += chunk.byteLength
    if (this.next || this.exchange.settled) this.drain(chunk.byteLength)
    else if (this.decoder) this.compressed(chunk, at)
    else this.plain(chunk, at)
  }

  end(oddity: Oddity | undefined): void {
    if (this.over) return
    if (this.timer) clearTimeout(this.timer)
    if (this.next) {
      this.follow(this.next)
      return
    }
    this.bodyOver = true
    if (oddity && !this.exchange.settled) this.exchange.warn(oddity)
    if (this.decoder) this.decoder.end()
    else this.over = true
    this.owner.freed(this)
    if (!this.decoder) this.complete()
  }

  failed(failure: Failure): void {
    if (this.over) return
    clearTimeout(this.timer)
    this.bodyOver = true
    this.owner.lost(this, failure.class)
    const report = () => {
      this.stop()
      this.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    }
    // data that arrived before the failure is reported first
    if (this.decoder) this.decoder.settle(report)
    else report()
  }

  decoded(bytes: Uint8Array, at: number): void {
    if (!this.over) this.plain(bytes, at)
  }

  decodedAll(): void {
    if (this.over) return
    this.over = true
    this.complete()
  }

  broken(message: string, code: string | undefined): void {
    if (this.over) return
    this.exchange.fail('bad_encoding', 'stream', `the compressed body is broken: ${message}`, code)
    this.owner.discard(this)
  }

  private decode(encoding: string): void {
    this.decoder = new BodyDecoder(encoding, this)
    if (isKnown(encoding)) return
    this.exchange.fail(
      'bad_encoding',
      'headers',
      `content-encoding ${JSON.stringify(encoding)} was not requested and cannot be decoded`,
    )
  }

  private compressed(chunk: Uint8Array, at: number): void {
    this.exchange.received(chunk.byteLength)
    // too large even before decompression
    const { maxReplyBytes } = this.exchange
    if (this.wireBytes > maxReplyBytes)
      this.exchange.fail('too_big', 'stream', `the compressed reply is larger than ${maxReplyBytes} bytes`)
    else this.decoder?.push(chunk, at)
    this.drainIfSettled(0)
  }

  private plain(bytes: Uint8Array, at: number): void {
    const wireBytes = this.decoder ? 0 : bytes.byteLength
    this.unpacked += bytes.byteLength
    const { maxReplyBytes } = this.exchange
    if (this.unpacked > maxReplyBytes && this.decoder)
      this.exchange.fail('too_big', 'stream', `the reply is larger than ${maxReplyBytes} bytes`)
    else if (!this.guard) this.exchange.data(bytes, at, wireBytes)
    else {
      this.exchange.received(wireBytes)
      this.guard.push(bytes, this.exchange)
    }
    this.drainIfSettled(0)
  }

  private complete(): void {
    if (this.refusal !== undefined) this.exchange.fail('http_status', 'headers', this.refusal)
    else if (this.guard) this.guard.reject(this.exchange)
    else this.exchange.done()
  }

  private follow(request: HttpRequest): void {
    this.next = undefined
    this.hops += 1
    this.drained = 0
    this.timer = undefined
    this.request = request
    if (this.hops === 1) this.exchange.warn('redirected')
    this.owner.onward(this)
  }

  /** Reads no more of the reply, and destroys the socket. A redirect is followed over another one. */
  private leave(): void {
    const { next } = this
    this.owner.discard(this)
    if (next === undefined) return
    const call = new Call(this.exchange, next, this.rules, this.owner)
    call.hops = this.hops + 1
    if (call.hops === 1) this.exchange.warn('redirected')
    this.owner.elsewhere(call)
  }

  private drainIfSettled(bytes: number): void {
    if (this.exchange.settled && !this.over) this.drain(bytes)
  }

  /** Reads the rest of a reply that nobody needs, to keep the connection; gives up after DRAIN_BYTES or DRAIN_MS. */
  private drain(bytes: number): void {
    this.drained += bytes
    if (this.bodyOver) this.stop()
    else if (this.drained > DRAIN_BYTES || this.exchange.failure?.class === 'too_big') this.leave()
    else {
      this.timer ??= setTimeout(() => this.leave(), DRAIN_MS)
      if (this.exchange.settled) this.owner.draining(this)
    }
  }
}
