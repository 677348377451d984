import { ErrorGroups } from '../metrics/failures/error-groups.ts'
import type { Result } from '../result/schema.ts'
import { latenessOf } from './rules/lateness.ts'

/**
 * Merges the error groups in the results of a run's shards: groups of the same step, class and phase whose messages differ only in ids and numbers
 * become one. Times are converted, so that they count from the start of the run instead of the start of a shard.
 */
export function errorsOf(results: readonly Result[]): Pick<Result, 'errors' | 'errorTypes'> {
  const groups = new ErrorGroups()
  const lateness = latenessOf(results)
  const all = results.flatMap((result, i) => {
    const late = lateness[i] ?? 0
    return result.errors.map((one) => ({ ...one, firstMs: one.firstMs + late, lastMs: one.lastMs + late }))
  })
  groups.addStored(all)
  const errors = groups.toResult(0).map((group) => ({
    ...group,
    hint: all.find((one) => one.class === group.class && one.step === group.step)?.hint ?? group.hint,
  }))
  return { errors, errorTypes: new Set(errors.map((group) => group.class)).size }
}
