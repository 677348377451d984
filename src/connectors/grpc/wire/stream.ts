import { type ClientHttp2Stream, constants } from 'node:http2'
import { now } from '../../../clock.ts'
import type { Failure, Headers } from '../../../exchange.ts'
import { plainHeaders } from '../options/metadata.ts'
import { Deframer, framed } from './frames.ts'
import { brokenBy, type CallFailure, failureOf, isGrpc } from './status.ts'

/**
 * How the HTTP/2 stream of a gRPC call ended: the failure, the trailers, and whether the server left the call unprocessed, so that it can be made
 * again.
 */
export interface StreamEnd {
  /** Why the call failed; undefined when it ended with status OK. */
  readonly failure: CallFailure | undefined
  /** The last metadata from the server; empty when none came. */
  readonly trailers: Headers
  /** True when the server has not processed any of the call, so that it can be made again. */
  readonly unread: boolean
}

/** The callbacks of the HTTP/2 stream of a gRPC call: for the headers, each message, and the end. */
export interface StreamEvents {
  head(headers: Headers): void
  /** Takes a complete message; `wireBytes` is its size on the wire, `at` its arrival in monotonic ms. */
  message(bytes: Buffer, wireBytes: number, at: number): void
  /** Called once, after all other callbacks. */
  end(end: StreamEnd): void
}

/** The settings that all gRPC calls on a connection share: the largest message in bytes, and how requests are compressed. */
export interface StreamSettings {
  readonly maxMessage: number
  readonly compression: 'none' | 'gzip' | 'deflate'
}

/** One HTTP/2 stream of a gRPC call: sends and receives messages, and reports once how it ended. */
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
  /** The error with which the connection under this stream broke; undefined while it works. */
  private linkError: unknown

  /** `gone` is called when the stream is closed, with the error that ended it; undefined without one. */
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

  /** Sends a message. `flushed` is called when its bytes are written; never when that fails. */
  send(message: Buffer, flushed: () => void): void {
    const { stream } = this
    if (stream.destroyed || stream.writableEnded) return
    stream.write(framed(message, this.compression), (error) => {
      if (!error) flushed()
    })
  }

  /** Notifies the server that no further request message follows. */
  halfClose(): void {
    if (!this.stream.destroyed) this.stream.end()
  }

  /** Resets the stream because its reply is not needed; nothing more is reported. */
  cancel(): void {
    this.finish()
    this.stream.close(constants.NGHTTP2_CANCEL)
  }

  /** Fails the call because its connection broke. */
  broke(failure: Failure): void {
    this.report({ failure: brokenBy(failure), trailers: {}, unread: false })
  }

  /** True when the outcome of the call is known, so that a loss of the connection does not change it any more. */
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
      this.evaluateEnd(stream.rstCode ?? 0)
    })
  }

  private read(piece: Buffer): void {
    this.readAt = now()
    // a page of HTML has no messages; the failure at its end says what it is
    if (this.over || this.httpStatus !== 200 || !this.headers || !isGrpc(this.headers)) return
    const failure = this.deframer.push(piece)
    if (failure) this.giveUp(failure)
  }

  /** Handles the end of the reply. If no status has come, the error code of the stream's reset decides, which is known when the stream closes. */
  private ended(): void {
    if (this.trailers) this.evaluateEnd(0)
    if (!this.stream.writableEnded && !this.stream.destroyed) this.stream.end()
  }

  private giveUp(failure: CallFailure): void {
    this.report({ failure, trailers: {}, unread: false })
    this.stream.close(constants.NGHTTP2_CANCEL)
  }

  private evaluateEnd(rstCode: number): void {
    const { headers: head, httpStatus, trailers } = this
    const failure = failureOf({ head, httpStatus, trailers, rstCode, insideMessage: this.deframer.inside })
    const unread = !head && rstCode === constants.NGHTTP2_REFUSED_STREAM
    this.report({ failure, trailers: trailers ?? {}, unread })
  }

  private report(end: StreamEnd): void {
    if (this.over) return
    this.finish()
    this.events.end(end)
  }

  private finish(): void {
    this.over = true
    clearTimeout(this.deadline)
  }
}
