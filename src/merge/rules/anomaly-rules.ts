/** Merge rules for the anomalies of the parts of a run. */
import type { AnomalyCounts, AnomalyGroup } from '../../result/schema.ts'
import { fields, first, inOrder, largest, listBy, type MergeRule, orNull, sum } from './values.ts'

/** How many of the worst anomalies a result lists for each kind, step and metric. */
const MAX_SHOWN = 5

/**
 * Merges the numbers of anomalies in the results of a run's shards. Anomalies of single attempts are added up; a burst or drift that several shards
 * saw counts only once.
 */
export const anomalies = fields<AnomalyCounts>({
  failed: sum,
  slow: sum,
  repeated: sum,
  stalled: sum,
  empty: sum,
  costly: sum,
  loops: sum,
  truncated: sum,
  refusals: sum,
  bursts: largest,
  drifts: largest,
})

const isOfAttempts = ({ kind }: AnomalyGroup) => kind !== 'burst' && kind !== 'drift'

const group: MergeRule<AnomalyGroup> = (parts) =>
  fields<AnomalyGroup>({
    kind: first,
    step: first,
    metric: first,
    unit: first,
    count: isOfAttempts(first(parts)) ? sum : largest,
    median: orNull(largest),
    limit: largest,
    samples: sum,
    worst: inOrder((a, b) => b.value - a.value, MAX_SHOWN),
  })(parts)

/** Merges the anomaly groups in the results of a run's shards: those with the same type, step and metric become one. */
export const anomalyGroups = listBy<AnomalyGroup>(({ kind, step, metric }) => `${kind} ${step} ${metric}`, group)
