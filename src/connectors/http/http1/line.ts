/** HTTP/1.1 over one connected socket: writes one request at a time and reads its reply. It neither opens sockets nor sends a request again. */
import type { Socket } from 'node:net'
import { LONGEST_TIMER_MS, now } from '../../../clock.ts'
import type { Failure } from '../../../exchange.ts'
import { afterPoll, isPolledSince, LONG_AGO, pollMark } from '../../wire/after-poll.ts'
import { classify } from '../../wire/failures.ts'
import { type ByteReceiver, receiveBytes, viewOf } from '../../wire/socket-bytes.ts'
import { HINT_MARGIN_MS, type HttpClient, type HttpLine, type HttpRequest, type LineEvents } from '../transport.ts'
import type { ReplyHead } from './head.ts'
import { ReplyParser, type ReplyParts } from './parser.ts'
import { asksToClose, isLarge, requestBytes } from './request-bytes.ts'

/** burn's own HTTP/1.1 client. It is used unless a target's option `client` chooses the library undici. */
export const client: HttpClient = {
  attach: (socket, _origin, forwarding) => new Http1Line(socket, forwarding),
  forwards: true,
  sharedReads: true,
}

interface WaitingRequest {
  readonly request: HttpRequest
  readonly close: boolean
  readonly events: LineEvents
}

/**
 * One HTTP/1.1 connection. Its states:
 * | state | what ends it → the next state |
 * | --- | --- |
 * | idle | `request` → waiting if a reply ended in this turn of the event loop, else busy; FIN, error, bytes → closed |
 * | waiting: for a FIN that may have come with the last reply | the next turn → busy; FIN, error → closed, and the request was not sent |
 * | busy: `events` is set | the end of the reply → idle, or closed if the connection is not kept; a fault → closed |
 */
class Http1Line implements HttpLine, ByteReceiver, ReplyParts {
  private readonly socket: Socket
  /** Header lines for the HTTP proxy that forwards the requests; undefined when no proxy does. */
  private readonly forwarding: string | undefined
  private readonly parser = new ReplyParser(this)
  private events: LineEvents | undefined
  private closesAfter = false
  private headed = false
  /** The first error of the socket; undefined without one. */
  private broke: Error | undefined
  /** The time at which the bytes that are parsed now were delivered, in monotonic ms. */
  private at = Number.NaN
  private hadReply = false
  /** True when bytes of a reply have come since the request was sent. */
  private answered = false
  /** The count of socket polls when the last reply ended. Once the count has grown, bytes that came together with that reply have been read. */
  private repliedMark = LONG_AGO
  private waiting: WaitingRequest | undefined
  private idleMs: number | undefined
  private idleTimer: NodeJS.Timeout | undefined
  private timerMs = Number.NaN

  constructor(socket: Socket, forwarding: string | undefined) {
    this.socket = socket
    this.forwarding = forwarding
    receiveBytes(socket, this)
    socket.on('error', (error) => {
      this.broke ??= error
    })
    socket.once('end', () => this.onEnd())
    socket.once('close', () => this.onClose())
  }

  get reusable(): boolean {
    return !this.socket.destroyed
  }

  request(request: HttpRequest, close: boolean, events: LineEvents): void {
    // A FIN that came with the reply is read in the next turn of the loop; a request sent before that would be lost.
    if (isPolledSince(this.repliedMark)) this.send(request, close, events)
    else {
      this.waiting = { request, close, events }
      afterPoll(this.sendWaiting)
    }
  }

  private readonly sendWaiting = (): void => {
    const { waiting } = this
    this.waiting = undefined
    if (waiting) this.send(waiting.request, waiting.close, waiting.events)
  }

  private send(request: HttpRequest, close: boolean, events: LineEvents): void {
    if (this.socket.destroyed) {
      events.unsent()
      return
    }
    this.events = events
    this.headed = false
    this.answered = false
    this.closesAfter = close || asksToClose(request)
    const bytes = requestBytes(request, this.closesAfter, this.forwarding)
    const { body } = request
    this.parser.expect(request.method)
    if (body && isLarge(body)) this.writeLarge(bytes, body, events)
    else {
      events.sent(bytes.byteLength)
      this.socket.write(bytes)
    }
  }

  /** Writes the head and a large body together, with a single call of the operating system if possible. */
  private writeLarge(head: Buffer, body: Buffer, events: LineEvents): void {
    events.sent(head.byteLength + body.byteLength)
    this.socket.cork()
    this.socket.write(head)
    this.socket.write(body)
    this.socket.uncork()
  }

  received(bytes: Buffer, length: number): void {
    this.at = now()
    this.answered = true
    const { parser } = this
    // bytes that no request asked for could be taken for the next reply
    if (!this.events) this.socket.destroy()
    else {
      const used = parser.take(bytes, length)
      if (parser.problem) this.refuse({ ...parser.problem, phase: this.headed ? 'stream' : 'headers' })
      else if (parser.idle) this.finish(used < length)
    }
  }

  head(head: ReplyHead): void {
    this.headed = true
    this.closesAfter ||= !head.persistent
    this.idleMs = head.idleMs
    this.events?.head(head.status, head.headers, head.setCookies, this.at)
  }

  body(bytes: Buffer, start: number, end: number): void {
    this.events?.data(viewOf(bytes, start, end), this.at)
  }

  /** Ends the reply. With `surplus`, more bytes came after its end; that is only reported if the connection was to be kept. */
  private finish(surplus: boolean): void {
    const { events, socket } = this
    this.events = undefined
    this.hadReply = true
    const unasked = surplus && !this.closesAfter
    if (this.closesAfter || surplus || !this.mayIdle()) socket.destroy()
    else this.repliedMark = pollMark()
    events?.end(unasked ? 'extra_bytes' : undefined)
  }

  /**
   * Starts the timer that closes an idle connection before the server does, as its `keep-alive` header announced. Returns false when no time is left.
   */
  private mayIdle(): boolean {
    if (this.idleMs === undefined) return true
    const ms = Math.min(this.idleMs - HINT_MARGIN_MS, LONGEST_TIMER_MS)
    if (ms === this.timerMs) this.idleTimer?.refresh()
    else {
      clearTimeout(this.idleTimer)
      this.timerMs = ms
      if (ms > 0) this.idleTimer = setTimeout(() => this.endIdle(), ms).unref()
    }
    return ms > 0
  }

  private endIdle(): void {
    if (!this.events) this.socket.destroy()
  }

  /** Fails the request because its reply is invalid, and destroys the socket. */
  private refuse(failure: Failure): void {
    const { events } = this
    this.events = undefined
    this.socket.destroy()
    events?.failed(failure)
  }

  private onEnd(): void {
    if (this.events && this.parser.end()) {
      const { events } = this
      this.events = undefined
      this.socket.destroy()
      events.end('unverified_end')
    } else this.socket.destroy()
  }

  private onClose(): void {
    clearTimeout(this.idleTimer)
    const { events } = this
    this.events = undefined
    if (!events) return
    const phase = this.headed ? 'stream' : 'headers'
    if (this.broke) events.failed(classify(this.broke, phase))
    else events.failed({ ...this.closedEarly(), phase })
  }

  /**
   * Returns the failure for a connection that closed before the reply was complete. A reused connection without any reply byte was most likely closed
   * by the server, as idle, while the request was on its way.
   */
  private closedEarly(): Pick<Failure, 'class' | 'message'> {
    if (!this.hadReply || this.answered)
      return { class: 'closed_early', message: 'the connection was closed before the reply was complete' }
    return { class: 'reset', message: 'the kept connection was closed when the request came' }
  }
}
