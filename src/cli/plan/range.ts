/** Numbers that are known exactly, or between bounds. */

/** `most` is Infinity when nothing bounds it; `likely` is null when not even an estimate can be made. */
export interface Range {
  readonly least: number
  readonly most: number
  readonly likely: number | null
}

/** A number without doubt. */
export const exactly = (value: number): Range => ({ least: value, most: value, likely: value })
export const NOTHING = exactly(0)

export const isExact = ({ least, most }: Range) => least === most

export function add(a: Range, b: Range): Range {
  return { least: a.least + b.least, most: a.most + b.most, likely: both(a.likely, b.likely, (x, y) => x + y) }
}

// 0 × Infinity is 0 here: nothing, however often.
const product = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)

export function times(a: Range, b: Range): Range {
  return { least: product(a.least, b.least), most: product(a.most, b.most), likely: both(a.likely, b.likely, product) }
}

/** One or the other, each as likely. */
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
