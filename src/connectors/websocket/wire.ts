import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { now } from '../../clock.ts'
import type { Failure } from '../../exchange.ts'
import { resetSocket } from '../wire/dial.ts'
import { closeFailure, protocolFailure } from './failures.ts'
import type { Upgraded } from './handshake.ts'

const OPEN = 1

/** What an open WebSocket reports. */
interface WireEvents {
  /** Takes a whole message; `at` is the monotonic time in ms at which the socket delivered its last bytes. */
  message(bytes: Buffer, at: number): void
  pong(): void
  /** Called when the peer or the network ended the connection, with its close code. At most once, and never after `close` or `drop`. */
  lost(failure: Failure, code: number | undefined): void
  /** Called once, after all other callbacks, when the socket is closed; `ours` is true when burn ended it. */
  ended(ours: boolean): void
}

/** One open WebSocket: sends frames, receives messages, and reports once how it ended. */
export class Wire {
  /** Number of requests that the connection has carried. */
  carried = 0
  /** Resolves when the socket is gone. */
  readonly gone: Promise<void>
  private readonly socket: WebSocket
  private readonly raw: Socket
  private readonly events: WireEvents
  private readAt = Number.NaN
  private rawError: Error | undefined
  private ours = false
  private over = false

  constructor({ socket, raw }: Upgraded, events: WireEvents) {
    this.socket = socket
    this.raw = raw
    this.events = events
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()))
    this.stampReads(raw)
    raw.on('error', (error) => {
      this.rawError = error
    })
    // The binary type is the default one, so a message is always one Buffer.
    socket.on('message', (data) => this.events.message(data as Buffer, this.readAt))
    socket.on('pong', () => this.events.pong())
    socket.on('error', (error) => this.lose(protocolFailure(error), undefined))
    socket.on('close', (code, reason) => {
      this.lose(closeFailure(code, reason.toString(), this.rawError), code)
      this.events.ended(this.ours)
    })
  }

  /** Time in ms since the socket delivered anything; NaN before it has. */
  get quietMs(): number {
    return now() - this.readAt
  }

  /** True while frames can be sent; a frame for a closing socket would be lost without an error. */
  get usable(): boolean {
    return this.socket.readyState === OPEN
  }

  /** Sends a frame. `flushed` is called when the operating system has taken it, or with the error. */
  send(bytes: Buffer, binary: boolean, flushed?: (error?: Error | null) => void): void {
    this.socket.send(bytes, { binary }, flushed)
  }

  ping(): void {
    if (this.usable) this.socket.ping()
  }

  /** Closes the connection with a closing handshake. */
  close(): void {
    this.claim()
    this.socket.close(1000)
  }

  /** Ends the connection at once, without a closing handshake. */
  drop(): void {
    this.claim()
    this.socket.terminate()
  }

  /** Ends the connection with a reset: the peer sees neither a closing handshake nor an end of the stream. */
  reset(): void {
    this.claim()
    resetSocket(this.raw)
  }

  /** Reports the connection as lost with this failure and ends it, because its peer does not answer. */
  abandon(failure: Failure): void {
    this.lose(failure, undefined)
    this.socket.terminate()
  }

  /** Marks the connection as ended by burn, unless it was lost before. */
  private claim(): void {
    this.ours = !this.over
  }

  private lose(failure: Failure, code: number | undefined): void {
    if (this.over || this.ours) return
    this.over = true
    this.events.lost(failure, code)
  }

  /** Notes when bytes arrive, ahead of the library's own listener, so that all messages of one read get its time. */
  private stampReads(raw: Socket): void {
    raw.prependListener('data', () => {
      this.readAt = now()
    })
  }
}
