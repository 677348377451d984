import { now } from '../../clock.ts'
import type { FailurePhase } from '../../errors.ts'
import type { Exchange, Headers } from '../../exchange.ts'
import type { FieldNames } from './json/write.ts'
import { decodeReply } from './messages/codec.ts'
import type { Method } from './messages/protos.ts'
import type { GrpcRequest } from './options/request.ts'
import { FRAME_HEAD } from './wire/frames.ts'
import type { GrpcLink } from './wire/link.ts'
import { type CallFailure, messageWithCause, OK, statusOf } from './wire/status.ts'
import type { GrpcStream, StreamEnd, StreamEvents } from './wire/stream.ts'

/**
 * How long the newest reply of a stream waits for the status of the call, in ms, before it is passed on. A server sends its last message and the
 * status in two packets, and an exchange that ends with the message would miss a failed status. The reply keeps its arrival time. The wait is shorter
 * until the first token, which has a deadline of its own.
 */
const GRACE_MS = 50
const FIRST_GRACE_MS = 5
/** Longest time in ms that a call may go on after its reply was complete; then it is cancelled. */
const LINGER_MS = 1000

/** Everything that a gRPC call needs in addition to its exchange: stream, method, request messages and callbacks. */
interface CallParts {
  readonly link: GrpcLink
  readonly method: Method
  readonly request: GrpcRequest
  /** The request messages as bytes. */
  readonly bodies: readonly Buffer[]
  readonly metadata: Readonly<Record<string, string>>
  readonly deadlineMs: number
  /** How fields are named when replies become JSON: as in the .proto file, or in lowerCamelCase. */
  readonly names: FieldNames
  /** Called once, when the call has ended or was cancelled. */
  over(): void
  /** Called when the server did not process the call, in place of failing the exchange. Left out when the call must not be made again. */
  readonly refused?: (() => void) | undefined
}

/** One gRPC call of an exchange: sends the request messages, passes the reply messages to the exchange, and reports, once, how the call ended. */
export class GrpcCall implements StreamEvents {
  readonly exchange: Exchange
  private readonly parts: CallParts
  private stream: GrpcStream | undefined
  /** When the first message was handed over; undefined for a call that waits until the server admits another one. */
  private handedAt: number | undefined
  private nextBody = 0
  private replies = 0
  /** With `await: each`: the number of request messages that are written and not yet answered. */
  private ahead = 0
  private writing = false
  private ended = false
  private linger: NodeJS.Timeout | undefined
  /** The newest reply message, until it is passed to the exchange. The only reply of a unary call waits for the status of the call. */
  private held: { json: Buffer; wireBytes: number; at: number } | undefined
  private grace: NodeJS.Timeout | undefined

  constructor(exchange: Exchange, parts: CallParts) {
    this.exchange = exchange
    this.parts = parts
  }

  start(): void {
    const { link, method, metadata, deadlineMs, bodies } = this.parts
    const { full } = link
    this.stream = link.open({ path: method.path, metadata, deadlineMs }, this)
    if (!full) this.handedAt = now()
    if (bodies.length === 0) this.exchange.sent(0)
    this.write()
  }

  /** Cancels the call at the server; nothing is reported to the exchange. */
  cancel(): void {
    if (this.ended) return
    this.finish()
    this.stream?.cancel()
  }

  /** Writes the next request message. Each one waits until the socket has accepted the one before. */
  private write(): void {
    const { bodies, request } = this.parts
    if (this.ended || this.writing || (request.await === 'each' && this.ahead > 0)) return
    const body = bodies[this.nextBody]
    if (body === undefined) {
      if (this.nextBody === bodies.length) this.stream?.halfClose()
      this.nextBody = bodies.length + 1
      return
    }
    this.nextBody += 1
    this.ahead += 1
    this.writing = true
    this.stream?.send(body, () => this.written())
    if (this.nextBody === bodies.length && request.await !== 'each') this.halfClose()
  }

  private halfClose(): void {
    this.nextBody += 1
    this.stream?.halfClose()
  }

  private written(): void {
    this.writing = false
    this.stamp()
    this.write()
  }

  /**
   * Reports the call to the exchange as sent when its first message was handed over, unless that was done before. A reply calls it too: it may come
   * before the message is written, of which a server that reads slowly, or not at all, takes only a part.
   */
  private stamp(): void {
    if (Number.isNaN(this.exchange.sentAt)) this.exchange.sent(bytesOf(this.parts.bodies), this.handedAt)
  }

