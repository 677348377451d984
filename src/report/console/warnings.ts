/** Oddities of replies that were no failures: how many, and what each means. */

import { warningText } from '../../metrics/failures/warnings.ts'
import type { Result } from '../../result/schema.ts'
import { formatCount } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { padLeft } from '../text/width.ts'

/** Name, count and explanation, the most frequent first. */
export function warningsOf({ warnings }: Pick<Result, 'warnings'>): { name: string; count: number; text: string }[] {
  return Object.entries(warnings)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => ({ name, count, text: warningText(name) }))
}

/** Up to `limit` warnings, each with what it means. */
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
