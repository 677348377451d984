/**
 * Brings the turns (requests) of a trace into the order in which they are replayed: by their times, and within a session one after the other.
 */
import type { ScannedTrace } from './scan.ts'

/**
 * The order in which the turns (requests) of a trace are replayed: which turns start at a time of their own, and which one follows each turn in its
 * session. Turns are numbered in the order of the file.
 */
export interface TurnOrder {
  /** The turns that start at a recorded time, in the order of their times. */
  readonly arrivals: Uint32Array
  /** For each turn, the next one in its session; −1 for the last one. */
  readonly next: Int32Array
  /** For each turn, its index within its session, from 0. */
  readonly place: Uint32Array
  readonly sessions: number
}

/**
 * Sorts the turns (requests) of a trace into the order of the replay. In a format without times (`isTimed` false), only the first turn of each
 * session starts by itself; each other turn follows the one before it.
 */
export function orderTurns(scanned: ScannedTrace, isTimed: boolean): TurnOrder {
  const { times, sessions, sessionLimit } = scanned
  const next = new Int32Array(times.length).fill(-1)
  const place = new Uint32Array(times.length)
  const last = new Int32Array(sessionLimit).fill(-1)
  const arrivals = new Uint32Array(times.length)
  let arriving = 0
  let started = 0
  for (const turn of inTime(scanned)) {
    const session = sessions.at(turn)
    const before = session < 0 ? -1 : (last[session] ?? -1)
    if (before >= 0) {
      next[before] = turn
      place[turn] = (place[before] ?? 0) + 1
    } else if (session >= 0) started += 1
    if (session >= 0) last[session] = turn
    if (isTimed ? !Number.isNaN(times.at(turn)) : before < 0) arrivals[arriving++] = turn
  }
  return { arrivals: arrivals.slice(0, arriving), next, place, sessions: started }
}

/** Returns all turns in the order of their times; one without a time comes after the turn before it in its session. */
function inTime({ times, sessions, sessionLimit, disorder }: ScannedTrace): Uint32Array {
  const order = Uint32Array.from({ length: times.length }, (_, turn) => turn)
  if (disorder.turns === 0) return order
  const latest = new Float64Array(sessionLimit)
  const keys = Float64Array.from(order, (turn) => {
    const session = sessions.at(turn)
    const at = times.at(turn)
    const key = Number.isNaN(at) ? (latest[session] ?? 0) : at
    if (session >= 0) latest[session] = key
    return key
  })
  return order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
}
