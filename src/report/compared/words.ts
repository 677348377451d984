/** Formats the values, changes and verdicts of a comparison; all formats of comparisons use these texts. */
import type { ComparedValue, Comparison } from '../../compare/comparison.ts'
import type { ChangeVerdict } from '../../compare/lines/verdict.ts'
import { formatValue, UNKNOWN } from '../text/format.ts'

const MODES: Readonly<Record<Comparison['mode'], string>> = {
  interleaved: 'run together, block by block of time',
  abba: 'run in turns: A, B, B, A',
  sequential: 'run one after the other',
  stored: 'two stored results',
  repeated: 'sets of stored results',
}

/** True when the verdict of a comparison, or of one of its metrics, says that B is worse than A. */
export const isBad = (verdict: ChangeVerdict) => verdict === 'WORSE'
/** True when the verdict of a comparison, or of one of its metrics, says that B is better than A, or that the change is too small to matter. */
export const isGood = (verdict: ChangeVerdict) => verdict === 'BETTER' || verdict === 'SAME' || verdict === 'SMALL'

/**
 * Formats the change of a metric from side A to side B of a comparison, such as "+7.5%", or "+0.10pp" (percentage points) for a share such as the
 * error rate; an en dash when it is not known.
 */
export function changeText(change: number | null, { unit }: Pick<ComparedValue, 'unit'>): string {
  if (change === null) return UNKNOWN
  const percent = change * 100
  const digits = Math.abs(percent) >= 99.95 ? 0 : unit === 'ratio' && Math.abs(percent) < 10 ? 2 : 1
  // A change that is rounded to zero is printed without a sign.
  const text = percent.toFixed(digits).replace(/^-(?=[0.]+$)/, '')
  return `${percent > 0 ? '+' : ''}${text}${unit === 'ratio' ? 'pp' : '%'}`
}

/** Formats the value that a metric has on side A or B of a comparison, with its unit; an en dash when it is not known. */
export const valueText = (value: number | null, { unit }: ComparedValue): string => formatValue(value, unit)

/** Formats the confidence interval of a metric's change from side A to side B of a comparison: "+3.1% .. +12%"; empty when it is not known. */
export function boundsText(value: ComparedValue): string {
  if (value.low === null || value.high === null) return ''
  // Bounds of 10 % and more are rounded outwards, so that they never look narrower than they are.
  const short = (change: number, round: (n: number) => number) =>
    changeText(Math.abs(change) < 0.1 ? change : round(change * 100) / 100, value).replace(/\.0+(?=[%p])/, '')
  return `${short(value.low, Math.floor)} .. ${short(value.high, Math.ceil)}`
}

/** Formats Cliff's delta of a compared metric, -1 to 1, with two decimals; empty for metrics without one. */
export const deltaText = ({ delta }: ComparedValue): string =>
  delta === null ? '' : delta.toFixed(2).replace(/^-(?=0\.00$)/, '')

/**
 * Formats the verdict on one metric of a comparison. An unclear verdict also says why it is unclear, or how many times more data would make it clear,
 * if one of these is known: "UNCLEAR (2.2x data)".
 */
export function verdictText({ verdict, note, timesMore }: ComparedValue): string {
  if (verdict !== 'UNCLEAR') return verdict
  if (note !== undefined) return `UNCLEAR (${note})`
  if (timesMore === null || timesMore <= 1) return 'UNCLEAR'
  return timesMore > 99 ? 'UNCLEAR (>99x data)' : `UNCLEAR (${timesMore.toFixed(timesMore < 10 ? 1 : 0)}x data)`
}

/**
 * Formats the tolerance of a metric in a comparison (the smallest change that matters): "5%", or "1pp" (percentage points) for a share such as the
 * error rate.
 */
export const limitText = ({ tolerance, unit }: ComparedValue): string =>
  `${Number((tolerance * 100).toFixed(2))}${unit === 'ratio' ? 'pp' : '%'}`

/**
 * Describes in one line what a comparison is based on: how its runs were made, how many runs or blocks (equal stretches of time) are compared, the
 * confidence level, and the seed: "run in turns: A, B, B, A, 20 blocks …; seed 1".
 */
export function basisText({ mode, units, alpha, seed }: Comparison): string {
  const middle = mode === 'interleaved' || mode === 'abba' ? ', whose middle the change of p50 is' : ''
  const counted = mode === 'repeated' ? `${units} runs` : `${units} ${units === 1 ? 'block' : 'blocks'}${middle}`
  const sure = `the bounds of the lines marked * hold together with ${Number((100 - alpha * 100).toFixed(2))}% confidence`
  return `${MODES[mode]}, ${counted}; ${sure}; seed ${seed}`
}
