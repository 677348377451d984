/** Exported points that are more than a number of the result: failures, checks, thresholds, and those of conventions. */
import type { ThresholdResult } from '../../result/schema.ts'
import type { Attributes, ExportPoint, ExportRow, RunView, StepView } from './point.ts'
import { metricOf, spreadByStep } from './sources.ts'
import { shortened } from './view.ts'

/** The value that conventions have for an error whose class is not told. */
const OTHER_ERROR = '_OTHER'
/** Most points of one list: a scenario may hold thousands of checks. */
const MAX_POINTS = 1000

/** Returns the number of failures by step and failure class, those of setup and teardown included, as points of one exported metric. */
export function failures({ result, stepName }: RunView): readonly ExportPoint[] {
  const counts = new Map<string, { readonly attributes: Attributes; value: number }>()
  for (const { step, class: type, count } of result.errors) {
    const attributes = { 'burn.step': stepName(step), 'error.type': shortened(type) }
    const key = JSON.stringify(attributes)
    counts.set(key, { attributes, value: (counts.get(key)?.value ?? 0) + count })
  }
  return [...counts.values()].slice(0, MAX_POINTS)
}

/**
 * Returns how often each check of each step passed and failed, as points of one exported metric. Steps that are exported together (beyond
 * the limit on their number) are left out.
 */
export function checks({ steps }: RunView): readonly ExportPoint[] {
  const all = steps.flatMap(({ attributes, groups: [step, ...more] }) =>
    more.length > 0
      ? []
      : (step?.checks ?? []).flatMap(({ check, passed, failed }) => {
          const own = { ...attributes, 'burn.check': shortened(check) }
          return [
            { attributes: { ...own, 'burn.outcome': 'passed' }, value: passed },
            { attributes: { ...own, 'burn.outcome': 'failed' }, value: failed },
          ]
        }),
  )
  return distinct(all)
}

/**
 * Returns a function that finds one number of each threshold by `of`, as points of one exported metric; thresholds for which it is null are
 * left out.
 */
export const thresholds =
  (of: (threshold: ThresholdResult) => number | null) =>
  ({ result }: RunView): readonly ExportPoint[] =>
    distinct(
      result.thresholds.flatMap((one) => {
        const value = of(one)
        return value === null ? [] : [{ attributes: { 'burn.threshold': shortened(one.threshold) }, value }]
      }),
    )

/** The first of points with the same attributes: a check may be written twice. */
function distinct(points: readonly ExportPoint[]): readonly ExportPoint[] {
  const first = new Map<string, ExportPoint>()
  for (const point of points) {
    const key = JSON.stringify(point.attributes)
    if (!first.has(key)) first.set(key, point)
  }
  return [...first.values()].slice(0, MAX_POINTS)
}

/**
 * Returns a function that finds the service times of each step, of ok and of failed attempts, under the attributes of an OpenTelemetry
 * convention. Steps for which `attributesOf` returns undefined are left out.
 */
export const durations = (attributesOf: (step: StepView) => Attributes | undefined): ExportRow['of'] =>
  spreadByStep((step) => {
    const attributes = attributesOf(step)
    if (attributes === undefined) return []
    // A result has these times by step, not by class; the class that all had so far would change in mid-run, and count samples twice.
    const failed = { ...attributes, 'error.type': OTHER_ERROR }
    return [
      { attributes, of: metricOf('service_time') },
      { attributes: failed, of: ({ failedServiceTime }) => failedServiceTime },
    ]
  })

/**
 * Returns a function that finds distributions of the steps that call a model, under attributes of OpenTelemetry's conventions for
 * generative AI. `metrics` has the attributes to add for each metric; with `streams`, steps without streamed replies are left out.
 */
export const ofModel = (metrics: Readonly<Record<string, Attributes>>, streams = false): ExportRow['of'] =>
  spreadByStep(({ genAi, groups }) => {
    if (genAi === undefined || (streams && !groups.some(({ distributions }) => distributions.itl))) return []
    return Object.entries(metrics).map(([metric, more]) => ({ attributes: { ...genAi, ...more }, of: metricOf(metric) }))
  })
