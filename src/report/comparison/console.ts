/** Prints a comparison on the terminal. */
import type { ComparedSide, Comparison } from '../../compare/comparison.ts'
import { comparedPairTexts } from '../compared/judge-pairs.ts'
import { comparisonTable } from '../compared/table.ts'
import { basisText, isBad, isGood } from '../compared/words.ts'
import { attemptsText } from '../text/faults.ts'
import { makePen, type Pen } from '../text/pen.ts'
import type { RenderOptions } from '../text/reporter.ts'

const MAX_WARNINGS = 8

/**
 * Returns the report of a comparison for the terminal: the verdict with its reason, the runs of A and B, a row for each important metric (see
 * `comparisonTable`), what a judge model found, what the comparison is based on, and up to eight warnings.
 */
export function comparisonText(comparison: Comparison, options: RenderOptions): string {
  const pen = makePen(options)
  const { verdict, reason, a, b, values, warnings } = comparison
  const colour = isBad(verdict) ? pen.bad : isGood(verdict) ? pen.good : pen.warn
  const [word = '', ...rest] = pen.wrap(`${verdict}  `, reason)
  return [
    pen.bold(colour(word)),
    ...rest,
    ...[sideLine('A', a, pen), sideLine('B', b, pen)].flat(),
    '',
    ...comparisonTable(values, pen),
    '',
    ...comparedPairTexts(comparison, (text) => pen.safe(text)).flatMap((text) => pen.wrap('', text)),
    ...(comparison.judge === undefined ? [] : ['']),
    ...pen.wrap('', basisText(comparison)).map(pen.dim),
    ...warnings.slice(0, MAX_WARNINGS).flatMap((warning) => pen.wrap(`${pen.marks.warn} `, pen.safe(warning)).map(pen.warn)),
    ...(warnings.length > MAX_WARNINGS ? [`  and ${warnings.length - MAX_WARNINGS} more`] : []),
    '',
  ].join('\n')
}

function sideLine(letter: string, side: ComparedSide, pen: Pen): string[] {
  return pen.wrap(
    `${letter}  `,
    `${pen.safe(side.name)} ${pen.marks.dot} ${attemptsText(side)} ${pen.marks.dot} ${side.verdict.replaceAll('_', ' ')}`,
  )
}
