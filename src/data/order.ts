/** In which order the rows of a table are handed out. Each order numbers the draws of the whole run; a shard takes its share of them. */
import type { Random } from '../random.ts'

/** The row of the next draw of the whole run; −1 when there is none any more. */
export type Order = () => number

/** Any row, each draw on its own. */
export function randomOrder(count: number, random: Random): Order {
  return () => random.int(0, count - 1)
}

/**
 * All rows in random order, then all again in another. The rows are shuffled one step per draw (Fisher and Yates from the front), so that
 * no draw has to shuffle millions; to start from the last order is as good as from any.
 */
export function shuffleOrder(count: number, random: Random, wrap: boolean): Order {
  const rows = Uint32Array.from({ length: count }, (_, index) => index)
  let at = 0
  return () => {
    if (at === count) {
      if (!wrap) return -1
      at = 0
    }
    const other = random.int(at, count - 1)
    const row = rows[other] ?? 0
    rows[other] = rows[at] ?? 0
    rows[at] = row
    at += 1
    return row
  }
}
