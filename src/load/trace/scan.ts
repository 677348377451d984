/** Reads a whole trace file once, block by block, and stores for each turn (request) its time and its offset in the file. */
import { DataError } from '../../records/file.ts'
import { RecordError } from '../../records/record.ts'
import type { TracedTurn } from './formats/format.ts'
import { NumberList } from './number-list.ts'
import { TraceNumbers, type TurnNumbers } from './numbers.ts'
import type { TraceSource } from './source.ts'

/** The largest number of turns of a trace; each takes 48 bytes of memory. */
const MAX_TURNS = 5_000_000
/** How many characters of a text count as one token. */
const CHARACTERS_PER_TOKEN = 4

/** The part of a trace file that is replayed: from when to when, in ms since the first row. */
export interface TraceWindow {
  readonly from: number
  /** End of the part, in ms since the first row; Infinity for the end of the file. */
  readonly to: number
}

/**
 * The number of tokens in the prompts, or in the replies, of all turns (recorded requests) of a trace that are replayed, and the largest number in
 * one turn.
 */
export interface TokenSum {
  total: number
  most: number
  /** How many turns have a known or estimated number of tokens. */
  known: number
  /** How many of these were estimated from their text: characters ÷ 4. */
  estimated: number
}

/** The times, sessions, file offsets and token counts of all turns (recorded requests) of a trace that are replayed, in the order of the file. */
export interface ScannedTrace {
  /** When each turn is due, in ms since the first row of the file; NaN for a turn that follows the turn before it. */
  readonly times: NumberList
  /** Shortest time between the end of the previous turn and each turn, in ms; NaN when the file does not say. */
  readonly delays: NumberList
  /** The session of each turn, as a number below `sessionLimit`; −1 for a turn without a session. */
  readonly sessions: NumberList
  readonly sessionLimit: number
  /** For each turn, the index of its record in the file; `places` has its index within the record. */
  readonly records: NumberList
  readonly places: NumberList
  /** The byte offset of each record in the trace file. */
  readonly offsets: NumberList
  readonly input: TokenSum
  readonly output: TokenSum
  /** Number of rows without a request, and of turns outside of the window. */
  readonly empty: number
  readonly outside: number
  /** How many turns are due before one above them in the file, and by how much at most, in ms. */
  readonly disorder: { readonly turns: number; readonly mostMs: number }
}

/** Estimates the number of tokens of a text in a trace: its characters ÷ 4, rounded up. */
function tokensOfText(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/**
 * Returns the number of tokens in the prompt or reply of a recorded turn: as the trace states it or, without that, estimated from the text;
 * undefined when the trace has neither.
 */
export function tokensOf(tokens: number | undefined, text: string | undefined): number | undefined {
  return tokens ?? (text === undefined ? undefined : tokensOfText(text))
}

/**
 * Reads all rows of an open trace file, and returns the times, sessions and token counts of the turns (requests) within `window`, the part of the
 * trace to replay.
 * @throws DataError with the line of the first malformed row, or of the row with which more than 5 million turns would be replayed
 */
export function scanTrace(source: TraceSource, window: TraceWindow): ScannedTrace {
  const { file, format, cursor } = source
  const scan = new Scan(window, format.isTimed)
  while (cursor.advance()) located(source, () => scan.add(format.read(cursor.row()), cursor.offset))
  scan.offsets.push(file.size)
  return scan
}

/**
 * Runs `action`, which reads the current row of a trace file, and returns its result. When it finds a malformed row, the error is thrown again with
 * the file name and the line of the row.
 * @throws DataError when `action` throws a RecordError
 */
export function located<T>({ file, cursor }: TraceSource, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw new DataError(file.name, cursor.rowLine, error.message, error.hint)
  }
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
  private readonly window: TraceWindow
  private readonly numbers: TraceNumbers
  /** For each session, whether its last turn was inside the window. */
  private readonly inside: boolean[] = []

  constructor(window: TraceWindow, isTimed: boolean) {
    this.window = window
    this.numbers = new TraceNumbers(isTimed)
  }

  get sessionLimit(): number {
    return this.numbers.sessionLimit
  }

  get disorder(): ScannedTrace['disorder'] {
    return this.numbers.disorder
  }

  /** Adds the turns of the record at `offset`. */
  add(turns: readonly TracedTurn[], offset: number): void {
    if (turns.length === 0) this.empty += 1
    const record = this.offsets.length
    this.offsets.push(offset)
    for (const [place, turn] of turns.entries()) {
      const numbers = this.numbers.of(turn, record)
      if (this.takes(numbers)) this.keep(turn, { ...numbers, record, place })
      else this.outside += 1
    }
  }

  /** True when a turn is inside the window. A turn without a time is when the turn before it is. */
  private takes({ at, session }: TurnNumbers): boolean {
    const { from, to } = this.window
    // Rows that are due before the first one belong to the beginning.
    const isInside = Number.isNaN(at) ? (this.inside[session] ?? true) : (at >= from || from === 0) && at < to
    if (session >= 0) this.inside[session] = isInside
    return isInside
  }

  private keep(
    { delayMs, inputTokens, outputTokens, prompt, answer }: TracedTurn,
    { at, session, record, place }: TurnNumbers & { record: number; place: number },
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
