/** Prints the first lines of the summary: verdict, target and validity of the measurement. */

import type { Result, Verdict } from '../../result/schema.ts'
import { displayWidth } from '../../text/display-width.ts'
import { formatMs } from '../../text/units.ts'
import { timeOfDay } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { shownVerdict, verdictWord } from '../text/verdict.ts'

const NAME_COLUMNS = 32
/** The longest reason of a verdict that is shown, in characters. It may list every threshold that failed. */
const REASON_CHARACTERS = 1000

/**
 * Returns the first lines of the terminal summary of a run: the verdict, the scenario's name, the duration, and the reason for the verdict. For an
 * invalid run, the reason is a fixed sentence, because `validityLines` prints the reasons.
 */
export function verdictLines(result: Result, pen: Pen): string[] {
  const verdict = shownVerdict(result)
  const word = verdictWord(verdict)
  const paint = verdictPaint(verdict, pen)
  const duration = formatMs(result.durationMs)
  const room = pen.width - word.length - duration.length - 4
  const name = pen.cut(pen.safe(result.scenarioName), Math.min(NAME_COLUMNS, room))
  const rest = `  ${name}  ${pen.ink(duration)}`
  // The reasons for an invalid run follow below, printed by `validityLines` with hints.
  const isInvalid = verdict === 'invalid' && result.validity.reasons.length > 0
  const reason = pen.ink(isInvalid ? 'the measurement is not valid' : pen.safe(result.reason, REASON_CHARACTERS))
  const oneLine = `${rest} ${pen.marks.dot} ${reason}`
  if (displayWidth(word) + displayWidth(oneLine) <= pen.width) return [pen.bold(paint(word)) + oneLine]
  return [pen.bold(paint(word)) + rest, ...pen.wrap('  ', reason)]
}

function verdictPaint(verdict: Verdict, pen: Pen): (text: string) => string {
  if (verdict === 'passed') return pen.good
  return verdict === 'incomplete' || verdict === 'aborted' ? pen.warn : pen.bad
}

/**
 * Returns, for the terminal summary, the line with the first target's address and protocol, the number of further targets, and the time of day (UTC)
 * at which the run started; empty for a run without a target.
 */
export function targetLine(result: Result, pen: Pen): string[] {
  const [first, ...more] = result.target
  if (first === undefined) return []
  const client = first.client === undefined || first.client === 'burn' ? null : `client ${first.client}`
  const proxy = first.proxy === undefined ? null : `proxy ${first.proxy}`
  const how = [first.protocol, first.dialect, client, proxy, first.insecureTls ? 'TLS not checked' : null].filter(
    (part) => part !== null,
  )
  const unchecked = more.filter(({ insecureTls }) => insecureTls).map(({ name }) => pen.safe(name))
  const others =
    more.length > 0 ? ` and ${more.length} more${unchecked.length > 0 ? `, TLS not checked: ${unchecked.join(', ')}` : ''}` : ''
  const text = `${pen.safe(first.url)} (${pen.safe(how.join(', '))})${others} · ${timeOfDay(result.startTime)}`
  return pen.facts('  ', text).map(pen.dim)
}

/**
 * Returns, for the terminal summary, lines for up to `limit` reasons why the measurement is degraded or invalid, with hints; empty when it is valid.
 */
export function validityLines(result: Result, pen: Pen, limit: number): string[] {
  const { state, reasons } = result.validity
  if (state === 'ok') return []
  const paint = state === 'invalid' ? pen.bad : pen.warn
  const lines: string[] = []
  const mark = `${pen.marks.warn} `
  if (reasons.length === 0) lines.push(paint(`${mark}measurement ${state}`))
  for (const reason of reasons.slice(0, limit)) {
    lines.push(...pen.wrap(mark, `measurement ${reason.level}: ${pen.safe(reason.message)}`).map(paint))
    if (reason.hint !== '') lines.push(...pen.wrap(`  ${pen.marks.arrow} `, pen.safe(reason.hint)).map(pen.dim))
  }
  return lines
}