  head(headers: Headers): void {
    const { exchange, parts } = this
    if (exchange.settled) return
    this.stamp()
    // A call that also streams its requests may stay open for more of them; there a message can be a reply.
    exchange.headersFirst(headers, parts.method.responseStream && !parts.method.requestStream)
  }

  message(bytes: Buffer, wireBytes: number, at: number): void {
    if (this.ended) return
    const json = this.decode(bytes)
    if (json === undefined) return
    this.replies += 1
    this.ahead = Math.max(0, this.ahead - 1)
    this.take(json, wireBytes, at)
    if (!this.ended) this.write()
  }

  private take(json: Buffer, wireBytes: number, at: number): void {
    const { exchange } = this
    exchange.active(at)
    if (!this.parts.method.responseStream && this.replies > 1) {
      this.reject({ class: 'bad_grpc', message: 'a second reply came to a call that has one' })
      return
    }
    this.flush()
    this.held = { json, wireBytes, at }
    if (this.replies === this.parts.request.await) this.enough()
    else if (this.parts.method.responseStream) this.wait()
  }

  private wait(): void {
    this.grace = setTimeout(this.waited, Number.isNaN(this.exchange.firstTokenAt) ? FIRST_GRACE_MS : GRACE_MS)
  }

  /** Runs when GRACE_MS have passed. Waits one more turn of the event loop, so that a busy loop first reads the bytes that have arrived. */
  private readonly waited = (): void => {
    setImmediate(this.flush)
  }

  /** Passes the reply message that waits in `held` to the exchange. */
  private readonly flush = (): void => {
    clearTimeout(this.grace)
    const { held, exchange } = this
    if (!held) return
    this.held = undefined
    exchange.data(held.json, held.at, held.wireBytes)
    if (exchange.settled && !this.ended) this.letGo()
  }

  private decode(bytes: Buffer): Buffer | undefined {
    try {
      return Buffer.from(JSON.stringify(decodeReply(this.parts.method, bytes, this.parts.names)))
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      this.reject({ class: 'bad_grpc', message: `a reply of ${this.parts.method.path} cannot be read: ${said}` })
      return undefined
    }
  }

  /** Completes the exchange when as many replies have come as `await` asks for; later replies are not needed. */
  private enough(): void {
    this.exchange.statusLast(OK)
    this.flush()
    this.exchange.done()
    this.cancel()
  }

  /** Lets go of the call once its reply is complete. The server usually ends the call next; one that it does not end is cancelled after LINGER_MS. */
  private letGo(): void {
    if (this.exchange.outcome !== 'ok') this.cancel()
    else this.linger ??= setTimeout(() => this.cancel(), LINGER_MS)
  }

  end({ failure, trailers, unread }: StreamEnd): void {
    if (this.ended) return
    this.finish()
    const { exchange } = this
    if (exchange.settled) return
    const { refused } = this.parts
    if (refused && unread) {
      refused()
      return
    }
    exchange.carried(exchange.reused, this.parts.link.wireFaults)
    const finalFailure = failure ?? this.missing()
    exchange.statusLast(finalFailure ? statusOf(finalFailure) : OK, trailers)
    if (finalFailure) this.breakOff(finalFailure)
    else {
      this.flush()
      exchange.done()
    }
  }

  /** Fails the call. Replies that came before the failure are kept, and an exchange that already was ok becomes a failure. */
  private breakOff(failure: CallFailure): void {
    if (this.parts.method.responseStream) this.flush()
    if (this.exchange.outcome === 'ok') this.exchange.overrule(failure.class, failure.message)
    else this.fail(failure)
  }

  private missing(): CallFailure | undefined {
    if (this.parts.method.responseStream || this.replies > 0) return undefined
    return { class: 'bad_grpc', message: 'the call ended with status OK and without a reply' }
  }

  private reject(failure: CallFailure): void {
    this.fail(failure)
    this.cancel()
  }

  private fail({ class: failureClass, message, cause, retryAfterMs }: CallFailure): void {
    this.exchange.fail(failureClass, this.phase(), messageWithCause(failureClass, message, cause), cause, retryAfterMs)
  }

  private phase(): FailurePhase {
    if (Number.isNaN(this.exchange.sentAt)) return 'send'
    return Number.isNaN(this.exchange.firstByteAt) ? 'headers' : 'stream'
  }

  private finish(): void {
    this.ended = true
    clearTimeout(this.linger)
    clearTimeout(this.grace)
    this.parts.over()
  }
}

function bytesOf(bodies: readonly Buffer[]): number {
  return bodies.reduce((sum, body) => sum + body.length + FRAME_HEAD, 0)
}
