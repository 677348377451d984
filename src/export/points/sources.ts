/** Makes the functions that find the numbers of an exported metric in a result. */
import type { Distribution, Result, StepMetrics } from '../../result/schema.ts'
import type { Attributes, ExportPoint, ExportRow, RunView, StepView } from './point.ts'
import { spreadOf } from './spread.ts'

/** Numbers by the value of an attribute that distinguishes them; null for a number that is not known. */
type NumbersByAttribute = Readonly<Record<string, number | null>>

/**
 * Converts a function that returns the points of an exported metric as a list to a generator function, because the definition of a metric
 * (`ExportRow.of`) needs one.
 */
export function listed(of: (run: RunView) => readonly ExportPoint[]): ExportRow['of'] {
  // biome-ignore lint/correctness/useYield: the work is too little to split
  return function* (run) {
    return of(run)
  }
}

/**
 * Returns a function that computes the only point of an exported metric: a number about the whole run, which `of` reads from the result. There is no
 * point while the number is not known.
 */
export const single = (of: (result: Result) => number | null | undefined): ExportRow['of'] =>
  listed(({ result }) => {
    const value = of(result)
    return value === null || value === undefined ? [] : [{ attributes: {}, value }]
  })

/**
 * Returns a function that computes the points of an exported metric about the whole run: one for each value of an attribute, such as `burn.outcome`.
 */
export const split = (attribute: string, of: (result: Result) => NumbersByAttribute): ExportRow['of'] =>
  listed(({ result }) => added([of(result)], attribute, {}))

/** Returns a function that computes the points of an exported metric: one for each step and each value of an attribute, such as `burn.outcome`. */
export const splitByStep = (attribute: string, of: (step: StepMetrics) => NumbersByAttribute): ExportRow['of'] =>
  listed(({ steps }) => steps.flatMap(({ groups, attributes }) => added(groups.map(of), attribute, attributes)))

/** Returns one point for each value of an attribute, with the sum of its numbers; none for a value without known numbers. */
function added(all: readonly NumbersByAttribute[], attribute: string, own: Attributes): ExportPoint[] {
  return Object.keys(all[0] ?? {}).flatMap((value) => {
    const numbers = all.map((one) => one[value] ?? null).filter((number) => number !== null)
    const sum = numbers.reduce((total, number) => total + number, 0)
    return numbers.length === 0 ? [] : [{ attributes: { ...own, [attribute]: value }, value: sum }]
  })
}

/** Returns a function that computes the only point of an exported metric: a distribution over the whole run. */
export function spread(of: (result: Result) => Distribution | undefined): ExportRow['of'] {
  return function* ({ result }, bounds) {
    const found = yield* spreadOf([of(result)], bounds)
    return found ? [{ attributes: {}, spread: found }] : []
  }
}

/** A distribution in a step's results, with the attributes of its exported point. */
interface Selected {
  readonly attributes: Attributes
  readonly of: (group: StepMetrics) => Distribution | undefined
}

/**
 * Returns a function that computes the points of an exported metric from the distributions that `select` returns for each step. A point has the
 * attributes of the step and those that `select` adds.
 */
export function spreadByStep(select: (step: StepView) => readonly Selected[]): ExportRow['of'] {
  return function* ({ steps }, bounds) {
    const points: ExportPoint[] = []
    for (const step of steps)
      for (const { attributes, of } of select(step)) {
        const found = yield* spreadOf(step.groups.map(of), bounds)
        if (found) points.push({ attributes: { ...step.attributes, ...attributes }, spread: found })
      }
    return points
  }
}

/**
 * Returns a function that computes the points of an exported metric: one for each step, with the distribution of the metric that has this name, such
 * as `ttft`.
 */
export const metricByStep = (metric: string): ExportRow['of'] => spreadByStep(() => [{ attributes: {}, of: metricOf(metric) }])

/** Returns a function that takes the results of a step and returns the distribution of one metric in them; undefined when the step has none. */
export const metricOf =
  (metric: string) =>
  ({ distributions }: StepMetrics): Distribution | undefined =>
    distributions[metric]
