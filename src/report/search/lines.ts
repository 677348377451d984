/** Describes the measured points (loads) of a search in table rows and sentences. */
import type { MeasuredPoint, SearchResult, SearchTier } from '../../result/search.ts'
import { foundText, loadText } from '../../search/ending.ts'
import { formatMs } from '../../text/units.ts'
import { formatNumber, formatShare, UNKNOWN } from '../text/format.ts'

const HEAD = ['in flight', 'ok/s', 'p50', 'p95', 'errors', 'of the limit', 'measured', 'holds']

/**
 * Describes in one line what a capacity search measured at one load: for each set of thresholds, whether they are met, and how much of the limit of
 * the most critical one is used, as in `64 users: holds, 71% of what is allowed is used (ttft p95 < 800ms)`. For a measurement that does not count,
 * says why.
 */
export function pointLine(point: MeasuredPoint, unit: SearchResult['for']): string {
  const { load, tiers, counts, reason, exitCode } = point
  const words = tiers.map(({ tier, holds, used, nearest }) => {
    const near = nearest === null ? '' : ` (${nearest})`
    return `${tiers.length > 1 ? `${tier} ` : ''}${holds ? 'holds' : 'does not hold'}, ${usedText(used)} of what is allowed is used${near}`
  })
  return `${loadText(load, { for: unit })}: ${counts ? words.join('; ') : `says nothing: ${exitCode === 0 || exitCode === 1 ? 'too few samples' : reason}`}`
}

/** Returns a table with one row for each measurement of a capacity search, in the order of the loads; the first row holds the headings. */
export function curveOf({ points, knee, for: unit, tiers }: SearchResult): string[][] {
  const rising = [...points].sort((a, b) => a.load - b.load || a.number - b.number)
  const rows = rising.map((point) => [
    `${loadText(point.load, { for: unit })}${point.load === knee ? ' (knee)' : ''}`,
    formatNumber(point.meanInFlight),
    formatNumber(point.okPerSecond),
    ...[point.p50Ms, point.p95Ms].map((ms) => (ms === null ? UNKNOWN : formatMs(ms))),
    formatShare(point.errorRate),
    point.counts ? usedText(Math.max(...point.tiers.map(({ used }) => used))) : UNKNOWN,
    formatMs(point.seconds * 1000),
    point.counts ? heldText(point, tiers) : 'says nothing',
  ])
  return [[unit === 'users' ? 'users' : 'rate', ...HEAD], ...rows]
}

/**
 * Returns a line for each set of thresholds of a capacity search: the highest load that meets them and, if one failed, the threshold that fails first
 * above this load.
 */
export function tierLines(search: SearchResult): string[] {
  return search.tiers.map((tier) => {
    const first = tier.nearest === null ? '' : `; first to fail: ${tier.nearest}, at ${loadText(tier.failed ?? 0, search)}`
    return `${nameOf(tier, search)}${foundText(tier, search)}${first}`
  })
}

/**
 * Describes in a sentence the knee that a capacity search found, or says that there is none. The knee is the load with the largest throughput ÷
 * latency, above which more load raises latency more than throughput.
 */
export function kneeLine({ knee, for: unit }: SearchResult): string {
  if (knee === null) return 'no knee: throughput ÷ latency is largest at an end of the curve'
  return `knee at ${loadText(knee, { for: unit })}: beyond it, more load buys more waiting than throughput`
}

const nameOf = ({ name }: SearchTier, { tiers }: SearchResult) => (tiers.length > 1 ? `${name}: ` : '')
const usedText = (used: number) => (used >= 20 ? 'over 2000%' : `${Number((used * 100).toPrecision(3))}%`)

function heldText(point: MeasuredPoint, sets: readonly SearchTier[]): string {
  const held = point.tiers.filter(({ holds }) => holds)
  const few = sets.filter(({ name }) => point.tiers.every(({ tier }) => tier !== name)).map(({ name }) => name)
  const more = few.length === 0 ? '' : ` (too few samples: ${few.join(', ')})`
  if (sets.length === 1 || held.length === 0 || held.length === sets.length) return `${held.length > 0 ? 'yes' : 'no'}${more}`
  return `${held.map(({ tier }) => tier).join(', ')}${more}`
}
