/** Computes from the faults that act now how fast, and in which pieces, bytes may pass. */
import type { DrawnFault } from './wire-fault.ts'

/** The largest number of bytes that wait in one direction, about the largest receive window of Linux. */
const MOST_HELD_BYTES = 4 * 1024 * 1024
/** The number of bytes that may wait for a limited bandwidth, in addition to those on their way: the queue of a router. */
const QUEUE_BYTES = 64 * 1024
/** With a limited bandwidth, a piece is as large as what may pass in this many ms. */
const PIECE_MS = 20

/** How fast, and in which pieces, bytes may pass in one direction of a connection at this moment. */
interface PassingShape {
  /** The bandwidth in bytes per ms; Infinity without a limit. */
  perMs: number
  /** The largest piece in bytes; Infinity without a limit. */
  piece: number
  /** The pause in ms after each piece of bytes. */
  gapMs: number
  /** True when each piece is written in its own turn of the event loop, so that the receiver can read it separately. */
  apart: boolean
}

/**
 * Returns how bytes may pass a relay now: how fast, and in pieces of which size. `open` holds the faults that act at this moment. `bytes` is the
 * number of bytes that wait, and `acts` is called with each fault that changes how they pass.
 */
export function shapeOf(open: readonly DrawnFault[], bytes: number, acts: (drawn: DrawnFault) => void): PassingShape {
  const shape: PassingShape = { perMs: Number.POSITIVE_INFINITY, piece: Number.POSITIVE_INFINITY, gapMs: 0, apart: false }
  for (const drawn of open) {
    const { mostPerMs, pieces } = drawn.fault
    if (mostPerMs !== undefined) {
      shape.perMs = Math.min(shape.perMs, mostPerMs)
      shape.piece = Math.min(shape.piece, Math.max(1, Math.round(shape.perMs * PIECE_MS)))
      acts(drawn)
    }
    if (pieces !== undefined) {
      shape.piece = Math.min(shape.piece, pieces.bytes)
      shape.gapMs = Math.max(shape.gapMs, pieces.gapMs)
      shape.apart = true
      if (bytes > pieces.bytes) acts(drawn)
    }
  }
  return shape
}

/**
 * Returns how many bytes may wait in one direction of a relay before the sender is paused, at most 4 MiB. When a fault limits the bandwidth, it is
 * what a slow link would hold: the bytes on their way during the latency, and a queue of 64 KiB.
 */
export function roomFor(faults: readonly DrawnFault[]): number {
  let perMs = Number.POSITIVE_INFINITY
  let wayMs = 0
  for (const { fault } of faults) {
    const { mostPerMs = perMs, late } = fault
    perMs = Math.min(perMs, mostPerMs)
    if (late) wayMs += late.byMs + late.jitterMs
  }
  return perMs === Number.POSITIVE_INFINITY ? MOST_HELD_BYTES : Math.min(MOST_HELD_BYTES, perMs * wayMs + QUEUE_BYTES)
}
