import type { Result, TimelineRow } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { barsOf } from '../text/bars.ts'
import type { Pen } from '../text/pen.ts'
import { labelled } from './labelled.ts'

/** The largest number of bars in the chart of p95 over time. */
const MAX_BARS = 40
/** The smallest number of bars in the chart of p95 over time; fewer show no trend. */
const MIN_BARS = 3

/**
 * Returns, for the terminal summary, the line about response times during the measured phases: "p95 over time ▁▂▂█▃ 40ms to 2.9s · slowest 4.1s". The
 * part about p95 is left out if the terminal has no Unicode, or the timeline has fewer than three rows. The texts in `more` are appended to the line;
 * a line that is too long is wrapped. Empty when there is nothing to show.
 */
export function overTimeLines(result: Result, more: readonly string[], pen: Pen): string[] {
  const measured = new Set(result.phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const slowest = result.total.distributions.response_time?.max
  const values = groups(result.timeline.filter(({ phase }) => measured.has(phase)))
  const bars = pen.unicode && values.length >= MIN_BARS ? [barsText(values)] : []
  const max = slowest === null || slowest === undefined ? [] : [`slowest ${formatMs(slowest)}`]
  const facts = [...bars, ...max, ...more]
  return facts.length === 0 ? [] : labelled('response', facts.join(' · '), pen)
}

/**
 * Divides the rows of the timeline into at most 40 groups and returns the highest p95 of the response time in each, in ms; undefined for a group
 * without a reply.
 */
function groups(rows: readonly TimelineRow[]): (number | undefined)[] {
  const size = Math.ceil(rows.length / MAX_BARS)
  return Array.from({ length: Math.ceil(rows.length / Math.max(1, size)) }, (_, i) => {
    const seen = rows.slice(i * size, (i + 1) * size).flatMap(({ latencies }) => latencies.response_time?.p95 ?? [])
    return seen.length === 0 ? undefined : Math.max(...seen)
  })
}

function barsText(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) return 'no replies'
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const line = barsOf(values)
  return `p95 over time ${line} ${low === high ? formatMs(high) : `${formatMs(low)} to ${formatMs(high)}`}`
}
