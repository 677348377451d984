/** Finds the knee of a curve of throughput and latency over the load. */

import { mean } from '../statistics/spread.ts'

/** One measured load, with its throughput and median latency. */
interface CurvePoint {
  readonly load: number
  readonly okPerSecond: number
  readonly p50Ms: number | null
}

/**
 * Returns the load, among those that a capacity search measured, with the largest power, which is throughput ÷ median latency: above it, more load
 * raises latency more than throughput. Undefined with fewer than three loads, and when power is largest at the lowest or highest load, because the
 * knee then lies outside of the measured loads.
 * @see L. Kleinrock, "Power and deterministic rules of thumb for probabilistic problems in computer communications" (1979)
 */
export function kneeOf(points: readonly CurvePoint[]): number | undefined {
  const measured = points.flatMap(({ load, okPerSecond, p50Ms }) =>
    p50Ms === null || p50Ms <= 0 ? [] : [{ load, power: okPerSecond / p50Ms }],
  )
  // Several measurements of one load are one point of the curve.
  const powers = [...new Set(measured.map(({ load }) => load))]
    .sort((a, b) => a - b)
    .map((load) => ({ load, power: mean(measured.filter((one) => one.load === load).map(({ power }) => power)) }))
  const best = powers.reduce((at, { power }, index) => (power > (powers[at]?.power ?? 0) ? index : at), 0)
  return best === 0 || best === powers.length - 1 ? undefined : powers[best]?.load
}
