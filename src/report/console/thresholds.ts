/** Prints the section about thresholds in the summary, failed ones first. */

import type { Result, ThresholdResult, ThresholdState } from '../../result/schema.ts'
import { displayWidth } from '../../text/display-width.ts'
import { formatCount, formatValue } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { columnWidths } from '../text/table.ts'
import { padLeft, padRight } from '../text/width.ts'

const ORDER: Record<ThresholdState, number> = { failed: 0, no_samples: 1, undecided: 2, skipped: 3, passed: 4 }

/**
 * Sorts thresholds for a report by their state: failed, without samples, undecided, skipped, passed. Thresholds of the same state keep the
 * scenario's order.
 */
export function failedFirst(thresholds: readonly ThresholdResult[]): ThresholdResult[] {
  return thresholds.toSorted((a, b) => ORDER[a.state] - ORDER[b.state])
}

/**
 * Formats, for reports, the value that a threshold observed, with its unit ("~" before it if there were few samples) and the text of `boundText`. For
 * a threshold that was not evaluated, says "no samples", "3 of 10 samples", "passed: 3 of 10 samples" or "skipped".
 */
export function observedText(threshold: ThresholdResult): string {
  const { samples, samplesNeeded = 0 } = threshold
  const few = samples > 0 ? `${formatCount(samples)} of ${formatCount(samplesNeeded)} samples` : 'no samples'
  if (threshold.state === 'no_samples') return few
  if (threshold.state === 'skipped') return 'skipped'
  if (threshold.state === 'passed' && threshold.samplesNeeded !== undefined) return `passed: ${few}`
  return `${threshold.fewSamples ? '~' : ''}${formatValue(threshold.observed, threshold.unit)}${boundText(threshold)}`
}

/**
 * Returns, for reports, what stands in parentheses after the observed value of a threshold. For a percentile that meets its limit, this is the end of
 * its confidence interval on the side of the limit, " (≤ 781ms)". With too few samples for a threshold that must hold with confidence (its option
 * `certain`), it is their number, " (57 of 130 samples)". '' for other thresholds.
 */
export function boundText({ threshold, state, bounds, unit, samples, samplesNeeded }: ThresholdResult): string {
  if (state === 'undecided' && samplesNeeded !== undefined)
    return ` (${formatCount(samples)} of ${formatCount(samplesNeeded)} samples)`
  if (!bounds) return ''
  // A threshold is written `metric{tags} operator limit`: tags may contain a `>` too.
  return />/.test(threshold.replace(/^.*\}/s, ''))
    ? ` (≥ ${formatValue(bounds.low, unit)})`
    : ` (≤ ${formatValue(bounds.high, unit)})`
}

/**
 * Returns the lines about thresholds for the terminal summary: a mark, the expression, the observed value, and the limit. At most `most` thresholds
 * are shown, failed ones first. A threshold that does not fit into the width of the terminal takes several lines and still counts as one.
 */
export function thresholdLines(result: Result, pen: Pen, most: number): string[] {
  const shown = failedFirst(result.thresholds).slice(0, most)
  const rows = shown.map(
    (threshold): ThresholdRow => ({ threshold, name: pen.ink(pen.safe(threshold.threshold)), ends: endCells(threshold, pen) }),
  )
  const widths = columnWidths(rows.map(({ ends }) => ends))
  const room = pen.width - 4 - widths.reduce((sum, column) => sum + (column > 0 ? column + 2 : 0), 0)
  const beside = rows.filter(({ name }) => displayWidth(name) <= room)
  const nameWidth = Math.max(0, ...beside.map(({ name }) => displayWidth(name)))
  return rows.flatMap((row) => (beside.includes(row) ? [besideLine(row, widths, nameWidth, pen)] : stackedLines(row, pen)))
}

interface ThresholdRow {
  readonly threshold: ThresholdResult
  readonly name: string
  readonly ends: readonly string[]
}

function besideLine({ threshold, name, ends }: ThresholdRow, widths: readonly number[], nameWidth: number, pen: Pen): string {
  const tail = ends.map((cell, at) => (at === 0 ? padLeft : padRight)(cell, widths[at] ?? 0))
  return `  ${mark(threshold, pen)} ${[padRight(name, nameWidth), ...tail].join('  ').trimEnd()}`
}

function stackedLines({ threshold, name, ends }: ThresholdRow, pen: Pen): string[] {
  const [first = '', ...more] = pen.wrap('    ', name)
  const numbers = ends.filter((cell) => cell !== '').join(` ${pen.marks.dot} `)
  return [`  ${mark(threshold, pen)} ${first.slice(4)}`, ...more, ...pen.facts('      ', numbers)]
}

function endCells(threshold: ThresholdResult, pen: Pen): string[] {
  const bound = `limit ${formatValue(threshold.limit, threshold.unit)}`
  return [observedText(threshold), bound, threshold.severity === 'warn' ? 'warn only' : ''].map((cell) => pen.ink(cell))
}

function mark(threshold: ThresholdResult, pen: Pen): string {
  if (threshold.state === 'passed') return pen.good(pen.marks.pass)
  if (threshold.state === 'skipped') return pen.dim(pen.marks.skip)
  return threshold.severity === 'warn' ? pen.warn(pen.marks.warn) : pen.bad(pen.marks.fail)
}
