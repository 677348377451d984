/** Decides whether a latency rose or fell over a run, rather than going up and down. */
import { normalCdf } from '../statistics/normal.ts'
import { median } from '../statistics/spread.ts'

/** The smallest number of blocks from which a trend is computed. Eight blocks that only rise occur by chance once in 20,000 times. */
const MIN_BLOCKS = 8
const MAX_P = 0.01
/** The smallest change over the run, as a share, that is reported. */
const MIN_CHANGE = 0.2

/**
 * Returns how much a latency changed during a load phase, as a fraction (0.3 is 30 % more). `medians` are the medians of the phase's blocks
 * (stretches of time), in their order. Undefined for a change of at most 20 %, for one without a significant trend (Kendall's test at 1 %), and for
 * fewer than eight blocks.
 * @see P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau" (1968)
 */
export function driftOf(medians: readonly number[]): number | undefined {
  const n = medians.length
  if (n < MIN_BLOCKS || medians.some((value) => value <= 0)) return undefined
  const logs = medians.map(Math.log)
  const slopes: number[] = []
  let balance = 0
  for (const [i, a] of logs.entries())
    for (let j = i + 1; j < n; j += 1) {
      const rise = (logs[j] ?? a) - a
      balance += Math.sign(rise)
      slopes.push(rise / (j - i))
    }
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const z = Math.max(0, Math.abs(balance) - 1) / deviation
  if (2 * (1 - normalCdf(z)) >= MAX_P) return undefined
  const change = Math.exp(median(slopes) * (n - 1)) - 1
  return Math.abs(change) > MIN_CHANGE ? change : undefined
}
