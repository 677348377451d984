/** The faults that the relay makes of the bytes that pass through it, and which of them one connection has. */
import type { Random } from '../../random.ts'

/** Which way bytes go: `up` from the client to the target, `down` from the target to the client. */
export type Way = 'up' | 'down'

/** What every fault on the wire says: which way it acts, how likely it is, and when. */
export interface WireScope {
  readonly direction: Way | 'both'
  /** How likely a connection has the fault, from 0 to 1. */
  readonly probability: number
  /** Since the start of the load in ms; the fault acts from the one until the other, which may be Infinity. */
  readonly fromMs: number
  readonly untilMs: number
}

/** What a fault does to connections: each part that is there, of those that the relay knows. Several faults of one kind act one after the other. */
export interface WireEffect {
  /** What it does, in words: "latency 50ms ± 20ms". */
  readonly words: string
  /** Its settings, by their names in what `burn relay --json` prints. */
  readonly settings: Readonly<Record<string, number>>
  /** Every piece arrives later by `byMs`, more or less `jitterMs`; their order stays. */
  readonly late?: { readonly byMs: number; readonly jitterMs: number }
  /** At most so many bytes pass in a ms. */
  readonly mostPerMs?: number
  /** Bytes pass in pieces of at most `bytes`, with `gapMs` between them. */
  readonly pieces?: { readonly bytes: number; readonly gapMs: number }
  /** The end of the connection is told so much later, in ms. */
  readonly endLateMs?: number
  /** Nothing arrives any more; what came within a time window arrives after it. */
  readonly swallows?: true
  /** After exactly so many bytes in one direction the connection is reset, both ways. */
  readonly mostBytes?: number
  /** New connections are refused; those that stand go on. */
  readonly refuses?: true
}

/** A fault that the relay makes of the bytes of some connections; `kind` is the key of an entry that names it. */
export type WireFault = WireScope & WireEffect & { readonly kind: string }

/** A fault that one connection has. */
export interface DrawnFault {
  readonly fault: WireFault
  /** Number of the fault in the list of the relay. */
  readonly index: number
  /** True once it has changed anything on this connection. */
  acted: boolean
}

/** Draws which of the faults a connection has: one random number for each, whatever its probability. */
export function drawFaults(faults: readonly WireFault[], random: Random): DrawnFault[] {
  return faults
    .map((fault, index) => ({ fault, index, acted: false, drawn: random.next() < fault.probability }))
    .filter(({ drawn }) => drawn)
}

/** True when a fault acts on bytes that go this way. */
export const goes = ({ fault }: DrawnFault, way: Way): boolean => fault.direction === 'both' || fault.direction === way

/** True when a fault acts at a time, in ms since the start of the load. */
export const isOpen = ({ fromMs, untilMs }: WireFault, at: number): boolean => at >= fromMs && at < untilMs

/** True when a connection is no more after this fault has acted. */
export const isEnding = ({ refuses, mostBytes }: WireFault): boolean => refuses === true || mostBytes !== undefined

/** True when a fault only makes connections slow. */
export const isSlowing = (fault: WireFault): boolean => !isEnding(fault) && fault.swallows !== true
