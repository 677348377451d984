/** Tables and checks for figures of a result that must be equal, or of which one is a part of the other. */

/** Equal figures may differ by this share of the larger one, because not every program that writes a result keeps all digits. */
const SAME = 1e-6

/**
 * True when two numbers of a stored result are equal, except for rounding: their difference is at most the fraction `share` of the larger one. Null
 * equals only null.
 */
export function isSame(a: number | null, b: number | null, share = SAME): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b)))
}

/**
 * Yields an error text when two numbers of a stored result are not equal although they must be; otherwise nothing. With the path `total.counts.ok`,
 * and `the steps have` as `says`, the text is `total.counts.ok: 5, but the steps have 4`.
 */
export function* mismatch(path: string, value: number, other: number, says: string): Generator<string> {
  if (!isSame(value, other)) yield `${path}: ${value}, but ${says} ${other}`
}

/**
 * Yields an error text when a part is larger than its total in a stored result; otherwise nothing. `path` and `part` are the name and value of the
 * part, `whole` and `most` those of the total. The text is, for example, `tags.chat.counts.failed: 5, but total.counts.failed is 4`.
 */
export function* partsContradiction(path: string, part: number, whole: string, most: number): Generator<string> {
  if (part > most) yield `${path}: ${part}, but ${whole} is ${most}`
}

/** The path of a number in `T`, such as `counts.ok`. Numbers inside lists have no such path. */
type FigurePath<T> = {
  [Key in keyof T & string]: NonNullable<T[Key]> extends number
    ? Key
    : NonNullable<T[Key]> extends readonly unknown[]
      ? never
      : NonNullable<T[Key]> extends object
        ? `${Key}.${FigurePath<NonNullable<T[Key]>>}`
        : never
}[keyof T & string]

/** A number in `T` by its path, or the sum of several. A number that is missing or null counts as 0. */
type FigureSum<T> = FigurePath<T> | readonly FigurePath<T>[]

/**
 * A rule about two numbers (or sums of numbers) in an object `T` of a stored result: the first must equal the second, except for rounding (`is`), or
 * must not be larger than it (`atMost`).
 */
export type Rule<T> = readonly [figure: FigureSum<T>, relation: 'is' | 'atMost', other: FigureSum<T>]

const pathsOf = <T>(figure: FigureSum<T>): readonly string[] => (typeof figure === 'string' ? [figure] : figure)

function sumAt(of: object, paths: readonly string[]): number {
  const valueAt = (path: string): unknown =>
    path.split('.').reduce<unknown>((at, key) => (at instanceof Object ? Reflect.get(at, key) : undefined), of)
  return paths.reduce((sum, path) => sum + Number(valueAt(path) ?? 0), 0)
}

/**
 * Checks the numbers in one object of a stored result by rules, and yields a text for each rule that is broken. `of` is the object; `prefix` is its
 * path in the result, such as `total.`, which stands before the names of numbers in the texts.
 */
export function* brokenRules<T extends object>(prefix: string, of: T, rules: readonly Rule<T>[]): Generator<string> {
  for (const [figure, relation, other] of rules) {
    const [paths, others] = [pathsOf(figure), pathsOf(other)]
    const [value, limit] = [sumAt(of, paths), sumAt(of, others)]
    if (relation === 'is' ? isSame(value, limit) : value <= limit) continue
    const [only = ''] = others
    const name = others.length === 1 ? prefix + only : others.map((path) => path.slice(path.lastIndexOf('.') + 1)).join(' + ')
    yield `${paths.map((path) => prefix + path).join(' + ')}: ${value}, but ${name} is ${limit}`
  }
}
