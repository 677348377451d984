/** Exported points that are more than a number of the result: failures, checks, thresholds, and those of conventions. */
import type { Result, ThresholdResult } from '../../result/schema.ts'
import type { Attributes, ExportPoint, ExportRow, RunView, StepView } from './point.ts'
import { metricOf, spreadByStep } from './sources.ts'
import { shortened } from './view.ts'

/** The value that conventions have for an error of which no class is known, or several. */
const OTHER_ERROR = '_OTHER'
/** Most points of one list: a scenario may hold thousands of checks. */
const MAX_POINTS = 1000

/** Returns the failures by step and class; those of setup and teardown are among them. */
export function failures({ result, stepName }: RunView): readonly ExportPoint[] {
  const counts = new Map<string, { readonly attributes: Attributes; value: number }>()
  for (const { step, class: type, count } of result.errors) {
    const attributes = { 'burn.step': stepName(step), 'error.type': shortened(type) }
    const key = JSON.stringify(attributes)
    counts.set(key, { attributes, value: (counts.get(key)?.value ?? 0) + count })
  }
  return [...counts.values()].slice(0, MAX_POINTS)
}

/** Returns the checks of each step by how they ended; those of steps beyond the bound are left out. */
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

/** Returns a number of each threshold that has one. */
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

/** Durations of requests as a convention has them: those that were ok, and the failed ones with their class. */
export const durations = (attributesOf: (step: StepView) => Attributes | undefined): ExportRow['of'] =>
  spreadByStep((step, result) => {
    const attributes = attributesOf(step)
    if (attributes === undefined) return []
    const failed = { ...attributes, 'error.type': errorType(result, step) }
    return [
      { attributes, of: metricOf('service_time') },
      { attributes: failed, of: ({ failedServiceTime }) => failedServiceTime },
    ]
  })

/** A metric of steps that speak to a model, under a name of the conventions; with `streams` only of those whose replies come in pieces. */
export const ofModel = (metrics: Readonly<Record<string, Attributes>>, streams = false): ExportRow['of'] =>
  spreadByStep(({ genAi, groups }) => {
    if (genAi === undefined || (streams && !groups.some(({ distributions }) => distributions.itl))) return []
    return Object.entries(metrics).map(([metric, more]) => ({ attributes: { ...genAi, ...more }, of: metricOf(metric) }))
  })

/** The class of a step's failures when all are of one. */
function errorType({ errors }: Result, { groups }: StepView): string {
  const classes = new Set(errors.filter(({ step }) => groups.some(({ name }) => name === step)).map((one) => one.class))
  const [only = OTHER_ERROR] = classes
  return classes.size === 1 ? shortened(only) : OTHER_ERROR
}
