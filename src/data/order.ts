import type { Random } from '../random.ts'

/** A function that returns the number of the next row to hand out in the whole run, from 0; −1 when all rows are used up. */
export type Order = () => number

/** Makes an order in which each row is drawn at random, independently of the others. */
export function randomOrder(count: number, random: Random): Order {
  return () => random.int(0, count - 1)
}

/**
 * Makes an order that gives all rows in random order and, with `wrap`, then all again in another order. Each draw is one step
 * of a Fisher-Yates shuffle, so that millions of rows are never shuffled at once; the next round starts from the last order.
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
