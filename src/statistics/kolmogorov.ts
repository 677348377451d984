/** The Kolmogorov-Smirnov distance of two samples: the largest gap between their cumulative shares. */
import { sorted } from './spread.ts'

/** The distance of two samples, and how likely it is by chance. */
interface Distance {
  readonly distance: number
  /** The probability of such a distance, or a larger one, when both samples come from the same distribution; exact without ties. */
  readonly p: number
}

/**
 * Returns the Kolmogorov-Smirnov distance of two samples (the largest gap between their cumulative shares), with its exact probability. The
 * work grows with the product of both sizes.
 */
export function kolmogorov(a: readonly number[], b: readonly number[]): Distance {
  const [m, n] = [a.length, b.length]
  const [ofA, ofB] = [sorted(a), sorted(b)]
  let [i, j, largest] = [0, 0, 0]
  while (i < m && j < n) {
    const at = Math.min(ofA[i] ?? 0, ofB[j] ?? 0)
    while (i < m && ofA[i] === at) i += 1
    while (j < n && ofB[j] === at) j += 1
    largest = Math.max(largest, Math.abs(i * n - j * m))
  }
  return { distance: largest / (m * n), p: largest === 0 ? 1 : 1 - shareInside(m, n, largest) }
}

/** The share of all orders of m and n values in which the cumulative shares stay nearer than `limit` ÷ (m · n). */
function shareInside(m: number, n: number, limit: number): number {
  // Probabilities of paths in a grid: at (i, j), i of the first and j of the second sample have been seen.
  let row = new Float64Array(n + 1)
  for (let i = 0; i <= m; i += 1) {
    const next = new Float64Array(n + 1)
    for (let j = 0; j <= n; j += 1) {
      if (Math.abs(i * n - j * m) >= limit) continue
      const left = m + n - i - j + 1
      const fromA = i > 0 ? ((row[j] ?? 0) * (m - i + 1)) / left : 0
      const fromB = j > 0 ? ((next[j - 1] ?? 0) * (n - j + 1)) / left : 0
      next[j] = i === 0 && j === 0 ? 1 : fromA + fromB
    }
    row = next
  }
  return row[n] ?? 0
}

/**
 * Returns the Kolmogorov-Smirnov distance that two samples of the sizes `m` and `n` from one distribution exceed with a probability of 5 %;
 * for large samples.
 */
export function criticalDistance(m: number, n: number): number {
  return 1.358 * Math.sqrt((m + n) / (m * n))
}
