/** Totals of a trace replay, as figures and in words. */
import { lineSafe } from '../../text/escape.ts'
import { formatGrouped, formatMs } from '../../text/units.ts'
import type { TokenSum } from './scan.ts'

/**
 * Totals of a trace replay: requests, sessions, tokens and duration. When the trace is played several times in a row, these cover all rounds; rows
 * that are left out or not in order are counted once.
 */
export interface TraceFacts {
  /** Name of the file, as the scenario writes it. */
  readonly file: string
  readonly format: string
  /** Number of requests in the trace, within sessions and outside of them. */
  readonly requests: number
  /** How many requests start at a recorded time; each of the others follows the reply to the one before it in its session. */
  readonly timed: number
  readonly sessions: number
  readonly lengthMs: number
  readonly perSecond: number
  readonly peakPerSecond: number
  readonly input: Readonly<TokenSum>
  readonly output: Readonly<TokenSum>
  /** Number of rows without a request, and of requests outside of the part of the file that is replayed. */
  readonly empty: number
  readonly outside: number
  /** How many rows are due before a row above them, and the largest difference in ms. Requests are replayed in the order of their times. */
  readonly disorder: { readonly turns: number; readonly mostMs: number }
}

const number = (value: number) => formatGrouped(value, 1)
const plural = (count: number, word: string) => `${number(count)} ${word}${count === 1 ? '' : 's'}`

/**
 * Describes a trace replay in two or three lines of text. The first has the format, requests and duration, the second the tokens. A third names the
 * rows that are not replayed, or not in the order of the file.
 */
export function traceLines(facts: TraceFacts): string[] {
  const { file, format, requests, timed, sessions, lengthMs, perSecond, peakPerSecond, input, output } = facts
  const following = requests - timed
  const inSessions = sessions === 0 ? '' : ` in ${plural(sessions, 'session')}`
  const later = following === 0 ? '' : `, ${number(following)} of them after the reply to the one before`
  return [
    `${lineSafe(file)} (${format}): ${plural(requests, 'request')}${inSessions}${later}; ` +
      `${formatMs(Math.round(lengthMs))}, ${number(perSecond)}/s, at most ${number(peakPerSecond)} in a second`,
    `tokens in: ${tokenText(input, requests)}; out: ${tokenText(output, requests)}`,
    ...leftOut(facts),
  ]
}

function tokenText({ total, most, known, estimated }: TokenSum, requests: number): string {
  if (known === 0) return 'unknown'
  const part = known < requests ? ` of the ${number(known)} requests that say it` : ''
  const estimate = estimated === 0 ? '' : ` (estimated${estimated < known ? ` of ${number(estimated)}` : ''}: characters ÷ 4)`
  return `${number(total)}${part}, ${number(total / known)} each, at most ${number(most)}${estimate}`
}

function leftOut({ empty, outside, disorder }: TraceFacts): string[] {
  const parts = [
    ...(disorder.turns === 0 ? [] : [`${disorderText(disorder)}: played in the order of their times`]),
    ...(outside === 0 ? [] : [`${plural(outside, 'request')} outside of from and to`]),
    ...(empty === 0 ? [] : [`${plural(empty, 'row')} without a request`]),
  ]
  return parts.length === 0 ? [] : [parts.join('; ')]
}

/** Describes how many rows of a trace file are earlier than a row above them, and by how much: "3 rows due before one above them, by up to 12ms". */
export function disorderText({ turns, mostMs }: TraceFacts['disorder']): string {
  return `${plural(turns, 'row')} due before one above ${turns === 1 ? 'it' : 'them'}, by up to ${formatMs(Math.round(mostMs))}`
}
