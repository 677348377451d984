/** A forecast of a number: its least, most and likely value. `most` is Infinity when there is no upper bound; `likely` is null when it is unknown. */
export interface Range {
  readonly least: number
  readonly most: number
  readonly likely: number | null
}

/** Returns the forecast of a number that is known in advance: its least, most and likely value are `value`. */
export const exactly = (value: number): Range => ({ least: value, most: value, likely: value })
/** The forecast of a number that is certain to be 0, in `burn plan`. */
export const NOTHING = exactly(0)

/** True when a forecast of a number is exact: its least and its largest value are the same. */
export const isExact = ({ least, most }: Range) => least === most

/**
 * Returns the forecast of the sum of two numbers, given a forecast of each: the least values are added, and so are the largest and the likely ones.
 */
export function add(a: Range, b: Range): Range {
  return { least: a.least + b.least, most: a.most + b.most, likely: both(a.likely, b.likely, (x, y) => x + y) }
}

// 0 × Infinity is 0 here, since nothing repeated stays nothing.
const product = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)

/**
 * Returns the forecast of the product of two numbers, given a forecast of each: the least values are multiplied, and so are the largest and the
 * likely ones.
 */
export function times(a: Range, b: Range): Range {
  return { least: product(a.least, b.least), most: product(a.most, b.most), likely: both(a.likely, b.likely, product) }
}

/**
 * Returns the forecast of a number that will be either `a` or `b`, given a forecast of each: the smaller least value, the larger largest value, and
 * the mean of the likely values.
 */
export function either(a: Range, b: Range): Range {
  return {
    least: Math.min(a.least, b.least),
    most: Math.max(a.most, b.most),
    likely: both(a.likely, b.likely, (x, y) => (x + y) / 2),
  }
}

function both(a: number | null, b: number | null, join: (a: number, b: number) => number): number | null {
  return a === null || b === null ? null : join(a, b)
}
