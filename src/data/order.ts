import type { Random } from '../random.ts'

/** A function that returns the number (from 0) of the row of a data file to hand out next; −1 when all rows are used up. */
export type Order = () => number

/** Returns a function that draws the number of the next row at random, from 0 to `count` − 1. It may draw one row several times. */
export function randomOrder(count: number, random: Random): Order {
  return () => random.int(0, count - 1)
}

/**
 * Returns a function that gives the row numbers from 0 to `count` − 1 in random order, one per call, and then −1. With `wrap` it shuffles them again
 * and goes on. Each call does one step of a Fisher-Yates shuffle, so that no call has to shuffle millions of rows.
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
