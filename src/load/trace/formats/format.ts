/** The interface of trace formats, and functions that read fields of a row with errors that name the field. */
import { RecordError, type Row } from '../../../records/record.ts'
import { formatGrouped } from '../../../text/units.ts'

/** One turn (recorded request) of a trace. Facts that the trace file does not contain are undefined. */
export interface TracedTurn {
  /** When the turn was due, in ms on the clock of the trace; undefined when it follows the turn before it. */
  readonly atMs?: number | undefined
  /** How long after the end of the previous turn this one starts, in ms. */
  readonly delayMs?: number | undefined
  /** Name of the session that the turn belongs to; undefined when it belongs to none. */
  readonly session?: string | undefined
  readonly prompt?: string | undefined
  /** Text of the recorded reply. */
  readonly answer?: string | undefined
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly model?: string | undefined
  /** Ids of the blocks of tokens that make up the prompt. Prompts whose lists start with the same ids start with the same text. */
  readonly blocks?: readonly number[] | undefined
}

/** A format of trace files: how a file of this format is recognised, and how a row is converted to turns (recorded requests). */
export interface TraceFormat {
  readonly name: string
  readonly describe: string
  /** How the file is divided into rows: as a CSV table, as a JSON object on each line, or as one JSON list. */
  readonly file: 'csv' | 'lines' | 'list'
  /** True when rows have the times at which they were due; otherwise, the key `rate` sets when sessions start. */
  readonly isTimed: boolean
  /** Number of tokens in one block of a prompt; left out for formats without blocks. */
  readonly blockTokens?: number
  /** True when a row with these fields can only be of this format. */
  fits(row: Row): boolean
  /** Returns the turns of a row; an empty list when it contains no request. @throws RecordError for a malformed row */
  read(row: Row): readonly TracedTurn[]
}

/** The number of tokens in a block of a recorded prompt, in trace files in Mooncake's format and burn's own. */
export const BLOCK_TOKENS = 512
/** Largest number of tokens in one prompt or reply: about 50 MB of text. */
const MOST_TOKENS = 10_000_000
/** Largest number of blocks in one prompt: with 512 tokens each, about as many as `MOST_TOKENS`. */
const MOST_IDS = 20_000

/** Returns a value as JSON for a message, shortened. */
const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 40) ?? 'nothing'

/**
 * Returns the number in the field `name` of a trace row, where it may be written as text; undefined when the field is missing or empty.
 * @throws RecordError when the field is not a number, or is below `least`
 */
export function numberIn(row: Row, name: string, least = Number.NEGATIVE_INFINITY): number | undefined {
  const value = row[name]
  if (value === undefined || value === null || value === '') return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number) && number >= least) return number
  throw new RecordError(
    `${name}: expected a number${least === Number.NEGATIVE_INFINITY ? '' : ` of at least ${least}`}, got ${shown(value)}`,
  )
}

/**
 * Returns the number of tokens in the field `name` of a trace row; undefined when the field is missing or empty.
 * @throws RecordError when it is not a whole number from 0 to 10 million
 */
export function tokensIn(row: Row, name: string): number | undefined {
  const tokens = numberIn(row, name, 0)
  if (tokens !== undefined && tokens > MOST_TOKENS)
    throw new RecordError(`${name}: expected at most ${formatGrouped(MOST_TOKENS)} tokens, got ${shown(row[name])}`)
  if (tokens === undefined || Number.isInteger(tokens)) return tokens
  throw new RecordError(`${name}: expected a whole number of tokens, got ${shown(row[name])}`)
}

/**
 * Returns the text in the field `name` of a trace row; a number is converted to text. Undefined when the field is missing or empty. @throws
 * RecordError for any other value
 */
export function textIn(row: Row, name: string): string | undefined {
  const value = row[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new RecordError(`${name}: expected a text, got ${shown(value)}`)
}

/**
 * Returns the list of whole numbers in the field `name` of a trace row; undefined when the field is missing.
 * @throws RecordError for any other value, and for a list of more than 20,000 numbers
 */
export function idsIn(row: Row, name: string): readonly number[] | undefined {
  const value = row[name]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.length > MOST_IDS)
    throw new RecordError(`${name}: expected at most ${formatGrouped(MOST_IDS)} ids, got ${formatGrouped(value.length)}`)
  if (Array.isArray(value) && value.every((id) => Number.isSafeInteger(id))) return value as number[] // each item was just checked
  throw new RecordError(`${name}: expected a list of whole numbers, got ${shown(value)}`)
}

/**
 * Returns the value of a field that every row of a trace file must have. The function `read` gets the value of the field `name` from the row, and
 * returns undefined when there is none.
 * @throws RecordError when the row lacks the field, or `read` finds an invalid value
 */
export function needed<T>(row: Row, name: string, read: (row: Row, name: string) => T | undefined): T {
  const value = read(row, name)
  if (value === undefined) throw new RecordError(`this row has no ${name}`)
  return value
}
