/** When things happened in a recorded session, and how long a replay takes with it: long waits may be shortened. Arithmetic on time, no clock. */
import { type RecordedTurn, sentMs } from '../recorded/sessions.ts'

/** A recorded exchange with the moments of its course, in ms since the session began. Each is at or after the one before. */
export interface TimedTurn extends RecordedTurn {
  readonly sentAt: number
  /** First and last generated text; both equal the end for a reply without generated text. */
  readonly firstAt: number
  readonly lastAt: number
  readonly endAt: number
}

/** A part of a session, in ms since it began and in ms of the replay; the two lengths differ where a wait was shortened. */
interface Stretch {
  readonly from: number
  readonly to: number
  readonly playFrom: number
  readonly playTo: number
}

/** A day: times in a journal that was tampered with may be anything. */
const LONGEST_MS = 86_400_000

/**
 * The timeline of a recorded session and of its replay, in which long waits may be shortened. Moments are in ms of the replay, unless called
 * recorded.
 */
export class SessionCourse {
  readonly turns: readonly TimedTurn[]
  /** How long the replay takes at normal speed. */
  readonly playMs: number
  readonly recordedMs: number
  /** When a request is sent, a reply begins, or a reply ends; in ascending order. */
  readonly moments: readonly number[]
  /** The ends of exchanges that have an anomaly; in ascending order. */
  readonly marks: readonly number[]
  private readonly stretches: readonly Stretch[]

  /** `idleMs` is the most that a wait may take in the replay; Infinity for the recorded pace. */
  constructor(turns: readonly RecordedTurn[], idleMs: number) {
    const [first] = turns
    const start = first ? sentMs(first.entry) : 0
    this.turns = turns.map((turn) => timed(turn, start))
    this.stretches = stretchesOf(this.turns, idleMs)
    this.playMs = this.stretches.at(-1)?.playTo ?? 0
    this.recordedMs = this.stretches.at(-1)?.to ?? 0
    this.moments = rising(
      this.turns.flatMap(({ sentAt, firstAt, endAt }) => [sentAt, firstAt, endAt]).map((at) => this.playAt(at)),
    )
    this.marks = rising(this.turns.flatMap(({ marks, endAt }) => (marks.length > 0 ? [this.playAt(endAt)] : [])))
  }

  /** Converts a recorded moment to the moment of the replay. */
  playAt(recorded: number): number {
    const stretch = this.stretches.find(({ to }) => recorded <= to)
    if (!stretch) return this.playMs
    const share = stretch.to === stretch.from ? 1 : (recorded - stretch.from) / (stretch.to - stretch.from)
    return stretch.playFrom + Math.max(0, share) * (stretch.playTo - stretch.playFrom)
  }

  /** Converts a moment of the replay to the recorded moment. */
  recordedAt(play: number): number {
    const stretch = this.stretches.find(({ playTo }) => play <= playTo)
    if (!stretch) return this.recordedMs
    const share = stretch.playTo === stretch.playFrom ? 1 : (play - stretch.playFrom) / (stretch.playTo - stretch.playFrom)
    return stretch.from + Math.max(0, share) * (stretch.to - stretch.from)
  }

  /** Returns the recorded length of the wait at a moment of the replay, if that wait is shortened; else undefined. */
  shortenedAt(play: number): number | undefined {
    const stretch = this.stretches.find(({ playFrom, playTo }) => playFrom <= play && play < playTo)
    if (!stretch || stretch.to - stretch.from - (stretch.playTo - stretch.playFrom) < 1) return undefined
    return stretch.to - stretch.from
  }
}

function timed(turn: RecordedTurn, start: number): TimedTurn {
  const { entry } = turn
  const since = (at: number, least: number) => Math.min(LONGEST_MS, Math.max(least, at - start))
  const sentAt = since(sentMs(entry), 0)
  const endAt = since(entry.endedAtMs, sentAt)
  if (entry.ttftMs === null) return { ...turn, sentAt, firstAt: endAt, lastAt: endAt, endAt }
  const firstAt = Math.min(endAt, Math.max(sentAt, sentAt + entry.ttftMs))
  const lastAt = Math.min(endAt, Math.max(firstAt, sentAt + (entry.lastTokenMs ?? entry.ttftMs)))
  return { ...turn, sentAt, firstAt, lastAt, endAt }
}

/** Between two neighbouring moments a session either generates text or waits; only waits are shortened. */
function stretchesOf(turns: readonly TimedTurn[], idleMs: number): Stretch[] {
  const moments = rising([0, ...turns.flatMap(({ sentAt, firstAt, lastAt, endAt }) => [sentAt, firstAt, lastAt, endAt])])
  const stretches: Stretch[] = []
  let playFrom = 0
  for (const [i, to] of moments.entries()) {
    const from = moments[i - 1]
    if (from === undefined) continue
    const isBusy = turns.some(({ firstAt, lastAt }) => firstAt <= from && to <= lastAt)
    const playTo = playFrom + (isBusy ? to - from : Math.min(to - from, idleMs))
    stretches.push({ from, to, playFrom, playTo })
    playFrom = playTo
  }
  return stretches
}

function rising(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
