/** Numbers the sessions of a trace, and computes its times relative to the first row. */
import { RecordError } from '../../records/record.ts'
import { formatGrouped, formatMs } from '../../text/units.ts'
import type { TracedTurn } from './formats/format.ts'

/** Longest trace in ms: ten years. */
const LONGEST_MS = 10 * 365.25 * 86_400_000
/** Largest number of different ids of one kind; a map has room for at most 16.7 million. */
const MAX_IDS = 10_000_000

/**
 * Returns a number that stands for an id of a trace file, to save memory or to hide the id. `ids` holds the numbers given so far; a new id gets the
 * next number, from 0, and is added. `kind` is the word for such ids in the error message.
 * @throws RecordError when there are more than 10 million different ids
 */
export function numberOf<T>(ids: Map<T, number>, id: T, kind: string): number {
  const known = ids.get(id)
  if (known !== undefined) return known
  if (ids.size >= MAX_IDS) throw new RecordError(`the file has more than ${formatGrouped(MAX_IDS)} ${kind}`)
  ids.set(id, ids.size)
  return ids.size - 1
}

/** The time and the session of a turn (recorded request) of a trace, as two numbers. */
export interface TurnNumbers {
  /** When the turn is due, in ms since the first row of the file; NaN when it follows the previous turn of its session. */
  readonly at: number
  /** Number of the turn's session, from 0; −1 when it belongs to none. */
  readonly session: number
}

/**
 * Gives each turn (recorded request) of a trace two numbers: the time at which it is due, and the number of its session. Turns must be passed in the
 * order of the file.
 */
export class TraceNumbers {
  /** A number above those of all sessions so far. */
  sessionLimit = 0
  readonly disorder = { turns: 0, mostMs: 0 }
  private readonly isTimed: boolean
  private readonly names = new Map<string, number>()
  private firstAt: number | undefined
  private latest = Number.NEGATIVE_INFINITY

  /** Starts numbering. `isTimed` is false for a format without times, where each record is a session of its own. */
  constructor(isTimed: boolean) {
    this.isTimed = isTimed
  }

  /** Returns the numbers of the next turn; `record` is the index of its record. @throws RecordError when its time cannot be determined */
  of(turn: TracedTurn, record: number): TurnNumbers {
    const session = this.sessionOf(turn, record)
    const isFirst = session < 0 || session >= this.sessionLimit
    this.sessionLimit = Math.max(this.sessionLimit, session + 1)
    return { session, at: this.timeOf(turn, isFirst) }
  }

  private sessionOf({ session }: TracedTurn, record: number): number {
    if (session === undefined) return -1
    return this.isTimed ? numberOf(this.names, session, 'sessions') : record
  }

  private timeOf({ atMs, session }: TracedTurn, isFirst: boolean): number {
    if (atMs === undefined) {
      if (this.isTimed && isFirst) throw new RecordError(`the first turn of session ${JSON.stringify(session)} says no time`)
      return Number.NaN
    }
    this.firstAt ??= atMs
    const at = atMs - this.firstAt
    if (Math.abs(at) > LONGEST_MS)
      throw new RecordError(
        `it is due ${formatMs(Math.abs(at))} ${at < 0 ? 'before' : 'after'} the first row: more than ten years`,
        0,
        'are its times in the unit of the format?',
      )
    if (at < this.latest) {
      this.disorder.turns += 1
      this.disorder.mostMs = Math.max(this.disorder.mostMs, this.latest - at)
    }
    this.latest = Math.max(this.latest, at)
    return at
  }
}
