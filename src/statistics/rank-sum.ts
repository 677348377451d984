/** The Mann-Whitney test of two independent samples, and what belongs to it. It is right for repeated runs, not for the requests of one. */
import { normalCdf, normalQuantile } from './normal.ts'
import { type Estimate, ranksOf } from './signed-rank.ts'
import { medianOfSorted, sorted } from './spread.ts'

/** The largest product of both sizes for which the distribution is computed exactly. */
const MOST_EXACT = 2500

/** The outcome of a Mann-Whitney test. */
interface RankSumTest {
  /** Pairs (one value of each side) in which that of `a` is larger; those of equal values count half. */
  readonly uA: number
  readonly uB: number
  /** The probability of so uneven ranks when both sides are alike: exact for small samples, with ties too; else `approximate`. */
  readonly p: number
  /** The probability of a `uA` as large as this, or larger, by the same method as `p`. */
  readonly greater: number
  /** The same probability as `p` by the normal approximation, with corrections for ties and continuity. */
  readonly approximate: number
  /** Cliff's delta from −1 to 1: how much more often a value of `b` is larger than one of `a` than smaller. */
  readonly delta: number
  /** The sum of t³ − t over groups of t equal values. */
  readonly ties: number
}

/** Tests whether values of `b` tend to be larger or smaller than those of `a` (Mann-Whitney U test). */
export function rankSumTest(a: readonly number[], b: readonly number[]): RankSumTest {
  const ranks = ranksOf([...a, ...b])
  const [m, n] = [a.length, b.length]
  const sumA = ranks.slice(0, m).reduce((sum, rank) => sum + rank, 0)
  const uA = sumA - (m * (m + 1)) / 2
  const ties = tiesOf([...a, ...b])
  const exact = m * n <= MOST_EXACT ? exactTails(ranks, m, sumA) : undefined
  const approximate = approximateP(uA, m, n, ties)
  const greater = exact?.above ?? 1 - normalCdf(scoreOf(uA - 0.5, m, n, ties))
  const p = exact ? Math.min(1, exact.far) : approximate
  return { uA, uB: m * n - uA, p, greater, approximate, delta: 1 - (2 * uA) / (m * n), ties }
}

/** Returns the sum of t³ − t over groups of t equal values. */
function tiesOf(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()].reduce((sum, t) => sum + t ** 3 - t, 0)
}

/** The standard score of a U, corrected for ties. */
function scoreOf(u: number, m: number, n: number, ties: number): number {
  const total = m + n
  const spread = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  return (u - (m * n) / 2) / Math.sqrt(spread)
}

/**
 * Returns the two-sided p-value of a Mann-Whitney U, by the normal approximation with corrections for ties and continuity. `ties` is the
 * sum of t³ − t over groups of t equal values.
 */
export function approximateP(u: number, m: number, n: number, ties: number): number {
  const off = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5)
  return Math.min(1, 2 * normalCdf(-Math.abs(scoreOf((m * n) / 2 + off, m, n, ties))))
}

/** The probabilities, over all ways to choose which ranks belong to the first sample, of a sum as large, and of one as far from the mean. */
function exactTails(ranks: readonly number[], m: number, sumA: number): { above: number; far: number } {
  // Shared ranks are halves: twice each rank is whole.
  const doubled = ranks.map((rank) => Math.round(rank * 2))
  const most = doubled.reduce((sum, rank) => sum + rank, 0)
  const ways = Array.from({ length: m + 1 }, () => new Float64Array(most + 1))
  const none = ways[0]
  if (none) none[0] = 1
  for (const [seen, rank] of doubled.entries()) {
    for (let size = Math.min(m, seen + 1); size >= 1; size -= 1) {
      const [smaller, larger] = [ways[size - 1], ways[size]]
      if (!smaller || !larger) continue
      for (let sum = most; sum >= rank; sum -= 1) larger[sum] = (larger[sum] ?? 0) + (smaller[sum - rank] ?? 0)
    }
  }
  const all = ways[m] ?? new Float64Array()
  const centre = m * (ranks.length + 1)
  const [found, total] = [Math.round(sumA * 2), all.reduce((sum, count) => sum + count, 0)]
  let above = 0
  let far = 0
  for (const [sum, count] of all.entries()) {
    if (sum >= found) above += count
    if (Math.abs(sum - centre) >= Math.abs(found - centre)) far += count
  }
  return { above: above / total, far: far / total }
}

/**
 * Returns by how much values of `a` exceed those of `b`: the median of all pairwise differences, with bounds of confidence 1 − `alpha` from
 * the distribution of U (exact for small samples, where ties are ignored; else normal).
 */
export function shiftBetween(a: readonly number[], b: readonly number[], alpha = 0.05): Estimate {
  const rising = sorted(a.flatMap((x) => b.map((y) => x - y)))
  const [m, n] = [a.length, b.length]
  const { order, confidence } = m * n <= MOST_EXACT ? exactOrder(m, n, alpha) : normalOrder(m, n, alpha)
  const [low = Number.NaN, high = Number.NaN] = [rising[order - 1], rising.at(-order)]
  return { estimate: medianOfSorted(rising), low, high, confidence }
}

function normalOrder(m: number, n: number, alpha: number): { order: number; confidence: number } {
  const spread = Math.sqrt((m * n * (m + n + 1)) / 12)
  return { order: Math.max(1, Math.floor((m * n) / 2 + normalQuantile(alpha / 2) * spread)), confidence: 1 - alpha }
}

/** The order of the differences that bound the shift, by the exact distribution of U without ties. */
function exactOrder(m: number, n: number, alpha: number): { order: number; confidence: number } {
  // The number of ways to reach each U is the coefficient of a product of (1 − x^(n+i)) ÷ (1 − x^i).
  const ways = new Float64Array(m * n + 1)
  ways[0] = 1
  for (let i = 1; i <= m; i += 1) {
    for (let u = m * n; u >= n + i; u -= 1) ways[u] = (ways[u] ?? 0) - (ways[u - n - i] ?? 0)
    for (let u = i; u <= m * n; u += 1) ways[u] = (ways[u] ?? 0) + (ways[u - i] ?? 0)
  }
  const total = ways.reduce((sum, count) => sum + count, 0)
  let below = 0
  let order = 0
  while (order < ways.length && (below + (ways[order] ?? 0)) / total < alpha / 2) below += ways[order++] ?? 0
  if (order > 0) return { order, confidence: 1 - (2 * below) / total }
  return { order: 1, confidence: 1 - (2 * (ways[0] ?? 0)) / total }
}
