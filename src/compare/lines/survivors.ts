/**
 * Corrects comparisons in which one side fails more often. Its latencies are those of attempts that succeeded, so its slowest attempts may be missing
 * among them.
 */
import type { BlockCounts } from '../../metrics/groups/blocks.ts'
import type { Comparison } from '../../result/schema.ts'
import type { ChangeVerdict } from './verdict.ts'

/**
 * Which side of a comparison (A or B) has the higher error rate, and how many of its attempts would have succeeded at the error rate of the other
 * side. Time-outs do not count as errors here, because quantiles of the response time already include them as infinitely slow.
 */
export interface MoreFailures {
  readonly side: 'a' | 'b'
  readonly attempts: number
}

/**
 * Returns which side of a comparison (A or B) has the higher error rate, and how many of its attempts would have succeeded at the error rate of the
 * other side. Time-outs do not count as errors here. Undefined when both rates are equal or one is unknown.
 */
export function moreFailures(a: readonly BlockCounts[], b: readonly BlockCounts[]): MoreFailures | undefined {
  const [ofA, ofB] = [failuresOf(a), failuresOf(b)]
  const difference = ofB.share - ofA.share
  if (!Number.isFinite(difference) || difference === 0) return undefined
  return difference > 0 ? { side: 'b', attempts: difference * ofB.ended } : { side: 'a', attempts: -difference * ofA.ended }
}

function failuresOf(blocks: readonly BlockCounts[]): { readonly share: number; readonly ended: number } {
  const ended = blocks.reduce((sum, { ok, failed }) => sum + ok + failed, 0)
  const failed = blocks.reduce((sum, counts) => sum + counts.failed - counts.timeouts, 0)
  return { share: failed / ended, ended }
}

/**
 * Returns the metrics of a comparison, after replacing verdicts on latencies that failed attempts may explain. The side with more errors may look
 * faster only because its slowest attempts failed. So a verdict in its favour on a quantile becomes `UNCLEAR` when the additional errors are at least
 * half as many as the attempts above the quantile.
 */
export function withoutSurvivors(values: Comparison['values']): Comparison['values'][number][] {
  const change = values.find(({ metric }) => metric === 'errors')?.change ?? 0
  const favours: ChangeVerdict = change > 0 ? 'BETTER' : 'WORSE'
  return values.map((value) => {
    const [, percentile] = /^\S+ p(\d+)$/.exec(value.metric) ?? []
    const above = percentile === undefined ? 0 : 1 - Number(percentile) / 100
    const isOfSurvivors = above > 0 && value.verdict === favours && Math.abs(change) >= above / 2
    return isOfSurvivors ? { ...value, verdict: 'UNCLEAR', timesMore: null, note: 'survivors only' } : value
  })
}
