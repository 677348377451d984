/** The thresholds, those that failed first. */
import type { Result, ThresholdResult, ThresholdState } from '../../metrics/result.ts'
import { formatCount, formatValue } from '../format.ts'
import type { Pen } from '../pen.ts'
import { columnWidths } from '../table.ts'
import { padLeft, padRight } from '../width.ts'

const NAME_MIN = 14
const ORDER: Record<ThresholdState, number> = { failed: 0, no_samples: 1, skipped: 2, passed: 3 }

/** Failed thresholds before those that held; otherwise as written. */
export function failedFirst(thresholds: readonly ThresholdResult[]): ThresholdResult[] {
  return thresholds.toSorted((a, b) => ORDER[a.state] - ORDER[b.state])
}

/** "observed 1.2s" in words, for any state. */
export function observedText(threshold: ThresholdResult): string {
  if (threshold.state === 'no_samples') return 'no samples'
  if (threshold.state === 'skipped') return 'skipped'
  if (threshold.state === 'passed' && threshold.samplesNeeded !== undefined)
    return `passed: ${formatCount(threshold.samples)} of ${formatCount(threshold.samplesNeeded)} samples`
  return `${threshold.fewSamples ? '~' : ''}${formatValue(threshold.observed, threshold.unit)}`
}

/** One line a threshold: mark, expression, observed, limit; on a narrow terminal the last ones go. */
export function thresholdLines(result: Result, pen: Pen, limit: number): string[] {
  const shown = failedFirst(result.thresholds).slice(0, limit)
  const ends = fittingEnds(
    shown.map((threshold) => endCells(threshold, pen)),
    pen.width,
  )
  const widths = columnWidths(ends)
  const names = shown.map((t) => pen.cut(pen.safe(t.threshold), roomBeside(widths, pen.width)))
  const nameWidth = Math.max(0, ...columnWidths(names.map((name) => [name])))
  return shown.map((threshold, i) => {
    const tail = (ends[i] ?? []).map((cell, at) => (at === 0 ? padLeft : padRight)(cell, widths[at] ?? 0))
    return `  ${mark(threshold, pen)} ${[padRight(names[i] ?? '', nameWidth), ...tail].join('  ').trimEnd()}`
  })
}

function endCells(threshold: ThresholdResult, pen: Pen): string[] {
  const bound = `limit ${formatValue(threshold.limit, threshold.unit)}`
  return [observedText(threshold), bound, threshold.severity === 'warn' ? 'warn only' : ''].map((cell) => pen.ink(cell))
}

/** Leaves columns out from the right until the expressions have some room. */
function fittingEnds(ends: readonly string[][], width: number): string[][] {
  let columns = 3
  const kept = () => ends.map((cells) => cells.slice(0, columns))
  while (columns > 1 && roomBeside(columnWidths(kept()), width) < NAME_MIN) columns -= 1
  return kept()
}

function roomBeside(widths: readonly number[], width: number): number {
  return width - 4 - widths.reduce((sum, column) => sum + (column > 0 ? column + 2 : 0), 0)
}

function mark(threshold: ThresholdResult, pen: Pen): string {
  if (threshold.state === 'passed') return pen.good(pen.marks.pass)
  if (threshold.state === 'skipped') return pen.dim(pen.marks.skip)
  return threshold.severity === 'warn' ? pen.warn(pen.marks.warn) : pen.bad(pen.marks.fail)
}
