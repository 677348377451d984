/** Chooses which metrics decide a comparison, with which confidence, and from which size a change of each matters. */
import type { ComparedRun } from './compared-run.ts'
import { areAlikeInLength } from './guards.ts'
import { type ComparedMetric, defaultGates, type Tolerances } from './metrics.ts'

/** The settings of `burn compare` that the user chooses: which metrics decide the verdict, and how large a change must be to matter. */
export interface CompareChoices {
  readonly tolerances: Tolerances
  /** The names of the metrics that decide the verdict; when left out, those that `defaultGates` returns. */
  readonly gates?: readonly string[]
  /** The seed of the random numbers with which blocks are resampled, so that a comparison can be repeated exactly. */
  readonly seed: string
  /** The error probability of the whole comparison, which is 1 minus its confidence; 0.01 by default. */
  readonly alpha?: number
}

/**
 * How much runs of one unchanged system are assumed to vary, unless the user gives another value. It is the standard deviation of the logarithm of a
 * quantile, such as the median latency; 0.03 is about 3 %.
 */
export const RUN_NOISE = 0.03

/** The role of a metric in a comparison: whether it decides the verdict (`gate`), and how large a change must be to matter. */
export interface MetricRole {
  readonly gate: boolean
  /** The smallest change that matters: relative (0.05 is 5 %) for latencies and rates, a difference (0.01 is one percentage point) for shares. */
  readonly tolerance: number
}

/** Which metrics of a comparison decide its verdict, and with which confidence and tolerance. */
interface Gates {
  /** The error probability of all deciding metrics together: 1 minus their confidence. */
  readonly alpha: number
  /** The deciding metrics that were not measured on both sides. If there are any, the verdict can only be `WORSE` or `UNCLEAR`. */
  readonly missing: readonly string[]
  /** Returns the error probability (1 minus the confidence) for the bounds of one metric, given by name. */
  alphaOf(metric: string): number
  /** Returns whether a metric decides, and its tolerance; `ofA` is the value of the metric on side A. */
  roleOf(metric: ComparedMetric, ofA: number): MetricRole
}

/**
 * The default error probability of a comparison. Half of it is the chance that a system compared with itself counts as `WORSE`: one in two hundred.
 */
const ALPHA = 0.01

/**
 * Decides which metrics determine the verdict of a comparison of runs A and B, and returns them with their confidence levels and tolerances.
 * `measured` are the names of the metrics that both runs have.
 */
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
 * Divides the error probability of a comparison among the metrics that decide, so that their bounds hold for all together. Medians, which show a
 * change first, get half; the other metrics share the rest equally. A metric that does not decide gets as much as one of the others.
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
