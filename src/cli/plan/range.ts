/** A forecast of a number: its least, most and likely value. `most` is Infinity when there is no upper bound; `likely` is null when it is unknown. */
export interface Range {
  readonly least: number
  readonly most: number
  readonly likely: number | null
}

/** Returns the forecast of a number that is known exactly. */
export const exactly = (value: number): Range => ({ least: value, most: value, likely: value })
/** The forecast of a number that is exactly 0. */
export const NOTHING = exactly(0)

/** True when a forecast allows only one number. */
export const isExact = ({ least, most }: Range) => least === most

/** Adds two forecasts, value by value: least, most and likely. */
export function add(a: Range, b: Range): Range {
  return { least: a.least + b.least, most: a.most + b.most, likely: both(a.likely, b.likely, (x, y) => x + y) }
}

// 0 × Infinity is 0 here, since nothing repeated stays nothing.
const product = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)

/** Multiplies two forecasts, value by value: least, most and likely. */
export function times(a: Range, b: Range): Range {
  return { least: product(a.least, b.least), most: product(a.most, b.most), likely: both(a.likely, b.likely, product) }
}

/** Returns a forecast that covers both `a` and `b`; its likely value is the mean of theirs. */
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
