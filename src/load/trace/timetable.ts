/**
 * Computes when the arrivals of a trace are due in a run: at its recorded times, with long gaps shortened, at another speed, several times over.
 */
import type { TurnOrder } from './order.ts'
import type { ScannedTrace, TraceWindow } from './scan.ts'

/** The duration of a trace with a single arrival, in ms. */
const ALONE_MS = 1000
const SECOND_MS = 1000

/** The pace at which a trace is replayed, such as twice as fast as recorded. */
export interface TracePace {
  /** The part of the file that is replayed, by its recorded times. */
  readonly window: TraceWindow
  /** Factor by which the trace is replayed faster than recorded; 0.5 is half as fast. */
  readonly speed: number
  /** The longest gap between arrivals, in ms of the recorded time; Infinity for no limit. */
  readonly maxGapMs: number
  /** Number of sessions that start per second, for a trace without times. */
  readonly ratePerSecond: number
  /** Number of times that the trace is replayed. */
  readonly rounds: number
}

/**
 * The times at which the requests of a trace are due that do not wait for an earlier reply, in ms since the replay began. They are called arrivals
 * and numbered from 0. When the trace is played several times in a row, the numbering continues from round to round.
 */
export class TraceTimetable {
  /** When the arrivals of the first round are due, ascending. */
  private readonly times: Float64Array
  private readonly rounds: number
  /** The duration of one round in ms: until its last arrival, plus the mean gap after it. */
  readonly roundMs: number
  readonly count: number
  readonly peakPerSecond: number
  /** The standard deviation of the gaps, measured in expected arrivals; 0 when no two arrivals are due at the same moment. */
  readonly variation: number

  constructor(times: Float64Array, roundMs: number, rounds: number) {
    this.times = times
    this.roundMs = roundMs
    this.rounds = rounds
    this.count = times.length * rounds
    this.peakPerSecond = busiestSecond(times)
    this.variation = variationOf(times)
  }

  get lengthMs(): number {
    return this.roundMs * this.rounds
  }

  /** Returns the timetable of some of the arrivals, given by their index within a round, ascending. */
  only(arrivals: Uint32Array): TraceTimetable {
    const times = Float64Array.from(arrivals, (arrival) => this.times[arrival] ?? Number.NaN)
    return new TraceTimetable(times, this.roundMs, this.rounds)
  }

  /** Returns when an arrival is due, in ms since the phase began. */
  at(arrival: number): number {
    const round = Math.floor(arrival / this.times.length)
    return round * this.roundMs + (this.times[arrival - round * this.times.length] ?? Number.NaN)
  }

  /** Returns how many arrivals are due before `elapsedMs`; between two arrivals, the count grows evenly from one to the next. */
  countAt(elapsedMs: number): number {
    if (elapsedMs >= this.lengthMs) return this.count
    const round = Math.max(0, Math.floor(elapsedMs / this.roundMs))
    const within = elapsedMs - round * this.roundMs
    const due = firstNotBelow(this.times, within)
    const [from, to] = [this.times[due - 1] ?? 0, this.times[due] ?? this.roundMs]
    const share = due === 0 || within === to ? 0 : (within - from) / (to - from) - 1
    return round * this.times.length + due + share
  }

  /** Returns the arrival rate per second at `elapsedMs`: the number of arrivals in that second of the trace. */
  rateAt(elapsedMs: number): number {
    const within = elapsedMs % this.roundMs
    const second = Math.floor(within / SECOND_MS) * SECOND_MS
    const until = Math.min(second + SECOND_MS, this.roundMs)
    const due = firstNotBelow(this.times, until) - firstNotBelow(this.times, second)
    return (due / Math.max(1, until - second)) * SECOND_MS
  }
}

/**
 * Computes when the requests of a trace are due that do not wait for an earlier reply, from their recorded times and order and the pace of the
 * replay.
 */
export function traceTimetable({ times }: ScannedTrace, { arrivals }: TurnOrder, pace: TracePace): TraceTimetable {
  const { window, speed, maxGapMs, ratePerSecond, rounds } = pace
  if (ratePerSecond > 0) {
    const due = Float64Array.from(arrivals, (_, index) => (index / ratePerSecond) * SECOND_MS)
    return new TraceTimetable(due, (arrivals.length / ratePerSecond) * SECOND_MS, rounds)
  }
  const first = times.at(arrivals[0] ?? 0)
  let before = window.from > 0 ? window.from : first
  let played = 0
  const due = Float64Array.from(arrivals, (turn) => {
    const at = times.at(turn)
    played += Math.min(maxGapMs, at - before) / speed
    before = at
    return played
  })
  return new TraceTimetable(due, played + lastGap(due, ALONE_MS / speed), rounds)
}

/** Returns the time between the last arrival of a round and the next round: the mean gap. */
function lastGap(due: Float64Array, aloneMs: number): number {
  const spanMs = (due.at(-1) ?? 0) - (due[0] ?? 0)
  return spanMs === 0 ? aloneMs : spanMs / (due.length - 1)
}

/** Returns the index of the first time that is at least `ms`; the number of times when all are below. */
function firstNotBelow(times: Float64Array, ms: number): number {
  let low = 0
  for (let high = times.length; low < high; ) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < ms) low = middle + 1
    else high = middle
  }
  return low
}

function busiestSecond(times: Float64Array): number {
  let most = 0
  let second = -1
  let count = 0
  for (const time of times) {
    const own = Math.floor(time / SECOND_MS)
    count = own === second ? count + 1 : 1
    second = own
    most = Math.max(most, count)
  }
  return most
}

/**
 * Returns the standard deviation of the gaps in expected arrivals. Arrivals at the same moment have no gap between them; the gap after them counts as
 * many arrivals as they are.
 */
function variationOf(times: Float64Array): number {
  let squares = 0
  let together = 1
  for (let index = 1; index < times.length; index += 1) {
    if (times[index] === times[index - 1]) together += 1
    else {
      squares += together * together
      together = 1
    }
  }
  const gaps = times.length - 1
  return gaps < 1 ? 0 : Math.sqrt(Math.max(0, squares / gaps - 1))
}
