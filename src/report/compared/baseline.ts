/** Prints the comparison of a run with its baseline: the verdict, and the metrics that decide it. */
import type { Result } from '../../result/schema.ts'
import type { Pen } from '../text/pen.ts'
import { comparisonTable } from './table.ts'
import { isBad, isGood } from './words.ts'

const MAX_WARNINGS = 3

/**
 * Returns the lines of the terminal summary that compare the run with its baseline: the verdict, the metrics that decide it, and up to three
 * warnings. The warning that the runs were not made together is left out, because it holds for every baseline. Empty for a run without a baseline.
 */
export function baselineLines({ baseline }: Result, pen: Pen): string[] {
  if (!baseline) return []
  const { verdict, reason, a, values, warnings } = baseline
  const colour = isBad(verdict) ? pen.bad : isGood(verdict) ? pen.good : pen.warn
  const [head = '', ...rest] = pen.wrap(`baseline ${verdict}  `, `${reason} (A is ${pen.safe(a.name)}, B this run)`)
  const narrow = { ...pen, width: pen.width - 2 }
  const table = comparisonTable(
    values.filter(({ gate }) => gate),
    narrow,
  )
  // The part of the bounds that is the same in every comparison with a baseline is printed in result.json only.
  const other = warnings.filter((warning) => !warning.startsWith('not run together')).slice(0, MAX_WARNINGS)
  return [
    colour(head),
    ...rest,
    ...table.map((line) => `  ${line}`),
    ...other.flatMap((warning) => pen.wrap(`  ${pen.marks.warn} `, pen.safe(warning)).map(pen.warn)),
  ]
}
