/** Describes the anomalies of a run in sentences. */
import type { AnomalyGroup, Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatShare, formatValue } from './format.ts'

/** The largest number of anomaly groups that are described; of the others only their number is printed. */
const MAX_GROUPS = 5

/**
 * Describes the anomalies of a run, one text for each kind, metric and place (step, target or phase), the most frequent first: "12 slow in open: ttft
 * above 812ms (median 201ms) · worst 3.1s of user 3 #12 at 41s", in which `#12` is the iteration. After the first five, a text says how many more
 * there are; the numbers of repeated and empty replies follow. Failed attempts are left out, because reports describe them elsewhere; bursts of
 * failures are not. `safe` escapes names, which are untrusted.
 */
export function anomalyTexts({ anomalies, anomalyGroups = [] }: Result, safe: (text: string) => string): string[] {
  const { repeated, empty = 0 } = anomalies
  const groups = [...anomalyGroups].sort((a, b) => b.count - a.count)
  const more = groups.length - MAX_GROUPS
  return [
    ...groups.slice(0, MAX_GROUPS).map((group) => groupText(group, safe(group.step))),
    ...(more > 0 ? [`${more} more, see result.json`] : []),
    ...(repeated > 0 ? [`${formatCount(repeated)} replies begin as the one before`] : []),
    ...(empty > 0 ? [`${formatCount(empty)} empty replies`] : []),
  ]
}

const KINDS = { slow: 'slow', stalled: 'stalled', costly: 'costly' } as const

function groupText({ kind, metric, unit, count, median, limit, worst: [worst] }: AnomalyGroup, place: string): string {
  const when = worst === undefined ? '' : ` at ${formatMs(Math.round(worst.endedAtMs))}`
  if (kind === 'burst')
    return `${formatCount(count)} ${count === 1 ? 'burst' : 'bursts'} at ${place}: ${formatCount(worst?.value ?? 0)} ${metric}${when}`
  if (kind === 'drift') {
    const change = worst?.value ?? 0
    return `drift in ${place}: ${metric} ${change > 0 ? 'rose' : 'fell'} by ${formatShare(Math.abs(change))} while the load stayed the same`
  }
  const usual = median === null ? '' : ` (median ${formatValue(median, unit)})`
  const which =
    worst === undefined
      ? ''
      : ` · worst ${formatValue(worst.value, unit)} of user ${worst.user ?? 0} #${worst.iteration ?? 0}${when}`
  return `${formatCount(count)} ${KINDS[kind]} in ${place}: ${metric} above ${formatValue(limit, unit)}${usual}${which}`
}
