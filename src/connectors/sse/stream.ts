import { now } from '../../clock.ts'
import { type ConnectTimes, Exchange, type Failure, type ReplyReader, type WireCauses } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import type { Connection, ConnectionEvents, OpenContext } from '../wire/connector.ts'
import type { ConnectTry, OpenConnection } from '../wire/lasting/reconnecting.ts'

/** A function that opens a connection for one event stream; nothing else is sent over that connection. */
export type StreamOpener = (context: Pick<OpenContext, 'signal' | 'events'>) => Promise<Connection<HttpRequest>>

/** The callbacks of an event stream. `down` is called at most once; if `up` was not called before, the stream could not be opened. */
interface SseStreamEvents {
  /** Called when the socket is connected and the server's reply is awaited. */
  standing(): void
  up(times: ConnectTimes): void
  bytes(bytes: Uint8Array, at: number): void
  down(failure: Failure): void
}

/**
 * One event stream of a user: a request whose reply goes on until the stream is lost or closed. Its states are connecting, standing (the socket is
 * connected), up (the server has begun its reply) and down. `destroy` ends it in any state; nothing is reported afterwards.
 */
export class EventStream implements ConnectTry, OpenConnection {
  readonly gone: Promise<void>
  isUp = false
  private readonly events: SseStreamEvents
  private readonly ending = new AbortController()
  private readonly exchange: Exchange
  private readonly connection: Promise<Connection<HttpRequest> | undefined>
  private times: ConnectTimes = { dnsMs: null, connectMs: null, tlsMs: null }
  private standingSince = Number.NaN
  private over = false
  private readonly socketGone = Promise.withResolvers<void>()

  constructor(request: HttpRequest, open: StreamOpener, events: SseStreamEvents) {
    this.events = events
    this.gone = this.socketGone.promise
    const settled = ({ failure }: Exchange) => failure && this.fail(failure)
    this.exchange = new Exchange(now(), this.reader(), settled, { maxReplyBytes: Number.POSITIVE_INFINITY })
    this.connection = this.start(request, open)
  }

  /** Kinds of the injected faults that have acted on its socket; undefined without a relay. */
  get wireFaults(): WireCauses | undefined {
    return this.exchange.wireFaults
  }

  givenUp(message: string): Failure {
    return Number.isNaN(this.standingSince)
      ? { class: 'connect_timeout', phase: 'connect', message }
      : { class: 'timeout_headers', phase: 'headers', message }
  }

  /** Ends its connection for an injected fault: with a reset, as the network does, or with a close, as the server does. */
  sever(how: 'reset' | 'close'): void {
    void this.connection.then((connection) => connection?.sever?.(this.exchange, how))
  }

  /** Stops the stream; resolves when its socket is closed. */
  destroy(): Promise<void> {
    if (!this.over) {
      this.over = true
      this.ending.abort()
      void this.freeSocket()
    }
    return this.gone
  }

  end(): void {
    void this.destroy()
  }

  private async freeSocket(): Promise<void> {
    await (await this.connection)?.close()
    this.socketGone.resolve()
  }

  private async start(request: HttpRequest, open: StreamOpener): Promise<Connection<HttpRequest> | undefined> {
    try {
      const connection = await open({ signal: this.ending.signal, events: this.socketEvents() })
      if (!this.over) connection.send(request, this.exchange)
      return connection
    } catch (error) {
      // the certificate files could be read before, so one was removed since
      const message = error instanceof Error ? error.message : String(error)
      this.fail({ class: 'local_setup', phase: 'connect', message })
      return undefined
    }
  }

  /** Returns the callbacks for the socket. They report nothing further, because the owner counts the stream itself as the connection. */
  private socketEvents(): ConnectionEvents {
    const nothing = () => {}
    const opened = (times: ConnectTimes) => {
      this.times = times
      this.standingSince = now()
      if (!this.over) this.events.standing()
    }
    return { opened, openFailed: nothing, lost: nothing, reconnected: nothing, closed: nothing }
  }

  private reader(): ReplyReader {
    return {
      head: (status, headers, exchange) => {
        if (status < 200 || status > 299) {
          const { failureClass, message } = refusal(status, headers['retry-after'])
          exchange.fail(failureClass, 'headers', message)
        } else if (/^\s*text\/event-stream\s*(;|$)/i.test(headers['content-type'] ?? '')) this.accepted()
      },
      push: (bytes, exchange) => {
        if (!this.over) this.events.bytes(bytes, exchange.lastActivityAt)
      },
      end: (exchange) => exchange.fail('closed_early', 'stream', 'the target ended the event stream'),
    }
  }

  private accepted(): void {
    if (this.over) return
    this.isUp = true
    this.events.up({ ...this.times, handshakeMs: now() - this.standingSince })
  }

  private fail(failure: Failure): void {
    if (this.over) return
    void this.destroy()
    this.events.down(failure)
  }
}

function refusal(status: number, retryAfter: string | undefined): { failureClass: string; message: string } {
  const limited = status === 429 || (status === 503 && retryAfter !== undefined)
  const wait = retryAfter === undefined ? '' : `; retry after ${retryAfter}`
  return {
    failureClass: limited ? 'rate_limited' : 'http_status',
    message: `the event stream was answered with status ${status}${wait}`,
  }
}
