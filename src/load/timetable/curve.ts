/** Arrival rates over time, with their integral and its inverse in closed form, so that errors do not add up in long phases. */

/** An arrival rate that changes over time. Gives the rate and the number of arrivals at any moment, and the moment at which any arrival is due. */
export interface RateCurve {
  /** Returns the rate per second `elapsedMs` after the phase began. */
  rateAt(elapsedMs: number): number
  /** Returns how many arrivals are expected in the first `elapsedMs` ms. */
  countAt(elapsedMs: number): number
  /** Returns the moment in ms from which more than `count` arrivals are due: after a time with rate 0, its end. Infinity when that many are never due. */
  timeOf(count: number): number
  /** The highest rate of the curve, per second. */
  readonly peakPerSecond: number
}

/** A part of a load phase in which the arrival rate changes in a straight line from `from` to `to`, both per second. */
interface RateSegment {
  readonly lengthMs: number
  readonly from: number
  readonly to: number
}

/** Counts that differ by less than this share are equal: an arrival due at the edge of two stretches belongs to the later one. */
const SAME = 1e-11

/** Returns the curve of an arrival rate that is made of stretches, one after the other. After the last stretch, the rate keeps its final value. */
export function piecewise(stretches: readonly RateSegment[]): RateCurve {
  const parts = partsOf(stretches)
  const partAt = (elapsedMs: number) => latest(parts, ({ startMs }) => startMs <= elapsedMs)
  return {
    peakPerSecond: Math.max(...stretches.flatMap(({ from, to, lengthMs }) => (lengthMs > 0 ? [from, to] : [to]))),
    rateAt: (elapsedMs) => rateIn(partAt(elapsedMs), elapsedMs),
    countAt: (elapsedMs) => {
      const part = partAt(elapsedMs)
      return part.before + ((part.from + rateIn(part, elapsedMs)) / 2) * ((elapsedMs - part.startMs) / 1000)
    },
    timeOf: (count) =>
      timeIn(
        latest(parts, ({ before }) => before <= count + SAME * Math.max(1, count)),
        count,
      ),
  }
}

/** Returns the curve of an arrival rate that changes linearly from `from` to `to` (both per second) within `rampMs` ms, and then stays at `to`. */
export const rampCurve = (from: number, to: number, rampMs: number): RateCurve => piecewise([{ lengthMs: rampMs, from, to }])

/** A stretch of a rate with its place: when it begins, and how many arrivals are due before it. */
interface PlacedSegment extends RateSegment {
  readonly startMs: number
  readonly before: number
}

function partsOf(stretches: readonly RateSegment[]): PlacedSegment[] {
  const parts: PlacedSegment[] = []
  const end = { startMs: 0, before: 0, rate: 0 }
  for (const stretch of stretches) {
    parts.push({ ...stretch, startMs: end.startMs, before: end.before })
    end.startMs += stretch.lengthMs
    end.before += ((stretch.from + stretch.to) / 2) * (stretch.lengthMs / 1000)
    end.rate = stretch.to
  }
  return [...parts, { ...end, lengthMs: Number.POSITIVE_INFINITY, from: end.rate, to: end.rate }]
}

/** Returns the last part of a rate for which `holds` is true; it must be true for the first part. */
function latest(parts: readonly PlacedSegment[], holds: (part: PlacedSegment) => boolean): PlacedSegment {
  const found = parts.findLast(holds)
  if (!found) throw new RangeError('a curve has no time or count below zero')
  return found
}

function slopeOf({ from, to, lengthMs }: PlacedSegment): number {
  return to === from ? 0 : (to - from) / (lengthMs / 1000)
}

function rateIn(part: PlacedSegment, elapsedMs: number): number {
  return part.from + slopeOf(part) * ((elapsedMs - part.startMs) / 1000)
}

function timeIn(part: PlacedSegment, count: number): number {
  const left = Math.max(0, count - part.before)
  const slope = slopeOf(part)
  if (slope === 0) return part.from > 0 ? part.startMs + (left / part.from) * 1000 : Number.POSITIVE_INFINITY
  if (left === 0) return part.startMs
  // from·t + slope·t²/2 = left, solved in the form that stays exact for a small slope.
  const root = Math.sqrt(Math.max(0, part.from * part.from + 2 * slope * left))
  return part.startMs + Math.min(part.lengthMs, ((2 * left) / (part.from + root)) * 1000)
}

/**
 * Returns the curve of an arrival rate that follows a sine wave: from `mean` − `amplitude` to `mean` + `amplitude` (both per second), with a period
 * of `periodMs` ms. It starts at the mean and rises.
 */
export function sineCurve(mean: number, amplitude: number, periodMs: number): RateCurve {
  const periodS = periodMs / 1000
  const perPeriod = mean * periodS
  const swing = (amplitude * periodS) / (2 * Math.PI)
  const rateAt = (elapsedMs: number) => mean + amplitude * Math.sin((2 * Math.PI * elapsedMs) / periodMs)
  const countAt = (elapsedMs: number) => mean * (elapsedMs / 1000) + swing * (1 - Math.cos((2 * Math.PI * elapsedMs) / periodMs))
  return {
    peakPerSecond: mean + amplitude,
    rateAt,
    countAt,
    timeOf: (count) => {
      // Each period has the same count, so that only the place within one is looked for.
      const periods = Math.floor(count / perPeriod)
      return periods * periodMs + invert(countAt, rateAt, count - periods * perPeriod, periodMs)
    },
  }
}

/** Largest number of steps of Newton's method or bisection: enough to halve a period down to the last digit of a double. */
const MAX_STEPS = 60

/** Finds the moment in a period at which a count that never falls reaches `count`: Newton's method, kept between bounds by bisection. */
function invert(countAt: (ms: number) => number, rateAt: (ms: number) => number, count: number, periodMs: number): number {
  let low = 0
  let high = periodMs
  let at = Math.min(high, (count / countAt(periodMs)) * periodMs)
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const over = countAt(at) - count
    if (over > 0) high = at
    else low = at
    const newton = at - (over / rateAt(at)) * 1000
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - at) <= periodMs * Number.EPSILON) return next
    at = next
  }
  return at
}
