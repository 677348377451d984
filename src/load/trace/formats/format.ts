/** What the formats of traces share: a row of the file becomes turns, and fields are read with errors that name them. */
import { RecordError, type Row } from '../../../records/record.ts'

/** One request that a trace recorded. What the file does not say is undefined. */
export interface TracedTurn {
  /** When it was due, in ms on the clock of the trace; undefined when it follows the turn before it. */
  readonly atMs?: number | undefined
  /** How long after the end of the turn before it comes, in ms. */
  readonly delayMs?: number | undefined
  /** The session that it belongs to; undefined when it stands alone. */
  readonly session?: string | undefined
  readonly prompt?: string | undefined
  /** The recorded reply. */
  readonly answer?: string | undefined
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly model?: string | undefined
  /** Ids of the blocks that the prompt consists of: the same ids from its beginning on mean the same text. */
  readonly blocks?: readonly number[] | undefined
}

/** A format of trace files. */
export interface TraceFormat {
  readonly name: string
  readonly describe: string
  /** How the file is cut into rows: a CSV table, a JSON map on each line, or one JSON list. */
  readonly file: 'csv' | 'lines' | 'list'
  /** True when rows say when they were due; otherwise `rate` says when sessions start. */
  readonly isTimed: boolean
  /** Number of tokens in a block of a prompt. */
  readonly blockTokens?: number
  /** True when a row with these fields can only be of this format. */
  fits(row: Row): boolean
  /** Returns the turns of a row; none when it holds no request. @throws RecordError */
  read(row: Row): readonly TracedTurn[]
}

/** Returns the text of a value for a message, shortened. */
const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 40) ?? 'nothing'

/** Returns the number in a field, which may be written as text; undefined when the row has none. @throws RecordError */
export function numberIn(row: Row, name: string, least = Number.NEGATIVE_INFINITY): number | undefined {
  const value = row[name]
  if (value === undefined || value === null || value === '') return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number) && number >= least) return number
  throw new RecordError(
    `${name}: expected a number${least === Number.NEGATIVE_INFINITY ? '' : ` of at least ${least}`}, got ${shown(value)}`,
  )
}

/** Returns a number of tokens; undefined when the row has none. @throws RecordError */
export function tokensIn(row: Row, name: string): number | undefined {
  const tokens = numberIn(row, name, 0)
  if (tokens === undefined || Number.isSafeInteger(tokens)) return tokens
  throw new RecordError(`${name}: expected a whole number of tokens, got ${shown(row[name])}`)
}

/** Returns the text in a field, for which a number will do; undefined when the row has none. @throws RecordError */
export function textIn(row: Row, name: string): string | undefined {
  const value = row[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new RecordError(`${name}: expected a text, got ${shown(value)}`)
}

/** Returns the whole numbers of a list in a field; undefined when the row has none. @throws RecordError */
export function idsIn(row: Row, name: string): readonly number[] | undefined {
  const value = row[name]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((id) => Number.isSafeInteger(id))) return value as number[] // each was just looked at
  throw new RecordError(`${name}: expected a list of whole numbers, got ${shown(value)}`)
}

/** Returns what `read` finds in a field, which every row must have. @throws RecordError */
export function needed<T>(row: Row, name: string, read: (row: Row, name: string) => T | undefined): T {
  const value = read(row, name)
  if (value === undefined) throw new RecordError(`this row has no ${name}`)
  return value
}
