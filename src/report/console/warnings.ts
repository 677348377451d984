/** Prints the section about warnings in the summary: oddities in replies that did not make attempts fail. */

import { warningText } from '../../metrics/failures/warnings.ts'
import type { Result } from '../../result/schema.ts'
import { formatCount } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { padLeft } from '../text/width.ts'

/**
 * Returns, for reports, the warnings of a run, the most frequent first. Each has a name, a count and a `text` that explains it; the text is '' for a
 * warning that this version of burn does not know.
 */
export function warningsOf({ warnings }: Pick<Result, 'warnings'>): { name: string; count: number; text: string }[] {
  return Object.entries(warnings)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => ({ name, count, text: warningText(name) }))
}

/** Returns, for the terminal summary, lines for up to `limit` warnings: count, name and meaning. */
export function warningLines(result: Result, pen: Pen, limit: number): string[] {
  const shown = warningsOf(result).slice(0, limit)
  const countWidth = Math.max(0, ...shown.map(({ count }) => formatCount(count).length))
  return shown.flatMap(({ name, count, text }) => {
    const indent = ' '.repeat(countWidth + 5)
    const words = `${pen.safe(name)}${text === '' ? '' : `: ${text}`}`
    const [first = '', ...more] = pen.wrap(indent, words)
    return [`  ${pen.warn(`${padLeft(formatCount(count), countWidth)}x`)}  ${first.slice(indent.length)}`, ...more]
  })
}
