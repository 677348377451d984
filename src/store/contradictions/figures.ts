/** Two figures of a result that say the same, or of which one is a part of the other. */

/** Two figures that are the same may differ by this share of them: not every writer keeps all digits. */
const SAME = 1e-6

/** True when two figures are the same, or differ by at most `share` of the larger one, as by rounding. */
export function isSame(a: number | null, b: number | null, share = SAME): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b)))
}

/** Yields a contradiction when `value`, found at `path`, is not `other`; `says` begins the words that explain `other`. */
export function* mismatch(path: string, value: number, other: number, says: string): Generator<string> {
  if (!isSame(value, other)) yield `${path}: ${value}, but ${says} ${other}`
}

/** Yields a contradiction when `part`, found at `path`, is more than `most`, the value of the figure that `whole` names. */
export function* partsContradiction(path: string, part: number, whole: string, most: number): Generator<string> {
  if (part > most) yield `${path}: ${part}, but ${whole} is ${most}`
}
