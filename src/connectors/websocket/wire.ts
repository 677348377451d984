import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { now } from '../../clock.ts'
import type { Failure, WireCauses } from '../../exchange.ts'
import { isPolledSince, pollMark } from '../wire/after-poll.ts'
import { endSocket, resetSocket, wireFaultsOf } from '../wire/dial.ts'
import type { Ending, OpenConnection } from '../wire/lasting/reconnecting.ts'
import { closeFailure, protocolFailure, silentFailure } from './failures.ts'
import type { Upgraded } from './handshake.ts'
import { DEFAULT_PONG_MS, Heartbeat } from './heartbeat.ts'
import type { WebSocketOptions } from './options/options.ts'

const OPEN = 1
const TEXT = { binary: false }
const BINARY = { binary: true }

/** The callbacks of an open WebSocket connection. */
interface WireEvents {
  /** Takes a whole message; `at` is the monotonic time in ms at which the socket delivered its last bytes. */
  message(bytes: Buffer, at: number): void
  /**
   * Called when the connection ended, with its close code, whichever side ended it. For a broken connection it is called twice; the first call states
   * the cause.
   */
  lost(failure: Failure, code: number | undefined): void
}

/** One open WebSocket: sends frames and pings, receives messages, and reports to its user's connection how it ended. */
export class Wire implements OpenConnection {
  /** Number of requests that the connection has carried. */
  carried = 0
  /** Monotonic time in ms at which the socket last delivered anything; NaN before it has. */
  readAt = Number.NaN
  /** Resolves when the socket is closed. */
  readonly gone: Promise<void>
  /** Kinds of the injected faults that have acted on the socket; undefined without a relay. */
  readonly wireFaults: WireCauses | undefined
  private readonly socket: WebSocket
  private readonly raw: Socket
  private readonly events: WireEvents
  private readMark = pollMark()
  private rawError: Error | undefined
  private readonly heartbeat: Heartbeat | undefined

  constructor({ socket, raw }: Upgraded, { ping }: Pick<WebSocketOptions, 'ping'>, events: WireEvents) {
    this.socket = socket
    this.raw = raw
    this.wireFaults = wireFaultsOf(raw)
    this.events = events
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()))
    this.stampReads(raw)
    raw.on('error', (error) => {
      this.rawError = error
    })
    // The binary type is the default one, so a message is always one Buffer.
    socket.on('message', (data) => this.events.message(data as Buffer, this.readAt))
    socket.on('error', (error) => this.lose(protocolFailure(error), undefined))
    socket.on('close', (code, reason) => {
      this.lose(closeFailure(code, reason.toString(), this.rawError), code)
    })
    if (ping) this.heartbeat = this.beat(ping.every, ping.timeout ?? DEFAULT_PONG_MS)
  }

  /** True when more bytes, such as a close frame, may have arrived after the latest ones: the socket has not been polled since. */
  get mayHoldMore(): boolean {
    return !isPolledSince(this.readMark)
  }

  /** True while frames can be sent. A frame that is written to a closing socket would be lost without an error. */
  get usable(): boolean {
    return this.socket.readyState === OPEN
  }

  /** Sends a frame. `flushed` is called when the operating system has taken the frame, or with the error. */
  send(bytes: Buffer, binary: boolean, flushed?: (error?: Error | null) => void): void {
    this.socket.send(bytes, binary ? BINARY : TEXT, flushed)
  }

  /** Ends the connection: `close` makes the closing handshake, `drop` ends the socket without one, and `reset` sends a TCP reset. */
  end(how: Ending): void {
    this.stopPinging()
    if (how === 'close') this.socket.close(1000)
    else if (how === 'drop') this.socket.terminate()
    else resetSocket(this.raw)
  }

  /** Ends the connection for an injected fault: with a reset, as the network does, or with a close, as the server does. It is reported as lost. */
  sever(how: 'reset' | 'close'): void {
    endSocket(this.raw, how)
  }

  /** Stops the pings. To be called when the connection is no longer used. */
  stopPinging(): void {
    this.heartbeat?.stop()
  }

  private beat(everyMs: number, timeoutMs: number): Heartbeat {
    const ping = () => {
      if (this.usable) this.socket.ping()
    }
    const heartbeat = new Heartbeat({ everyMs, timeoutMs }, ping, () => {
      this.lose(silentFailure(timeoutMs), undefined)
      this.socket.terminate()
    })
    this.socket.on('pong', () => heartbeat.pong())
    return heartbeat
  }

  private lose(failure: Failure, code: number | undefined): void {
    this.stopPinging()
    this.events.lost(failure, code)
  }

  /** Notes the time at which bytes arrive, before the library reads them, so that all messages of one read get that time. */
  private stampReads(raw: Socket): void {
    raw.prependListener('data', () => {
      this.readAt = now()
      this.readMark = pollMark()
    })
  }
}
