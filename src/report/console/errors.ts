/** What went wrong, most frequent first. */
import type { ErrorGroup, Result } from '../../result/schema.ts'
import { formatCount } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { padLeft } from '../text/width.ts'

/** Longest message that is shown. */
const SAMPLE_CHARACTERS = 400
const NAME_COLUMNS = 24

/** Error groups, most frequent first; of equal ones the earlier. */
export function byCount(errors: readonly ErrorGroup[]): ErrorGroup[] {
  return errors.toSorted((a, b) => b.count - a.count || a.firstMs - b.firstMs)
}

/** Up to `limit` groups: count, class, step and a message as it was seen, whole, then what to do about it. */
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

/** Failures of a reply that came: the connection had no part in them. */
const ANSWERED = /^(?:http_status|rate_limited|error_in_stream|check_failed|capture_failed|extract|bad_)/

/** What to do about it, and how many of them a reused connection had to do with. */
export function hintText({ class: name, hint, onReused = 0, count }: ErrorGroup): string {
  if (onReused === 0 || ANSWERED.test(name)) return hint
  const reused = `${onReused === count ? 'all' : formatCount(onReused)} of them on a reused connection`
  return hint === '' ? reused : `${hint} (${reused})`
}
