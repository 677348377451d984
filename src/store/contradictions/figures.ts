/** Two figures of a result that say the same, or of which one is a part of the other. */

/** Two figures that are the same may differ by this share of them: not every writer keeps all digits. */
const SAME = 1e-6

/** Whether two figures are the same, up to the digits that a writer may leave out. `share` is how far they may be apart. */
export function isSame(a: number | null, b: number | null, share = SAME): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b)))
}

/** Yields a contradiction when `value`, which stands at `path`, is not `other`; `says` begins the words on where that comes from. */
export function* mismatch(path: string, value: number, other: number, says: string): Generator<string> {
  if (!isSame(value, other)) yield `${path}: ${value}, but ${says} ${other}`
}

/** Yields a contradiction when a part is more than the whole. */
export function* partsContradiction(path: string, part: number, whole: string, most: number): Generator<string> {
  if (part > most) yield `${path}: ${part}, but ${whole} is ${most}`
}
