/** One direction of a connection through the relay: a queue in which bytes wait until the faults let them pass. */
import { after, LONGEST_TIMER_MS, nextTurn, now } from '../../clock.ts'
import type { Random } from '../../random.ts'
import { roomFor, shapeOf } from './shape.ts'
import { type DrawnFault, isActive } from './wire-fault.ts'

/** The memory in bytes that a piece counts for beside its content, so that many small pieces cannot fill the memory. */
const PIECE_COST_BYTES = 256
/** The socket that bytes come from. */
interface Inlet {
  pause(): unknown
  resume(): unknown
}

/** The socket that bytes go to. */
interface Outlet {
  readonly writable: boolean
  readonly writableNeedDrain: boolean
  write(bytes: Uint8Array, done: () => void): boolean
  end(): unknown
}

/** The callbacks of one direction of a connection to its connection. */
interface FlowHost {
  /** Called when a fault changes something on the connection. */
  acts(drawn: DrawnFault): void
  /** Called when bytes were passed on, with their number. */
  passed(bytes: number): void
  /** Called to reset the connection in both directions. */
  reset(): void
  /** Called when the receiver cannot be notified that the sender has ended, because a black hole without an end is in the way. */
  swallowedEnd(): void
}

/** How the sender ended its direction: with a FIN, or with a reset. */
type FlowEnd = 'fin' | 'reset'

interface Waiting {
  /** Bytes, or the end of the direction. */
  content: Uint8Array | FlowEnd
  readonly dueAt: number
  readonly takenAt: number
}

/**
 * Passes the bytes of one direction of a connection from one socket to another: later, slower or in smaller pieces, as the faults say. A piece gets
 * its due time when it arrives, so that latency does not lower the bandwidth. When too many bytes wait, the sender is paused.
 */
export class Flow {
  private readonly from: Inlet
  private readonly to: Outlet
  private readonly host: FlowHost
  private readonly faults: readonly DrawnFault[]
  private readonly random: Random
  /** Returns the time at which the load started, in ms of the clock. */
  private readonly startedAt: () => number
  private readonly room: number
  private readonly line: Waiting[] = []
  private held = 0
  private paused = false
  private lastDueAt = 0
  /** The earliest time at which the next piece may pass because of the pieces before it, in ms of the clock. */
  private freeAt = 0
  private waiting: (() => void) | undefined
  private hasTurn = false
  /** Number of bytes that have passed since a fault began to act, for each fault that limits this number. */
  private readonly counted = new Map<DrawnFault, number>()
  private over = false
  /** How long the piece that passed last had waited, in ms. */
  lastWaitMs = 0
  /** When a black hole last swallowed bytes, in ms of the clock; `swallowedUntil` is when it releases them. NaN before the first time. */
  private swallowedAt = Number.NaN
  private swallowedUntil = Number.NaN

  constructor(parts: {
    readonly from: Inlet
    readonly to: Outlet
    readonly host: FlowHost
    readonly faults: readonly DrawnFault[]
    readonly random: Random
    readonly startedAt: () => number
  }) {
    this.from = parts.from
    this.to = parts.to
    this.host = parts.host
    this.faults = parts.faults
    this.random = parts.random
    this.startedAt = parts.startedAt
    this.room = roomFor(parts.faults)
    for (const drawn of parts.faults) if (drawn.fault.mostBytes !== undefined) this.counted.set(drawn, 0)
  }

  /** Accepts bytes that have arrived from the sender. */
  take(bytes: Uint8Array): void {
    if (this.over) return
    const dueAt = this.dueAt()
    if (dueAt === Number.POSITIVE_INFINITY) return
    this.line.push({ content: bytes, dueAt, takenAt: now() })
    this.held += bytes.byteLength + PIECE_COST_BYTES
    if (this.held >= this.room && !this.paused) {
      this.paused = true
      this.from.pause()
    }
    this.pump()
  }

  /** Handles the end of the sender's direction. After `fin`, a reset may still come. */
  end(how: FlowEnd): void {
    if (this.over) return
    let dueAt = this.dueAt()
    if (dueAt === Number.POSITIVE_INFINITY) {
      this.host.swallowedEnd()
      return
    }
    for (const drawn of this.open()) {
      const { endLateMs } = drawn.fault
      if (endLateMs === undefined || how === 'reset') continue
      this.host.acts(drawn)
      dueAt += endLateMs
    }
    this.lastDueAt = dueAt
    this.line.push({ content: how, dueAt, takenAt: now() })
    this.pump()
  }

  /** Passes all pieces that are due. Also called when the receiver can accept more. */
  pump(): void {
    this.waiting?.()
    this.waiting = undefined
    while (!this.over && !this.hasTurn) {
      const [first] = this.line
      if (first === undefined) break
      if (!this.to.writable && first.content !== 'reset') this.forget()
      else if (this.to.writableNeedDrain || !this.pass(first)) break
    }
    if (this.paused && this.held < this.room / 2) {
      this.paused = false
      this.from.resume()
    }
  }

  /**
   * How long the faults have held back the first waiting piece, in ms: Infinity when the sender had to be paused; undefined when they hold nothing
   * back.
   */
  heldMs(): number | undefined {
    const [first] = this.line
    if (first === undefined || (this.to.writableNeedDrain && first.dueAt <= now())) return undefined
    return this.paused ? Number.POSITIVE_INFINITY : now() - first.takenAt
  }

