/** Prints the section about errors in the summary, the most frequent first. */
import type { ErrorGroup, Result } from '../../result/schema.ts'
import { formatCount } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { padLeft } from '../text/width.ts'

/** The longest error message that the summary shows, in characters. */
const SAMPLE_CHARACTERS = 400
const NAME_COLUMNS = 24

/** Returns groups of errors sorted for reports: the highest count first. Groups of equal count are sorted by when their first error occurred. */
export function byCount(errors: readonly ErrorGroup[]): ErrorGroup[] {
  return errors.toSorted((a, b) => b.count - a.count || a.firstMs - b.firstMs)
}

/**
 * Returns the lines about errors in the terminal summary of a run: for each of up to `limit` groups of errors the count, class, step, one of the
 * messages (up to 400 characters), and a hint about what to do.
 */
export function errorLines(result: Result, pen: Pen, limit: number): string[] {
  const shown = byCount(result.errors).slice(0, limit)
  const countWidth = Math.max(0, ...shown.map((error) => formatCount(error.count).length))
  return shown.flatMap((error) => {
    const count = padLeft(formatCount(error.count), countWidth)
    const where = `${pen.cut(pen.safe(error.class), NAME_COLUMNS)} in ${pen.cut(pen.safe(error.step), NAME_COLUMNS)}`
    const indent = ' '.repeat(countWidth + 5)
    const [first = '', ...more] = pen.wrap(indent, `${where}: ${pen.safe(error.sample, SAMPLE_CHARACTERS)}`)
    const hint = hintText(error)
    const hints = hint === '' ? [] : pen.wrap(`${indent}${pen.marks.arrow} `, pen.safe(hint)).map(pen.dim)
    return [`  ${pen.bad(`${count}x`)}  ${first.slice(indent.length)}`, ...more, ...hints]
  })
}

/** Matches classes of failures in which the server replied, so that the connection cannot be the cause. */
const ANSWERED = /^(?:http_status|rate_limited|error_in_stream|check_failed|capture_failed|extract|bad_)/

/**
 * Returns, for reports, a hint about what to do about a group of errors, and how many of the errors happened on a reused connection; '' when neither
 * is known. The number is left out for errors in which the server replied, because the connection cannot be their cause.
 */
export function hintText({ class: name, hint, onReused = 0, count }: ErrorGroup): string {
  if (onReused === 0 || ANSWERED.test(name)) return hint
  const reused = `${onReused === count ? 'all' : formatCount(onReused)} of them on a reused connection`
  return hint === '' ? reused : `${hint} (${reused})`
}
