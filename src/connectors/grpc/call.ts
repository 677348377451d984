/** One call: requests out, replies in, every outcome told to the exchange once. */
import type * as Grpc from '@grpc/grpc-js'
import { now } from '../../clock.ts'
import type { FailurePhase } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import { headersOf } from './metadata.ts'
import type { Method } from './protos.ts'
import type { GrpcRequest } from './request.ts'
import { CANCELLED, type CallFailure, type CallStatus, failureOf, OK, statusNumber } from './status.ts'
import { endedInsideMessage } from './unread.ts'

/** Bytes before each message on the wire: flag and length. */
const FRAME_HEAD = 5
/** How long a call may go on after its reply was complete by its own words, in ms; then it is cancelled. */
const LINGER_MS = 1000

/** What a call needs beside the exchange that it serves. */
export interface CallParts {
  readonly stream: Grpc.experimental.CallStream
  readonly method: Method
  readonly request: GrpcRequest
  /** The request messages as bytes. */
  readonly bodies: readonly Buffer[]
  readonly metadata: Grpc.Metadata
  /** Told once, when nothing more can come. */
  over(call: GrpcCall): void
}

export class GrpcCall {
  readonly exchange: Exchange
  private readonly parts: CallParts
  private nextBody = 0
  private replies = 0
  /** Written, and not answered yet: what `await: each` looks at. */
  private ahead = 0
  private writing = false
  private ended = false
  private linger: NodeJS.Timeout | undefined
  /** The reply of a call that has one: it counts only when the status says so. */
  private held: { bytes: Buffer; at: number } | undefined
  private contentType: string | undefined

  constructor(exchange: Exchange, parts: CallParts) {
    this.exchange = exchange
    this.parts = parts
  }

  start(): void {
    const { stream, metadata, bodies } = this.parts
    stream.start(metadata, {
      onReceiveMetadata: (received) => this.head(received),
      onReceiveMessage: (bytes: Buffer) => this.reply(bytes, now()),
      onReceiveStatus: (status) => this.end(status),
    })
    stream.startRead()
    if (bodies.length === 0) this.exchange.sent(0)
    this.write()
  }

  /** Tells the server that nobody waits any more; nothing is told to the exchange. */
  cancel(): void {
    if (this.ended) return
    this.finish()
    this.parts.stream.cancelWithStatus(CANCELLED, 'cancelled')
  }

  /** One message at a time: the library holds only one before the call is on its way. */
  private write(): void {
    const { stream, bodies, request } = this.parts
    if (this.ended || this.writing || (request.await === 'each' && this.ahead > 0)) return
    const body = bodies[this.nextBody]
    if (body === undefined) {
      if (this.nextBody === bodies.length) stream.halfClose()
      this.nextBody = bodies.length + 1
      return
    }
    this.nextBody += 1
    this.ahead += 1
    this.writing = true
    stream.sendMessageWithContext({ callback: () => this.written() }, body)
    if (this.nextBody === bodies.length && request.await !== 'each') this.halfClose()
  }

  private halfClose(): void {
    this.nextBody += 1
    this.parts.stream.halfClose()
  }

  private written(): void {
    this.writing = false
    this.exchange.sent(this.bytesToSend())
    this.write()
  }

  private bytesToSend(): number {
    return this.parts.bodies.reduce((sum, body) => sum + body.length + FRAME_HEAD, 0)
  }

  private head(metadata: Grpc.Metadata): void {
    const { exchange } = this
    if (exchange.settled) return
    exchange.lastActivityAt = now()
    if (Number.isNaN(exchange.firstByteAt)) exchange.firstByteAt = exchange.lastActivityAt
    exchange.headers = { ...exchange.headers, ...headersOf(metadata) }
    this.contentType = exchange.headers['content-type']
  }

  private reply(bytes: Buffer, at: number): void {
    if (this.ended) return
    const { method, stream } = this.parts
    const json = this.decode(bytes)
    if (json === undefined) return
    this.replies += 1
    this.ahead = Math.max(0, this.ahead - 1)
    if (method.responseStream) this.exchange.data(json, at)
    else if (this.replies > 1) this.reject({ class: 'bad_grpc', message: 'a second reply came to a call that has one' })
    else this.held = { bytes: json, at }
    if (this.exchange.settled) this.letGo()
    else if (this.replies === this.parts.request.await) this.enough()
    if (this.ended) return
    stream.startRead()
    this.write()
  }

  private decode(bytes: Buffer): Buffer | undefined {
    try {
      return Buffer.from(JSON.stringify(this.parts.method.responseDeserialize(bytes)))
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      this.reject({ class: 'bad_grpc', message: `a reply of ${this.parts.method.path} cannot be read: ${said}` })
      return undefined
    }
  }

  /** As many replies as were asked for: the rest of the call is of no interest. */
  private enough(): void {
    if (this.held) this.exchange.data(this.held.bytes, this.held.at)
    this.exchange.status = OK
    this.exchange.done()
    this.cancel()
  }

  /** The reader has its reply. The server usually ends the call next; one that goes on for ever is cancelled. */
  private letGo(): void {
    if (this.exchange.outcome !== 'ok') this.cancel()
    else this.linger ??= setTimeout(() => this.cancel(), LINGER_MS)
  }

  private end(status: CallStatus & { readonly metadata: Grpc.Metadata }): void {
    if (this.ended) return
    this.finish()
    const { exchange } = this
    if (exchange.settled) return
    exchange.status = statusNumber(status.code)
    exchange.headers = { ...exchange.headers, ...headersOf(status.metadata) }
    const failure = this.judge(status)
    if (failure) this.fail(failure)
    else this.complete()
  }

  private complete(): void {
    if (this.held) this.exchange.data(this.held.bytes, this.held.at)
    this.exchange.done()
  }

  private judge(status: CallStatus): CallFailure | undefined {
    const failure = failureOf(status)
    const notGrpc = this.contentType !== undefined && !this.contentType.startsWith('application/grpc')
    if (notGrpc && failure?.cause !== 'http_status')
      return { class: 'bad_grpc', message: `the reply is not gRPC: its content type is ${this.contentType}` }
    if (failure) return failure
    if (endedInsideMessage(this.parts.stream))
      return { class: 'bad_grpc', message: 'the call ended with status OK in the middle of a message' }
    if (!this.parts.method.responseStream && !this.held)
      return { class: 'bad_grpc', message: 'the call ended with status OK and without a reply' }
    return undefined
  }

  private reject(failure: CallFailure): void {
    this.fail(failure)
    this.cancel()
  }

  private fail({ class: failureClass, message, cause }: CallFailure): void {
    this.exchange.fail(failureClass, this.phase(), cause === undefined ? message : `${cause}: ${message}`, cause)
  }

  private phase(): FailurePhase {
    if (Number.isNaN(this.exchange.sentAt)) return 'send'
    return Number.isNaN(this.exchange.firstByteAt) ? 'headers' : 'stream'
  }

  private finish(): void {
    this.ended = true
    clearTimeout(this.linger)
    this.parts.over(this)
  }
}
