/** Chooses which metrics decide a comparison, how certain each must be, and how large a change of it must be to matter. */
import type { ComparedRun } from './compared-run.ts'
import { areAlikeInLength } from './guards.ts'
import { type ComparedMetric, defaultGates, type Tolerances } from './metrics.ts'

/** The settings of a comparison that the user chooses: which metrics decide the verdict, and how large a change must be to matter. */
export interface CompareChoices {
  readonly tolerances: Tolerances
  /** The metrics that decide, by name; the default ones when left out. */
  readonly gates?: readonly string[]
  /** The seed of what resampling draws. */
  readonly seed: string
  /** One less the confidence of the whole comparison; 0.01 by default. */
  readonly alpha?: number
}

/** How much the logarithm of a quantile differs between runs of one unchanged system, unless the user gives another value. */
export const RUN_NOISE = 0.03

/** The role of a metric in a comparison: whether it decides the verdict (`gate`), and how large a change must be to matter. */
export interface MetricRole {
  readonly gate: boolean
  /** The smallest change that matters: relative, or in points of a share. */
  readonly tolerance: number
}

/** How all metrics of a comparison are judged. */
interface Gates {
  /** One less the confidence of all deciding lines together. */
  readonly alpha: number
  /** Chosen metrics that were not measured on both sides: without them nothing is decided. */
  readonly missing: readonly string[]
  /** Returns the same for one line. */
  alphaOf(metric: string): number
  /** Returns how a metric is judged, given its value in A. */
  roleOf(metric: ComparedMetric, ofA: number): MetricRole
}

/** A comparison of a system with itself says WORSE once in two hundred times. */
const ALPHA = 0.01

/** Returns which of the `measured` metrics decide the verdict on two runs, with which confidence and tolerance. */
export function gatesOf(measured: ReadonlySet<string>, a: ComparedRun, b: ComparedRun, choices: CompareChoices): Gates {
  const { tolerances, alpha = ALPHA } = choices
  const gates = new Set(choices.gates ?? defaultGates(measured, areAlikeInLength(a, b)))
  return {
    alpha,
    missing: [...gates].filter((name) => !measured.has(name)),
    alphaOf: alphasOf([...gates], alpha),
    roleOf: (metric, ofA) => ({ gate: gates.has(metric.name), tolerance: toleranceOf(metric, tolerances, ofA) }),
  }
}

/**
 * Shares what may go wrong among the lines that decide, so that their bounds hold for all of them together: the median, which sees a change
 * first, gets half, the others the rest in equal parts. A line that decides nothing gets what one of the others has.
 */
function alphasOf(gates: readonly string[], alpha: number): (name: string) => number {
  const medians = gates.filter((name) => name.endsWith(' p50'))
  const others = gates.length - medians.length
  if (medians.length === 0 || others === 0) return () => alpha / Math.max(1, gates.length)
  return (name) => alpha / 2 / (medians.includes(name) ? medians.length : others)
}

function toleranceOf(metric: ComparedMetric, tolerances: Tolerances, ofA: number): number {
  if (metric.name !== 'errors' || tolerances.errorsRatio === undefined) return tolerances[metric.tolerance]
  return Math.max(tolerances.errors, (tolerances.errorsRatio - 1) * (Number.isFinite(ofA) ? ofA : 0))
}
