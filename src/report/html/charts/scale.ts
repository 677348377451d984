/** The axes of charts: turn a value into a position from 0 to 1, and choose the round values that are written beside the axis. */
import { formatMs } from '../../../text/units.ts'

/** A mark on an axis: its position and its label. */
interface Tick {
  /** The position of the mark on the axis, from 0 (start) to 1 (end). */
  readonly at: number
  readonly label: string
}

/** An axis of a chart in the HTML report: a function that turns a value into a position from 0 to 1, and the marks with their labels. */
export interface Scale {
  /** Returns the position of a value on the axis, 0 to 1; values beyond an end are at that end. */
  place(value: number): number
  readonly ticks: readonly Tick[]
}

/** The ratio of the largest to the smallest latency from which the axis is logarithmic; a linear one would hide most values. */
const LOG_FROM = 25
/** The largest number of marks on an axis. */
const MAX_TICKS = 7
/** The distances that marks on a time axis may have, in ms, up to a day. */
const TIME_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 144e5, 216e5,
  432e5, 864e5,
]

const clamp = (place: number) => Math.min(1, Math.max(0, Number.isFinite(place) ? place : 0))

/** Returns, for the HTML report, an axis from 0 to a round value at or above `max`. */
export function linearScale(max: number, format: (value: number) => string): Scale {
  const step = roundStep(max > 0 ? max : 1)
  const end = Math.ceil((max > 0 ? max : 1) / step - 1e-9) * step
  const count = Math.round(end / step)
  const ticks = Array.from({ length: count + 1 }, (_, at) => ({ at: at / count, label: format((end * at) / count) }))
  return { place: (value) => clamp(value / end), ticks }
}

/** Returns the distance of marks on a linear axis up to `max`: 1, 2 or 5 times a power of ten, so that there are about five marks. */
function roundStep(max: number): number {
  const raw = max / 4
  const power = 10 ** Math.floor(Math.log10(raw))
  return ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.8) ?? 10) * power
}

/** Returns, for the HTML report, a logarithmic axis from `min` to `max`, which must be above 0, with marks at round values. */
export function logScale(min: number, max: number, format: (value: number) => string): Scale {
  const low = Math.log10(min)
  const range = Math.max(0.3, Math.log10(max) - low)
  const place = (value: number) => clamp((Math.log10(value) - low) / range)
  const powers = Array.from({ length: Math.ceil(low + range) - Math.floor(low) + 1 }, (_, at) => 10 ** (Math.floor(low) + at))
  const choices = [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1, 3], [1]].map((factors) =>
    powers.flatMap((power) => factors.map((factor) => factor * power)),
  )
  const within = choices.map((values) => values.filter((value) => value >= min * 0.999 && value <= 10 ** (low + range) * 1.001))
  const values = within.find(({ length }) => length <= MAX_TICKS) ?? within.at(-1) ?? []
  const few = values.filter((_, at) => at % Math.ceil(values.length / MAX_TICKS) === 0)
  return { place, ticks: few.map((value) => ({ at: place(value), label: format(value) })) }
}

/**
 * Returns, for the HTML report, an axis on which all latencies in `values` (in ms) have a place: linear from 0, or logarithmic when the largest is
 * more than 25 times the smallest that is above 0.
 */
export function latencyScale(values: readonly number[]): Scale {
  let min = Number.POSITIVE_INFINITY
  let max = 0
  for (const value of values) {
    if (value > 0) min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return max / min > LOG_FROM ? logScale(min * 0.9, max * 1.1, formatMs) : linearScale(max, formatMs)
}

/** Returns, for the HTML report, the time axis from 0 to `endMs`, both in ms since the run began. */
export function timeScale(endMs: number): Scale {
  const end = Math.max(1, endMs)
  const step = TIME_STEPS.find((length) => end / length <= MAX_TICKS + 1) ?? 864e5 * Math.ceil(end / 864e5 / MAX_TICKS)
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => ({
    at: (at * step) / end,
    label: at === 0 ? '0' : formatMs(at * step),
  }))
  return { place: (ms) => clamp(ms / end), ticks }
}
