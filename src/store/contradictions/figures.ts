/** Two figures of a result that say the same, or of which one is a part of the other. */

/** Two figures that are the same may differ by this share of them: not every writer keeps all digits. */
const SAME = 1e-6

/** True when two figures are equal, except for rounding: they may differ by `share` of the larger one. Null equals only null. */
export function isSame(a: number | null, b: number | null, share = SAME): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b)))
}

/** Compares the figure `value`, found at `path`, with the figure `other`. If they differ, yields the text `path: value, but says other`. */
export function* mismatch(path: string, value: number, other: number, says: string): Generator<string> {
  if (!isSame(value, other)) yield `${path}: ${value}, but ${says} ${other}`
}

/**
 * Compares the figure `part`, found at `path`, with a figure that cannot be smaller: it is named `whole` and has the value `most`. Yields a
 * text if `part` is larger.
 */
export function* partsContradiction(path: string, part: number, whole: string, most: number): Generator<string> {
  if (part > most) yield `${path}: ${part}, but ${whole} is ${most}`
}
