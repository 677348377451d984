/** Finds the exported points that are more than one number of the result: failures, checks, thresholds, and those of OpenTelemetry's conventions. */
import type { Pieces } from '../../pieces.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Attributes, ExportPoint, ExportRow, RunView, StepView } from './point.ts'
import { metricOf, spreadByStep } from './sources.ts'
import { shortened } from './view.ts'

/** The value that OpenTelemetry's conventions use for an error whose class is not stated. */
const OTHER_ERROR = '_OTHER'
/** The cost of making the points of one item, in work units (see `Pieces`). */
const UNITS_PER_ITEM = 100

/** Returns the points of the exported metric that counts failures: one for each step (also of setup and teardown) and failure class. */
export const failures: ExportRow['of'] = ({ result, stepName }) =>
  addedUp(result.errors, ({ step, class: type, count }) => [
    { attributes: { 'burn.step': stepName(step), 'error.type': shortened(type) }, value: count },
  ])

/**
 * Returns the points of the exported metric that counts how often each `expect` check of each step passed and failed. Checks of one step with the
 * same text are added up. When there are too many steps, those beyond the limit have no such points.
 */
export const checks: ExportRow['of'] = ({ steps }) => {
  const all = steps.flatMap(({ attributes, groups: [step, ...more] }) =>
    more.length > 0 ? [] : (step?.checks ?? []).map((of) => ({ attributes, of })),
  )
  return addedUp(all, ({ attributes, of: { check, passed, failed } }) => {
    const own = { ...attributes, 'burn.check': shortened(check) }
    return [
      { attributes: { ...own, 'burn.outcome': 'passed' }, value: passed },
      { attributes: { ...own, 'burn.outcome': 'failed' }, value: failed },
    ]
  })
}

/**
 * Returns the function that computes the points of an exported metric about thresholds, one for each threshold. `of` returns the number for a
 * threshold; when it returns null, the threshold has no point. If several thresholds have the same text, such as one for the whole run and one for
 * each window, the second is marked with ` #2`.
 */
export const thresholds =
  (of: (threshold: ThresholdResult) => number | null) =>
  ({ result }: RunView): readonly ExportPoint[] => {
    const seen = new Map<string, number>()
    return result.thresholds.flatMap((one) => {
      const text = shortened(one.threshold)
      const n = (seen.get(text) ?? 0) + 1
      seen.set(text, n)
      const value = of(one)
      return value === null ? [] : [{ attributes: { 'burn.threshold': n === 1 ? text : `${text} #${n}` }, value }]
    })
  }

/** Returns the points of all items. Points with the same attributes become one, with the sum of their values. */
function* addedUp<Item>(
  items: readonly Item[],
  pointsOf: (item: Item) => readonly { readonly attributes: Attributes; readonly value: number }[],
): Pieces<readonly ExportPoint[]> {
  const sums = new Map<string, { readonly attributes: Attributes; value: number }>()
  for (const item of items) {
    for (const { attributes, value } of pointsOf(item)) {
      const key = JSON.stringify(attributes)
      const sum = sums.get(key)
      if (sum) sum.value += value
      else sums.set(key, { attributes, value })
    }
    yield UNITS_PER_ITEM
  }
  return [...sums.values()]
}

/**
 * Returns the function that computes the points of the exported service times: two for each step, the distribution of ok attempts and that of failed
 * ones. `attributesOf` returns the attributes that an OpenTelemetry convention demands; steps for which it returns undefined are left out.
 */
export const durations = (attributesOf: (step: StepView) => Attributes | undefined): ExportRow['of'] =>
  spreadByStep((step) => {
    const attributes = attributesOf(step)
    if (attributes === undefined) return []
    // A result has these times by step, not by failure class. A class taken from the failures so far could change in mid-run.
    const failed = { ...attributes, 'error.type': OTHER_ERROR }
    return [
      { attributes, of: metricOf('service_time') },
      { attributes: failed, of: ({ failedServiceTime }) => failedServiceTime },
    ]
  })

/**
 * Returns the function that computes the points of exported distributions, such as the time to first token, for steps that call a model. Each point
 * has the attributes of OpenTelemetry's conventions for generative AI and those that `metrics` lists for the metric. With `streams`, steps without
 * streamed replies are left out.
 */
export const ofModel = (metrics: Readonly<Record<string, Attributes>>, streams = false): ExportRow['of'] =>
  spreadByStep(({ genAi, groups }) => {
    if (genAi === undefined || (streams && !groups.some(({ distributions }) => distributions.itl))) return []
    return Object.entries(metrics).map(([metric, more]) => ({ attributes: { ...genAi, ...more }, of: metricOf(metric) }))
  })
