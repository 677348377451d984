/** Latencies of a side that fails more: they are of the attempts that survived, and the slow ones may be those that did not. */
import type { Comparison } from '../../result/schema.ts'
import type { ChangeVerdict } from './verdict.ts'

const NOTE = 'survivors only'

/**
 * Returns the lines of a comparison, in which no latency speaks for the side with more errors when the errors differ by more than their tolerance: such
 * a line is unclear. Time-outs count as errors here too, although quantiles know them.
 */
export function withoutSurvivors(values: Comparison['values']): Comparison['values'][number][] {
  const errors = values.find(({ metric }) => metric === 'errors')
  const change = errors?.change ?? 0
  if (!errors || Math.abs(change) < errors.tolerance) return [...values]
  const favours: ChangeVerdict = change > 0 ? 'BETTER' : 'WORSE'
  return values.map((value) =>
    value.unit === 'ms' && value.verdict === favours ? { ...value, verdict: 'UNCLEAR', timesMore: null, note: NOTE } : value,
  )
}
