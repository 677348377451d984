import { QualityRecorder, type StoredQuality } from '../metrics/quality/recorder.ts'
import type { measureQuality } from '../metrics/quality/threshold-measure.ts'
import type { Result, ShardData } from '../result/schema.ts'

/** Merges the field `quality` of the results of a run's shards, from the distributions that they store; undefined when no shard has the field. */
export function qualityOf(results: readonly Result[], data: ShardData | undefined): Result['quality'] {
  const parts = results.flatMap(({ quality }) => quality ?? [])
  const [one] = parts
  const stored = data?.quality
  if (!one || !stored) return one
  const steps = Object.entries(stored.steps).map(([name, step]) => {
    const { measured, measures, flags } = readQuality(step)
    return [name, { measured, measures, flags }] as const
  })
  return {
    ...one,
    ...readQuality(stored.all),
    leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
    ...(steps.length < 2 ? {} : { steps: Object.fromEntries(steps) }),
  }
}

function readQuality(stored: StoredQuality) {
  const recorder = new QualityRecorder()
  recorder.addStored(stored)
  return recorder.read()
}

/**
 * Gives thresholds access to the merged quality scores of replies: the returned function `recorderOf` has those of one step or, without a step, of
 * the whole run. Undefined when no quality was measured.
 */
export function qualityIn({ quality }: ShardData): Parameters<typeof measureQuality>[1] {
  if (quality === undefined) return undefined
  return {
    recorderOf: (step) => {
      const stored = step === undefined ? quality.all : quality.steps[step]
      if (stored === undefined) return undefined
      const recorder = new QualityRecorder()
      recorder.addStored(stored)
      return recorder
    },
  }
}
