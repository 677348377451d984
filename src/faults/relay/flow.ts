/** One direction of a connection through the relay: a line in which bytes wait until their faults let them pass. */
import { after, LONGEST_TIMER_MS, nextTurn, now } from '../../clock.ts'
import type { Random } from '../../random.ts'
import { roomFor, shapeOf } from './shape.ts'
import { type DrawnFault, isOpen } from './wire-fault.ts'

/** What one piece costs beside its bytes, so that many small ones cannot fill the memory. */
const PIECE_COST_BYTES = 256
/** Where bytes come from; a socket. */
interface Inlet {
  pause(): unknown
  resume(): unknown
}

/** Where bytes go to; a socket. */
interface Outlet {
  readonly writable: boolean
  readonly writableNeedDrain: boolean
  write(bytes: Uint8Array, done: () => void): boolean
  end(): unknown
}

/** The connection that a flow is a direction of. */
interface FlowHost {
  /** Called for a fault that changes something now. */
  acts(drawn: DrawnFault): void
  /** Called with the number of bytes that were passed on. */
  passed(bytes: number): void
  /** Called to reset the connection both ways. */
  reset(): void
  /** Called when the end of the sender cannot be told, because a black hole is in the way for good. */
  swallowedEnd(): void
}

/** How the sender ended its direction: in order, or by a reset. */
type FlowEnd = 'fin' | 'reset'

interface Waiting {
  /** What passes next: bytes, or the end of the direction. */
  content: Uint8Array | FlowEnd
  readonly dueAt: number
  readonly takenAt: number
}

/**
 * Passes the bytes of one direction of a connection from one socket to another, later, slower or in smaller pieces, as the faults say. The
 * time at which a piece is due is set when it arrives, so that latency does not lower the bandwidth. When too many bytes wait, the sender
 * is paused.
 */
export class Flow {
  private readonly from: Inlet
  private readonly to: Outlet
  private readonly host: FlowHost
  private readonly faults: readonly DrawnFault[]
  private readonly random: Random
  /** Time of the clock at which the load started. */
  private readonly startedAt: () => number
  private readonly room: number
  private readonly line: Waiting[] = []
  private held = 0
  private paused = false
  private lastDueAt = 0
  /** When the next piece may pass, as far as pieces before it say. */
  private freeAt = 0
  private waiting: (() => void) | undefined
  private hasTurn = false
  /** Bytes that have passed since each fault acts that lets only so many pass. */
  private readonly counted = new Map<DrawnFault, number>()
  private over = false
  /** How long what passed last had waited, in ms. */
  lastWaitMs = 0
  /** When a black hole has last swallowed anything, and when it lets go of that; NaN before. */
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

  /** Takes bytes that arrived from the sender. */
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

  /** Takes the end of the sender; after `fin` a reset may still come. */
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

  /** Passes what is due; called when the receiver can take more. */
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

  /** How long the faults have kept what waits, in ms: Infinity when the sender has to stop for them; undefined when they keep nothing. */
  heldMs(): number | undefined {
    const [first] = this.line
    if (first === undefined || (this.to.writableNeedDrain && first.dueAt <= now())) return undefined
    return this.paused ? Number.POSITIVE_INFINITY : now() - first.takenAt
  }

  /** True when a black hole has what was sent at `since` or later, in ms of the clock, or has not let go of what came before. */
  hasSwallowed(since: number): boolean {
    return this.swallowedAt >= since || this.swallowedUntil > now()
  }

  /** Ends the flow at once: nothing passes any more. */
  stop(): void {
    this.over = true
    this.waiting?.()
    this.waiting = undefined
    this.line.length = 0
  }

  /** Passes the first of the line, or a piece of it; false when that has to wait. */
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
    for (const [drawn, bytes] of this.counted) if (this.isOpenNow(drawn)) this.counted.set(drawn, bytes + piece.byteLength)
    this.host.passed(piece.byteLength)
    this.to.write(piece, done)
  }

  /** Writes the last bytes before a reset, and resets when the system has them. */
  private resetAfter(piece: Uint8Array, drawn: DrawnFault): void {
    const reset = () => this.host.reset()
    this.host.acts(drawn)
    this.stop()
    if (piece.byteLength === 0) reset()
    else this.write(piece, reset)
  }

  /** The reset that comes first, with the bytes that may pass before it. */
  private leftBeforeReset(): { readonly drawn: DrawnFault; readonly bytes: number } | undefined {
    let least: { drawn: DrawnFault; bytes: number } | undefined
    for (const [drawn, passed] of this.counted) {
      const { mostBytes } = drawn.fault
      if (mostBytes === undefined || !this.isOpenNow(drawn)) continue
      const bytes = Math.max(0, mostBytes - passed)
      if (least === undefined || bytes < least.bytes) least = { drawn, bytes }
    }
    return least
  }

  /** When what arrives now is due, in ms of the clock: never before what arrived earlier; Infinity in a black hole without an end. */
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
    return this.faults.length === 0 ? this.faults : this.faults.filter((drawn) => this.isOpenNow(drawn))
  }

  private isOpenNow({ fault }: DrawnFault): boolean {
    return isOpen(fault, now() - this.startedAt())
  }

  /** True when a time has not come; then the line is looked at again at that time. */
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

  /** The receiver takes nothing more: what waits for it is lost, but not a reset of the sender. */
  private forget(): void {
    const resets = this.line.filter(({ content }) => content === 'reset')
    this.line.splice(0, this.line.length, ...resets)
    this.held = 0
  }
}

function ignore(): void {}
