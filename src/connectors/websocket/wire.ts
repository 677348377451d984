/** One open WebSocket: frames out, messages in, and one word on how it ended. */

import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { now } from '../../clock.ts'
import type { Failure } from '../../exchange.ts'
import { resetSocket } from '../wire/dial.ts'
import { closeFailure, protocolFailure } from './failures.ts'
import type { Upgraded } from './handshake.ts'

const OPEN = 1

/** What an open socket tells. */
interface WireEvents {
  /** A whole message; `at` is when the socket delivered the last of it. */
  message(bytes: Buffer, at: number): void
  pong(): void
  /** The peer or the network ended it, with that close code. At most once, and never after our own `close` or `drop`. */
  lost(failure: Failure, code: number | undefined): void
  /** Nothing of it is left. Once, after all else. */
  ended(ours: boolean): void
}

export class Wire {
  /** Requests that it has carried. */
  carried = 0
  /** Settles when nothing of it is left. */
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

  /** Ms since the socket delivered anything; NaN before it has. */
  get quietMs(): number {
    return now() - this.readAt
  }

  /** False once it is closing: frames would vanish without a word. */
  get usable(): boolean {
    return this.socket.readyState === OPEN
  }

  /** `flushed` is called when the operating system has taken the frame, or with why it could not be written. */
  send(bytes: Buffer, binary: boolean, flushed?: (error?: Error | null) => void): void {
    this.socket.send(bytes, { binary }, flushed)
  }

  ping(): void {
    if (this.usable) this.socket.ping()
  }

  /** Ends it with a closing handshake. */
  close(): void {
    this.claim()
    this.socket.close(1000)
  }

  /** Ends it at once. */
  drop(): void {
    this.claim()
    this.socket.terminate()
  }

  /** Ends it at once, with a reset: the peer sees no closing handshake, and no end of the stream either. */
  reset(): void {
    this.claim()
    resetSocket(this.raw)
  }

  /** The peer is taken for dead. */
  abandon(failure: Failure): void {
    this.lose(failure, undefined)
    this.socket.terminate()
  }

  /** One that was lost before stays lost. */
  private claim(): void {
    this.ours = !this.over
  }

  private lose(failure: Failure, code: number | undefined): void {
    if (this.over || this.ours) return
    this.over = true
    this.events.lost(failure, code)
  }

  /** Ahead of the library's own listener, so that messages are stamped before they are parsed, and those of one read alike. */
  private stampReads(raw: Socket): void {
    raw.prependListener('data', () => {
      this.readAt = now()
    })
  }
}
