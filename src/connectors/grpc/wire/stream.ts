/** One HTTP/2 stream as gRPC has it: metadata, messages, and one word on how it ended. */
import { type ClientHttp2Stream, constants } from 'node:http2'
import { now } from '../../../clock.ts'
import type { Failure, Headers } from '../../../exchange.ts'
import { plainHeaders } from '../options/metadata.ts'
import { Deframer, framed } from './frames.ts'
import { brokenBy, type CallFailure, failureOf, isGrpc } from './status.ts'

/** How a stream ended. */
export interface StreamEnd {
  /** Undefined when the call ended with status OK. */
  readonly failure: CallFailure | undefined
  /** What the server gave as its last metadata. */
  readonly trailers: Headers
  /** The server gave the call back unread: no handler has seen it. */
  readonly unread: boolean
}

/** What a stream tells. */
export interface StreamEvents {
  head(headers: Headers): void
  /** A whole message; `wireBytes` is what it took on the wire. */
  message(bytes: Buffer, wireBytes: number, at: number): void
  /** Once; nothing follows. */
  end(end: StreamEnd): void
}

/** What a stream needs to know, all of it fixed for its connection. */
export interface StreamSettings {
  readonly maxMessage: number
  readonly compression: 'none' | 'gzip' | 'deflate'
}

export class GrpcStream {
  private readonly stream: ClientHttp2Stream
  private readonly events: StreamEvents
  private readonly compression: StreamSettings['compression']
  private readonly deframer: Deframer
  private headers: Headers | undefined
  private httpStatus = 0
  private trailers: Headers | undefined
  private readAt = Number.NaN
  private over = false
  private deadline: NodeJS.Timeout | undefined
  /** What its connection broke with. */
  private linkError: unknown

  /** `gone` is told when the library has closed the stream, with the error that its connection gave it. */
  constructor(stream: ClientHttp2Stream, settings: StreamSettings, events: StreamEvents, gone: (error: unknown) => void) {
    this.stream = stream
    this.events = events
    this.compression = settings.compression
    this.deframer = new Deframer(settings.maxMessage, (bytes, wireBytes) => {
      if (!this.over) this.events.message(bytes, wireBytes, this.readAt)
    })
    this.listen(gone)
  }

  /** Fails the call with DEADLINE_EXCEEDED when it has not ended after `ms`. */
  limit(ms: number): void {
    const failure = { class: 'grpc_DEADLINE_EXCEEDED', message: `the call had not ended at its deadline, after ${ms} ms` }
    this.deadline = setTimeout(() => this.giveUp(failure), ms)
  }

  /** Sends a message. `flushed` is called when the socket has taken it. */
  send(message: Buffer, flushed: () => void): void {
    const { stream } = this
    if (stream.destroyed || stream.writableEnded) return
    stream.write(framed(message, this.compression), (error) => {
      if (!error) flushed()
    })
  }

  /** No message follows. */
  halfClose(): void {
    if (!this.stream.destroyed) this.stream.end()
  }

  /** Nobody wants the rest; nothing is told any more. */
  cancel(): void {
    this.finish()
    this.stream.close(constants.NGHTTP2_CANCEL)
  }

  /** The connection broke under it. */
  broke(failure: Failure): void {
    this.tell({ failure: brokenBy(failure), trailers: {}, unread: false })
  }

  /** Whether the status is here, which a lost connection cannot take back. */
  get complete(): boolean {
    return this.over || this.trailers !== undefined
  }

  private listen(gone: (error: unknown) => void): void {
    const { stream } = this
    stream.on('response', (headers, flags) => {
      this.headers = plainHeaders(headers)
      this.httpStatus = Number(headers[':status'])
      this.deframer.encoding = this.headers['grpc-encoding']
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) this.trailers = this.headers
      if (!this.over) this.events.head(this.headers)
    })
    stream.on('trailers', (headers) => {
      this.trailers = plainHeaders(headers)
    })
    stream.on('data', (piece: Buffer) => this.read(piece))
    stream.on('end', () => this.ended())
    stream.on('error', (error) => {
      this.linkError = error
    })
    stream.on('close', () => {
      gone(this.linkError)
      this.judge(stream.rstCode ?? 0)
    })
  }

  private read(piece: Buffer): void {
    this.readAt = now()
    // a page of HTML is no message; what it is instead is told at its end
    if (this.over || this.httpStatus !== 200 || !this.headers || !isGrpc(this.headers)) return
    const failure = this.deframer.push(piece)
    if (failure) this.giveUp(failure)
  }

  /** All that the server sends is here. Without a status the code of the reset decides, which comes with the close. */
  private ended(): void {
    if (this.trailers) this.judge(0)
    if (!this.stream.writableEnded && !this.stream.destroyed) this.stream.end()
  }

  private giveUp(failure: CallFailure): void {
    this.tell({ failure, trailers: {}, unread: false })
    this.stream.close(constants.NGHTTP2_CANCEL)
  }

  private judge(rstCode: number): void {
    const { headers: head, httpStatus, trailers } = this
    const failure = failureOf({ head, httpStatus, trailers, rstCode, insideMessage: this.deframer.inside })
    const unread = !head && rstCode === constants.NGHTTP2_REFUSED_STREAM
    this.tell({ failure, trailers: trailers ?? {}, unread })
  }

  private tell(end: StreamEnd): void {
    if (this.over) return
    this.finish()
    this.events.end(end)
  }

  private finish(): void {
    this.over = true
    clearTimeout(this.deadline)
  }
}
