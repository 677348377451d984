/** Estimates the load at which the thresholds are just met, from all measured points at once. */
import { tQuantile } from '../statistics/student.ts'
import type { SearchPoint } from './points.ts'

/**
 * An estimate, made by a capacity search, of the largest load at which the thresholds are still met, with its 95 % confidence interval. Loads are
 * users, or arrivals per second.
 */
export interface Crossing {
  readonly load: number
  readonly low: number
  readonly high: number
}

/**
 * Points whose load differs more than this from the reference (as the logarithm of the ratio of both loads) are not used: over a wider range the
 * curve is not a straight line.
 */
const REACH = 0.3
/**
 * The expected steepness of the curve and its bounds: by how many % `used` rises when the load rises by 1 %. For queues near their limit it is 3
 * to 10; where a few requests take very long whatever the load is, 0.5 to 2.
 */
const STEEPNESS = { usual: 3, least: 0.3, most: 30 }
/** Spread of the points (standard deviation of the logarithm of their loads) at which the measured steepness weighs as much as the expected one. */
const SPREAD = 0.005
/**
 * The largest value of `used` that is taken into account. A value above it says nothing more: a queue that grows without end gives any value,
 * depending on how long it is measured.
 */
const MOST_USED = 5
/**
 * Points that weigh less than this share of the heaviest one are used to fit the curve, but do not count as samples for the confidence interval.
 */
const COUNTS_FROM = 0.1

interface WeightedPoint {
  /** ln(load ÷ reference): the position of the point on the load axis. */
  readonly at: number
  readonly used: number
  readonly weight: number
}

interface Curve {
  /** Natural logarithm of `used` (the share of the limit that is used) at the reference load. */
  readonly height: number
  readonly steepness: number
}

/**
 * Estimates, in a capacity search, the largest load at which the thresholds are still met; `near` is a first guess. A line is fitted to the
 * logarithms of the load and of the fraction of a threshold's limit that a run has used; the estimate is where this fraction is 1. The fit is a
 * quasi-Poisson regression in which long measurements and near loads weigh more. The interval reaches from 0 to Infinity when too few measurements
 * are near; undefined when no load near the guess was measured.
 * @see P. McCullagh and J. Nelder, "Generalized Linear Models" (1989), chapter 9
 */
export function crossingOf(points: readonly SearchPoint[], near: number): Crossing | undefined {
  let load = near
  for (let round = 0; round < 6; round += 1) {
    const weighted = weigh(points, load)
    if (weighted.length === 0) return round === 0 ? undefined : { load, low: 0, high: Number.POSITIVE_INFINITY }
    const curve = fitted(weighted)
    load *= Math.exp(clamp(-curve.height / curve.steepness, -0.2, 0.2))
  }
  const last = weigh(points, load)
  const width = last.length === 0 ? Number.POSITIVE_INFINITY : halfWidth(last, fitted(last))
  return { load, low: load * Math.exp(-width), high: load * Math.exp(width) }
}

function weigh(points: readonly SearchPoint[], reference: number): WeightedPoint[] {
  return points.flatMap(({ load, seconds, used }) => {
    const at = Math.log(load / reference)
    const weight = seconds * (1 - Math.abs(at) / REACH)
    return weight > 0 ? [{ at, used: Math.min(used, MOST_USED), weight }] : []
  })
}

/** Fits the curve by Newton's method for the quasi-likelihood; the expected steepness counts like additional points. */
function fitted(points: readonly WeightedPoint[]): Curve {
  const total = sum(points, ({ weight }) => weight)
  const prior = total * SPREAD ** 2
  let height = Math.log(Math.max(0.02, sum(points, ({ weight, used }) => weight * used) / total))
  let steepness = STEEPNESS.usual
  for (let round = 0; round < 20; round += 1) {
    let [g0, g1, h00, h01, h11] = [0, -prior * (steepness - STEEPNESS.usual), 1e-9, 0, prior]
    for (const { at, used, weight } of points) {
      const mean = expected({ height, steepness }, at)
      g0 += weight * (used - mean)
      g1 += weight * (used - mean) * at
      h00 += weight * mean
      h01 += weight * mean * at
      h11 += weight * mean * at * at
    }
    const determinant = h00 * h11 - h01 * h01
    height += clamp((g0 * h11 - g1 * h01) / determinant, -1, 1)
    steepness += clamp((g1 * h00 - g0 * h01) / determinant, -2, 2)
    steepness = clamp(steepness, STEEPNESS.least, STEEPNESS.most)
  }
  return { height, steepness }
}

/** Returns half the width of the confidence interval of ln(load), from the scatter of the points around the curve. */
function halfWidth(points: readonly WeightedPoint[], curve: Curve): number {
  const heaviest = Math.max(...points.map(({ weight }) => weight))
  const count = points.filter(({ weight }) => weight > COUNTS_FROM * heaviest).length
  if (count < 2) return Number.POSITIVE_INFINITY
  const scatter = sum(points, ({ at, used, weight }) => (weight * (used - expected(curve, at))) ** 2)
  const whole = sum(points, ({ at, weight }) => weight * expected(curve, at))
  const error = (Math.sqrt(scatter) / whole / curve.steepness) * Math.sqrt(count / (count - 1))
  return error * tQuantile(0.975, count - 1)
}

const expected = ({ height, steepness }: Curve, at: number) => Math.exp(Math.min(3, height + steepness * at))
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
const sum = (points: readonly WeightedPoint[], of: (point: WeightedPoint) => number) =>
  points.reduce((total, point) => total + of(point), 0)