  /** True when a black hole has swallowed bytes that were sent at `since` (ms of the clock) or later, or still holds earlier ones. */
  hasSwallowed(since: number): boolean {
    return this.swallowedAt >= since || this.swallowedUntil > now()
  }

  /** Ends this direction at once; nothing more passes. */
  stop(): void {
    this.over = true
    this.waiting?.()
    this.waiting = undefined
    this.line.length = 0
  }

  /** Passes the first waiting piece, or a part of it; returns false when the piece has to wait longer. */
  private pass(first: Waiting): boolean {
    const { content, dueAt } = first
    if (typeof content === 'string') {
      if (this.mustWait(Math.max(dueAt, this.freeAt))) return false
      this.leave(first)
      if (content === 'fin') this.to.end()
      else this.host.reset()
      return true
    }
    const shape = shapeOf(this.open(), content.byteLength, (drawn) => this.host.acts(drawn))
    const left = this.leftBeforeReset()
    const size = Math.min(content.byteLength, shape.piece, left?.bytes ?? content.byteLength)
    const at = Math.max(dueAt, this.freeAt) + size / shape.perMs
    if (this.mustWait(at)) return false
    this.freeAt = at + shape.gapMs
    const piece = size === content.byteLength ? content : content.subarray(0, size)
    this.shorten(first, content, size)
    if (left !== undefined && left.bytes === size) this.resetAfter(piece, left.drawn)
    else this.write(piece)
    if (shape.apart) this.takeTurn()
    return true
  }

  private shorten(first: Waiting, content: Uint8Array, size: number): void {
    this.held -= size
    if (size < content.byteLength) {
      first.content = content.subarray(size)
      return
    }
    this.held -= PIECE_COST_BYTES
    this.leave(first)
  }

  private leave({ takenAt }: Waiting): void {
    this.lastWaitMs = now() - takenAt
    this.line.shift()
  }

  private write(piece: Uint8Array, done = ignore): void {
    for (const [drawn, bytes] of this.counted) if (this.isActiveNow(drawn)) this.counted.set(drawn, bytes + piece.byteLength)
    this.host.passed(piece.byteLength)
    this.to.write(piece, done)
  }

  /** Writes the last bytes before an injected reset, and resets the connection once the system has accepted them. */
  private resetAfter(piece: Uint8Array, drawn: DrawnFault): void {
    const reset = () => this.host.reset()
    this.host.acts(drawn)
    this.stop()
    if (piece.byteLength === 0) reset()
    else this.write(piece, reset)
  }

  /** Returns the injected reset that comes first, with the number of bytes that may still pass before it; undefined when there is none. */
  private leftBeforeReset(): { readonly drawn: DrawnFault; readonly bytes: number } | undefined {
    let least: { drawn: DrawnFault; bytes: number } | undefined
    for (const [drawn, passed] of this.counted) {
      const { mostBytes } = drawn.fault
      if (mostBytes === undefined || !this.isActiveNow(drawn)) continue
      const bytes = Math.max(0, mostBytes - passed)
      if (least === undefined || bytes < least.bytes) least = { drawn, bytes }
    }
    return least
  }

  /** Returns when a piece that arrives now is due, in ms of the clock: never before earlier pieces, and Infinity in a black hole without an end. */
  private dueAt(): number {
    let dueAt = now()
    for (const drawn of this.open()) {
      const { late, swallows } = drawn.fault
      if (late) dueAt += Math.max(0, late.byMs + (2 * this.random.next() - 1) * late.jitterMs)
      if (late ?? swallows) this.host.acts(drawn)
    }
    for (const { fault } of this.open()) {
      if (!fault.swallows) continue
      this.swallowedAt = now()
      this.swallowedUntil = this.startedAt() + fault.untilMs
      dueAt = Math.max(dueAt, this.swallowedUntil)
    }
    if (dueAt === Number.POSITIVE_INFINITY) return dueAt
    this.lastDueAt = Math.max(this.lastDueAt, dueAt)
    return this.lastDueAt
  }

  private open(): readonly DrawnFault[] {
    return this.faults.length === 0 ? this.faults : this.faults.filter((drawn) => this.isActiveNow(drawn))
  }

  private isActiveNow({ fault }: DrawnFault): boolean {
    return isActive(fault, now() - this.startedAt())
  }

  /** Returns true when the time `at` has not come yet; the queue is then examined again at that time. */
  private mustWait(at: number): boolean {
    const ms = at - now()
    if (ms <= 0) return false
    this.waiting = after(Math.min(Math.max(ms, 1), LONGEST_TIMER_MS), () => {
      this.waiting = undefined
      this.pump()
    })
    return true
  }

  private takeTurn(): void {
    this.hasTurn = true
    nextTurn(() => {
      this.hasTurn = false
      this.pump()
    })
  }

  /** Drops what waits for a receiver that has closed, except a reset by the sender. */
  private forget(): void {
    const resets = this.line.filter(({ content }) => content === 'reset')
    this.line.splice(0, this.line.length, ...resets)
    this.held = 0
  }
}

function ignore(): void {}
