/** The faults that the relay applies to bytes, and the random choice of the faults that one connection has. */
import type { Random } from '../../random.ts'

/** The direction of bytes through a relay: `up` from the client to the target, `down` from the target to the client. */
export type Way = 'up' | 'down'

/**
 * The scope of a `faults` item that acts on connections: the probability that a connection has the fault, the direction of the bytes on which it
 * acts, and the time in which it acts.
 */
export interface WireScope {
  readonly direction: Way | 'both'
  /** The probability that a connection has the fault, from 0 to 1. */
  readonly probability: number
  /** The fault acts from `fromMs` until `untilMs`, which may be Infinity; both in ms since the start of the load. */
  readonly fromMs: number
  readonly untilMs: number
}

/** The effect of a fault on the bytes of a connection. Each kind of fault sets one of the optional fields. */
export interface WireEffect {
  /** A description of the effect: "latency 50ms ± 20ms". */
  readonly words: string
  /** The settings of the fault, by the names under which `burn relay --json` prints them. */
  readonly settings: Readonly<Record<string, number>>
  /** Every piece arrives `byMs` ms later, plus or minus up to `jitterMs`. The order of pieces stays the same. */
  readonly late?: { readonly byMs: number; readonly jitterMs: number }
  /** The largest number of bytes that may pass in one ms. */
  readonly mostPerMs?: number
  /** Bytes pass in pieces of at most `bytes` bytes, with `gapMs` ms between them. */
  readonly pieces?: { readonly bytes: number; readonly gapMs: number }
  /** The end of the connection reaches the other side this much later, in ms. */
  readonly endLateMs?: number
  /** No bytes arrive while the fault acts. If the fault has a time window, they arrive when the window is over. */
  readonly swallows?: true
  /** The number of bytes in one direction after which the connection is reset in both. */
  readonly mostBytes?: number
  /** New connections are refused; existing ones go on. */
  readonly refuses?: true
}

/** A fault that is injected into connections: its kind (such as `latency`), what it does, and which connections may have it. */
export type WireFault = WireScope & WireEffect & { readonly kind: string }

/** A fault that was drawn at random for one connection, with a mark whether it has acted there yet. */
export interface DrawnFault {
  readonly fault: WireFault
  /** Index of the fault in the relay's list. */
  readonly index: number
  /** True once the fault has changed something on this connection. */
  acted: boolean
}

/**
 * Draws at random which faults a new connection has, each with its own probability. Every fault uses one random number, so that a change of one
 * probability does not change the draws for other faults.
 */
export function drawFaults(faults: readonly WireFault[], random: Random): DrawnFault[] {
  return faults
    .map((fault, index) => ({ fault, index, acted: false, drawn: random.next() < fault.probability }))
    .filter(({ drawn }) => drawn)
}

/** True when a fault on a connection acts on the bytes that go in the direction `way`. */
export const actsIn = ({ fault }: DrawnFault, way: Way): boolean => fault.direction === 'both' || fault.direction === way

/** True when a fault on connections acts at the time `at`, in ms since the start of the load. */
export const isActive = ({ fromMs, untilMs }: WireFault, at: number): boolean => at >= fromMs && at < untilMs

/** True for a fault that ends connections (`refuse`, `resetAfter`). */
export const isEnding = ({ refuses, mostBytes }: WireFault): boolean => refuses === true || mostBytes !== undefined

/** True for a fault that slows connections down, and neither ends them nor loses bytes. */
export const isSlowing = (fault: WireFault): boolean => !isEnding(fault) && fault.swallows !== true
