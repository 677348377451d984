/** Reads a whole trace file once, block by block, and keeps for each turn (request) when it is due and where in the file it is. */
import { DataError } from '../../records/file.ts'
import { RecordError } from '../../records/record.ts'
import { formatMs } from '../../text/units.ts'
import type { TracedTurn } from './formats/format.ts'
import { NumberList } from './number-list.ts'
import type { TraceSource } from './source.ts'

/** The largest number of turns of a trace; each takes 48 bytes of memory. */
const MAX_TURNS = 5_000_000
/** The longest trace: ten years. */
const LONGEST_MS = 10 * 365.25 * 86_400_000
/** How many characters of a text count as one token. */
const CHARACTERS_PER_TOKEN = 4

/** The part of a trace file that is replayed, in ms since its first row. */
export interface TraceWindow {
  readonly from: number
  /** Infinity for the end of the file. */
  readonly to: number
}

/** The number of tokens of all turns (requests) that are replayed, and the most that one turn has. */
export interface TokenSum {
  total: number
  most: number
  /** How many turns have a known or estimated number of tokens. */
  known: number
  /** How many of these were estimated from their text: characters ÷ 4. */
  estimated: number
}

/** The times, sessions, places in the file and token counts of all replayed turns (requests) of a trace, in the order of the file. */
export interface ScannedTrace {
  /** When each turn is due, in ms since the first row of the file; NaN for one that follows the turn before it. */
  readonly times: NumberList
  /** How long after the end of the turn before it each turn comes, in ms; NaN when the file does not say. */
  readonly delays: NumberList
  /** The session of each turn, as a number below `sessionLimit`; −1 for a turn without a session. */
  readonly sessions: NumberList
  readonly sessionLimit: number
  /** The index of the record of each turn, and its place among the turns of that record. */
  readonly records: NumberList
  readonly places: NumberList
  /** The byte offset of each record. */
  readonly offsets: NumberList
  readonly input: TokenSum
  readonly output: TokenSum
  /** Rows without a request in them, and turns outside of the window. */
  readonly empty: number
  readonly outside: number
  /** How many turns are due before one above them in the file, and by how much at most, in ms. */
  readonly disorder: { readonly turns: number; readonly mostMs: number }
}

/** Estimates the number of tokens of a text: its characters ÷ 4, rounded up. */
export function tokensOfText(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/** Returns the recorded number of tokens or, when undefined, an estimate from the text; undefined when both are. */
export function tokensOf(tokens: number | undefined, text: string | undefined): number | undefined {
  return tokens ?? (text === undefined ? undefined : tokensOfText(text))
}

/** Reads all rows of an open trace file, and keeps the turns within `window`. @throws DataError with the line of the first malformed row */
export function scanTrace({ file, format, cursor }: TraceSource, window: TraceWindow): ScannedTrace {
  const scan = new Scan(window, format.isTimed)
  while (cursor.advance()) {
    try {
      scan.add(format.read(cursor.row()), cursor.offset)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      throw new DataError(file.name, cursor.rowLine, error.message, error.hint)
    }
  }
  scan.offsets.push(file.size)
  return scan
}

class Scan implements ScannedTrace {
  readonly times = new NumberList()
  readonly delays = new NumberList()
  readonly sessions = new NumberList()
  readonly records = new NumberList()
  readonly places = new NumberList()
  readonly offsets = new NumberList()
  readonly input: TokenSum = { total: 0, most: 0, known: 0, estimated: 0 }
  readonly output: TokenSum = { total: 0, most: 0, known: 0, estimated: 0 }
  empty = 0
  outside = 0
  sessionLimit = 0
  readonly disorder = { turns: 0, mostMs: 0 }
  private readonly window: TraceWindow
  private readonly isTimed: boolean
  private readonly numbers = new Map<string, number>()
  /** For each session, whether its last turn was in the window. */
  private readonly inside: boolean[] = []
  private firstAt: number | undefined
  private latest = Number.NEGATIVE_INFINITY

  constructor(window: TraceWindow, isTimed: boolean) {
    this.window = window
    this.isTimed = isTimed
  }

  /** Adds the turns of the record at `offset`. */
  add(turns: readonly TracedTurn[], offset: number): void {
    if (turns.length === 0) this.empty += 1
    const record = this.offsets.length
    this.offsets.push(offset)
    for (const [place, turn] of turns.entries()) {
      const session = this.sessionOf(turn, record)
      const at = this.timeOf(turn, session)
      if (this.takes(at, session)) this.keep(turn, { at, session, record, place })
      else this.outside += 1
    }
  }

  /** Returns the number of the session of a turn, −1 without one. In formats without times, each record is a session of its own. */
  private sessionOf({ session }: TracedTurn, record: number): number {
    if (session === undefined) return -1
    const number = this.isTimed ? (this.numbers.get(session) ?? this.numbers.size) : record
    if (number === this.numbers.size && this.isTimed) this.numbers.set(session, number)
    this.sessionLimit = Math.max(this.sessionLimit, number + 1)
    return number
  }

  private timeOf({ atMs, session }: TracedTurn, number: number): number {
    if (atMs === undefined) {
      if (this.isTimed && this.inside[number] === undefined)
        throw new RecordError(`the first turn of session ${JSON.stringify(session)} says no time`)
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

  /** True when a turn belongs to the window; a turn without a time does when the one before it does. */
  private takes(at: number, session: number): boolean {
    const { from, to } = this.window
    // Rows that are due before the first one belong to the beginning.
    const isInside = Number.isNaN(at) ? (this.inside[session] ?? true) : (at >= from || from === 0) && at < to
    if (session >= 0) this.inside[session] = isInside
    return isInside
  }

  private keep(
    { delayMs, inputTokens, outputTokens, prompt, answer }: TracedTurn,
    { at, session, record, place }: { at: number; session: number; record: number; place: number },
  ): void {
    if (this.times.length >= MAX_TURNS)
      throw new RecordError(`more than ${MAX_TURNS} requests are taken of the file`, 0, 'take a part of it with from and to')
    this.times.push(at)
    this.delays.push(delayMs ?? Number.NaN)
    this.sessions.push(session)
    this.records.push(record)
    this.places.push(place)
    addTokens(this.input, inputTokens, prompt)
    addTokens(this.output, outputTokens, answer)
  }
}

function addTokens(sum: TokenSum, tokens: number | undefined, text: string | undefined): void {
  const count = tokensOf(tokens, text)
  if (count === undefined) return
  sum.total += count
  sum.most = Math.max(sum.most, count)
  sum.known += 1
  if (tokens === undefined) sum.estimated += 1
}
