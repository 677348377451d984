import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2'
import type { Headers } from '../../../exchange.ts'
import { DRAIN_MS } from '../call.ts'
import { isRedirect } from '../redirect.ts'
import { MAX_HINTS } from '../transport.ts'
import type { Http2Call } from './call.ts'

/**
 * The callbacks with which an HTTP/2 stream reports to its connection: that bytes arrived, that the exchange has its outcome, and that the stream is
 * closed.
 */
export interface CallStreamOwner {
  /** Called when the headers or a piece of the body of a reply have come. */
  received(): void
  /** Called when the exchange has its outcome; a call of `ended` follows later. */
  settled(stream: CallStream): void
  /** Called when the stream is closed. If the reply is not complete, the receiver fails the exchange or sends it again. */
  ended(stream: CallStream): void
}

/**
 * The HTTP/2 stream of one request: reads the reply and passes it to the exchange. The reply is complete when its headers and END_STREAM have come.
 */
export class CallStream {
  readonly call: Http2Call
  /** The error that the library reported before the stream ended. */
  error: unknown
  private readonly stream: ClientHttp2Stream
  private readonly owner: CallStreamOwner
  private headed = false
  private hints = 0
  /** True when END_STREAM has come, so that the server has ended the reply. */
  private endedByPeer = false
  private timer: NodeJS.Timeout | undefined

  constructor(call: Http2Call, stream: ClientHttp2Stream, owner: CallStreamOwner) {
    this.call = call
    this.stream = stream
    this.owner = owner
    this.watchEnd()
    this.listen()
  }

  get whole(): boolean {
    return this.headed && this.endedByPeer && this.stream.rstCode === constants.NGHTTP2_NO_ERROR
  }

  get rstCode(): number {
    return this.stream.rstCode ?? constants.NGHTTP2_NO_ERROR
  }

  /** Resets the stream, because the reply is not needed any more. */
  cancel(): void {
    this.stream.close(constants.NGHTTP2_CANCEL)
  }

  /**
   * Watches for END_STREAM, because the library's event `end` comes too late: it also comes after a reset or a loss, and a server may send END_STREAM
   * and RST_STREAM(NO_ERROR) together (RFC 9113, section 8.1).
   */
  private watchEnd(): void {
    const { stream } = this
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !stream.closed) this.endedByPeer = true
      return push(chunk, encoding)
    }
  }

  private listen(): void {
    const { stream, call } = this
    const { exchange } = call
    stream.on('headers', () => this.hint())
    stream.on('response', (headers) => {
      this.headed = true
      this.owner.received()
      const { cookies, url } = call.request
      if (headers['set-cookie']) cookies?.store(headers['set-cookie'], url.href)
      const status = Number(headers[':status'])
      if (isRedirect(status, plain(headers))) exchange.warn('redirect_not_followed')
      exchange.head(status, plain(headers))
      this.rest()
    })
    stream.on('data', (chunk: Buffer) => {
      this.owner.received()
      exchange.data(chunk)
      this.rest()
    })
    stream.on('end', () => this.complete())
    stream.on('error', (error) => {
      this.error = error
    })
    stream.on('close', () => {
      clearTimeout(this.timer)
      this.complete()
      this.owner.ended(this)
    })
  }

  /** Settles the exchange when the reply is complete, even if the body of the request is not. */
  private complete(): void {
    if (!this.whole || this.call.exchange.settled) return
    this.owner.settled(this)
    if (!this.stream.writableFinished) this.limit()
    this.call.exchange.done()
  }

  /** Tells the owner that the exchange has its outcome, and gives the server DRAIN_MS to end the stream itself. */
  private rest(): void {
    if (!this.call.exchange.settled || this.timer) return
    this.owner.settled(this)
    this.limit()
  }

  private limit(): void {
    this.timer ??= setTimeout(() => this.cancel(), DRAIN_MS)
  }

  private hint(): void {
    this.hints += 1
    if (this.hints > MAX_HINTS)
      this.call.exchange.fail('bad_http', 'headers', `more than ${MAX_HINTS} informational (1xx) replies`)
  }
}

function plain(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): Headers {
  const entries = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]))
}
