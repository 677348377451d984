/** Computes when the events of a recorded session happen in its replay, in which long waits may be shortened. Uses no clock. */
import { type RecordedTurn, sentMs } from '../recorded/sessions.ts'

/**
 * A recorded exchange with four times in rising order, in ms since the session began: when the request was sent, when the first and the last text of
 * the reply arrived, and when the exchange ended.
 */
export interface TimedTurn extends RecordedTurn {
  readonly sentAt: number
  /** The times of the first (`firstAt`) and last (`lastAt`) generated text. Both equal the end of a reply without generated text. */
  readonly firstAt: number
  readonly lastAt: number
  readonly endAt: number
}

/** A part of a session, in recorded ms (`from`, `to`) and in ms of the replay. It is shorter in the replay when a wait was shortened. */
interface TimelineSegment {
  readonly from: number
  readonly to: number
  readonly playFrom: number
  readonly playTo: number
}

/** The longest session that is replayed, in ms (a day): damaged or edited journals may contain any time. */
const LONGEST_MS = 86_400_000

/**
 * Converts between times in a recorded session and times in its replay by `burn replay`, in which long waits may be shortened. All times are in ms.
 * Properties with `recorded` in their names are times in the session; all others are times in the replay.
 */
export class SessionCourse {
  readonly turns: readonly TimedTurn[]
  /** How long the replay takes at normal speed. */
  readonly playMs: number
  readonly recordedMs: number
  /** The times in the replay at which a request is sent, a reply begins or a reply ends, in rising order. */
  readonly moments: readonly number[]
  /** The times in the replay at which exchanges with an anomaly end, in rising order. */
  readonly marks: readonly number[]
  private readonly stretches: readonly TimelineSegment[]

  /** `idleMs` is the longest that a wait may take in the replay, in ms; Infinity keeps recorded waits. */
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

  /** Converts a recorded time to the time in the replay, both in ms. */
  playAt(recorded: number): number {
    const stretch = this.stretches.find(({ to }) => recorded <= to)
    if (!stretch) return this.playMs
    const share = stretch.to === stretch.from ? 1 : (recorded - stretch.from) / (stretch.to - stretch.from)
    return stretch.playFrom + Math.max(0, share) * (stretch.playTo - stretch.playFrom)
  }

  /** Converts a time in the replay to the recorded time, both in ms. */
  recordedAt(play: number): number {
    const stretch = this.stretches.find(({ playTo }) => play <= playTo)
    if (!stretch) return this.recordedMs
    const share = stretch.playTo === stretch.playFrom ? 1 : (play - stretch.playFrom) / (stretch.playTo - stretch.playFrom)
    return stretch.from + Math.max(0, share) * (stretch.to - stretch.from)
  }

  /** Returns the recorded length in ms of the wait at a time of the replay, if that wait is shortened; else undefined. */
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

/**
 * Divides a session into parts between its events. In each part the session either generates text or waits; only waits are shortened, to `idleMs`.
 */
function stretchesOf(turns: readonly TimedTurn[], idleMs: number): TimelineSegment[] {
  const moments = rising([0, ...turns.flatMap(({ sentAt, firstAt, lastAt, endAt }) => [sentAt, firstAt, lastAt, endAt])])
  const stretches: TimelineSegment[] = []
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
