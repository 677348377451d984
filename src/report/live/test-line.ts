/** Prints the progress of one of several tests that run at the same time, in one line. */
import { formatMs } from '../../text/units.ts'
import { formatCount } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { padLeft, padRight } from '../text/width.ts'
import type { LiveView } from './view.ts'
import { errorText, rateText, wholePercent } from './words.ts'

const NAME_COLUMNS = 28

/** Returns the progress of one test of a suite as a line no wider than the terminal. `view` is undefined for a test that has just begun. */
export function renderTestLine(name: string, view: LiveView | undefined, pen: Pen): string {
  const head = padRight(pen.cut(pen.safe(name), NAME_COLUMNS), NAME_COLUMNS)
  if (view === undefined) return pen.cut(`${head}  begins`, pen.width)
  const [response] = view.latencies.filter(({ p95 }) => p95 !== null)
  const facts = [
    `${formatCount(view.ok)} ok`,
    ...(view.failed > 0 ? [`${formatCount(view.failed)} failed`] : []),
    ...(view.dropped > 0 ? [`${formatCount(view.dropped)} dropped`] : []),
    rateText(view),
    ...(response ? [`p95 ${formatMs(response.p95 ?? Number.NaN)}`] : []),
    ...(view.topError ? [errorText(view.topError, pen)] : []),
    ...view.warnings.slice(0, 1).map((warning) => `! ${pen.safe(warning)}`),
  ]
  const done = view.draining ? 'ends' : `${wholePercent(view.total)}%`
  return pen.cut(`${head} ${padLeft(done, 4)}  ${facts.join(` ${pen.marks.dot} `)}`, pen.width)
}
