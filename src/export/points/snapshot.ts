/** Converts a result or a checkpoint to a snapshot of the exported metrics. */
import type { Pieces } from '../../pieces.ts'
import type { Result } from '../../result/schema.ts'
import type { ExportSnapshot } from './point.ts'
import { EXPORTED } from './table.ts'
import { shortened, viewOf } from './view.ts'

/** The largest number of points of one metric, because a scenario may have thousands of checks. */
const MAX_POINTS = 1000
/** The cost of finding the points of one metric, in work units (see `Pieces`). */
const UNITS_PER_ROW = 200

/**
 * Builds a snapshot of all exported metrics from a result in which secrets are already masked.
 * @throws InputError when a histogram in the result is damaged
 */
export function* snapshotOf(result: Result): Pieces<ExportSnapshot> {
  const run = viewOf(result)
  const metrics: ExportSnapshot['metrics'][number][] = []
  const scenario = { 'burn.scenario': shortened(result.scenarioName) }
  let leftOut = 0
  for (const row of EXPORTED) {
    const found = yield* row.of(run, row.bounds)
    leftOut += Math.max(0, found.length - MAX_POINTS)
    const points = found.slice(0, MAX_POINTS).map((point) => ({ ...point, attributes: { ...scenario, ...point.attributes } }))
    if (points.length > 0) metrics.push({ row, points })
    yield UNITS_PER_ROW
  }
  const { startTime: startMs, endTime: atMs, shard } = result
  const resource = {
    'service.name': 'burn',
    'service.version': result.environment.burn,
    'service.instance.id': result.runId,
    ...scenario,
    ...(shard && { 'burn.shard': `${shard.index}/${shard.of}` }),
  }
  return { resource, startMs, atMs, metrics, leftOut }
}
