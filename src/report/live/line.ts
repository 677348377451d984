/** Prints the progress of a run as one line for logs. */
import { displayWidth } from '../../text/display-width.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatShare } from '../text/format.ts'
import { makePen } from '../text/pen.ts'
import type { LiveView } from './view.ts'
import { errorText, rateText, underWayText, wholePercent } from './words.ts'

/** The longest progress line in a log, in columns. */
const LOG_COLUMNS = 120

/**
 * Returns the progress of a run as one line for logs, without colour, at most 120 columns wide: the local time of day of `at`, then the most
 * important facts that fit.
 */
export function renderLiveLine(view: LiveView, at: Date): string {
  const pen = makePen({ color: false, width: 1000, unicode: true })
  const [response] = view.latencies.filter(({ p50 }) => p50 !== null)
  const bad = [
    ...(view.failed > 0 ? [`${formatCount(view.failed)} failed (${formatShare(view.errorRate)})`] : []),
    ...(view.dropped > 0 ? [`${formatCount(view.dropped)} dropped`] : []),
  ]
  const parts = [
    `${at.toTimeString().slice(0, 8)} ${wholePercent(view.total)}%`,
    `${formatCount(view.ok)} ok`,
    ...bad,
    rateText(view),
    ...(response ? [`p95 ${formatMs(response.p95 ?? Number.NaN)}`] : []),
    ...(view.topError ? [errorText(view.topError, pen)] : []),
    ...underWayText(view),
    ...view.warnings.slice(0, 1).map((warning) => `! ${pen.safe(warning)}`),
    ...(view.phase.count > 1 ? [`phase ${view.phase.index + 1}/${view.phase.count} ${pen.safe(view.phase.name, 20)}`] : []),
  ]
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? part : `${line} | ${part}`
    if (displayWidth(longer) <= LOG_COLUMNS) line = longer
  }
  return line
}
