/** How the values of a field in several results become one: the rules from which the rule of a whole result is made. */
import { Histogram } from '../../metrics/histogram/histogram.ts'
import type { Distribution } from '../../result/schema.ts'

/** At least one value. */
export type Some<T> = readonly [T, ...T[]]
/** Makes one value of those of all parts of a run, in the order of the parts. */
export type MergeRule<T> = (values: Some<T>) => T
/** A rule for every field of an object: one that lacks a rule does not compile. */
type Rules<T> = { readonly [Key in keyof T]-?: MergeRule<Exclude<T[Key], undefined>> }

/** True for a list with at least one value. */
export const isSome = <T>(values: readonly T[]): values is Some<T> => values.length > 0

/** Returns what the rule makes of the values; undefined for none. */
export const ifAny = <T>(rule: MergeRule<T>, values: readonly T[]): T | undefined => (isSome(values) ? rule(values) : undefined)

/** The same in all parts. */
export const first = <T>([value]: Some<T>): T => value
/** A field that `mergeResults` computes anew from the others. */
export const later = first

export const sum: MergeRule<number> = (values) => values.reduce((total, value) => total + value, 0)
export const largest: MergeRule<number> = (values) => Math.max(...values)
export const smallest: MergeRule<number> = (values) => Math.min(...values)
export const either: MergeRule<boolean> = (values) => values.includes(true)
/** Different texts, one after the other. */
export const texts: MergeRule<string> = (values) => [...new Set(values)].join(', ')

/** All entries of all parts. */
export const all = <T>(values: Some<readonly T[]>): readonly T[] => values.flat()

/** The first `limit` entries of all parts, in the order of `compare`. */
export const inOrder =
  <T>(compare: (a: T, b: T) => number, limit: number): MergeRule<readonly T[]> =>
  (lists) =>
    all(lists).toSorted(compare).slice(0, limit)

/** Each text once, at most `limit`. */
export const each =
  (limit = Number.POSITIVE_INFINITY): MergeRule<readonly string[]> =>
  (values) =>
    [...new Set(values.flat())].slice(0, limit)

/** Null only where no part knows a value. */
export const orNull =
  <T>(rule: MergeRule<T>): MergeRule<T | null> =>
  (values) =>
    ifAny(
      rule,
      values.filter((value) => value !== null),
    ) ?? null

/** Null where a part does not know its value: a sum without it would be too small. */
export const allOrNull =
  <T>(rule: MergeRule<T>): MergeRule<T | null> =>
  (values) =>
    values.includes(null) ? null : orNull(rule)(values)

/** Makes the rule of an object of those of its fields. A field that some parts lack is made of the others, one that all lack is left out. */
export function fields<T extends object>(rules: Rules<T>): MergeRule<T> {
  const keys = Object.keys(rules) as (keyof T)[] // Object.keys forgets the keys of a literal.
  return (parts) => {
    const whole: Partial<T> = {}
    for (const key of keys) {
      type Value = Exclude<T[keyof T], undefined>
      const values = parts.flatMap((part) => (part[key] === undefined ? [] : [part[key] as Value]))
      const value = ifAny(rules[key] as MergeRule<Value>, values)
      if (value !== undefined) whole[key] = value
    }
    return whole as T // every key that a part has is set
  }
}

/** Entries that belong together become one, in the order in which they come first. */
export const listBy =
  <T>(key: (entry: T) => string, rule: MergeRule<T>): MergeRule<readonly T[]> =>
  (lists) =>
    [...Map.groupBy(lists.flat(), key).values()].flatMap((entries) => ifAny(rule, entries) ?? [])

/** Entries at the same place of the lists of all parts become one. */
export const zipped =
  <T>(rule: MergeRule<T>): MergeRule<readonly T[]> =>
  (lists) => {
    const longest = lists.reduce((a, b) => (b.length > a.length ? b : a))
    return longest.flatMap(
      (_, at) =>
        ifAny(
          rule,
          lists.flatMap((list) => list.slice(at, at + 1)),
        ) ?? [],
    )
  }

/** The same for entries by name. */
export const record =
  <T>(rule: MergeRule<T>): MergeRule<Readonly<Record<string, T>>> =>
  (records) => {
    const names = new Set(records.flatMap((one) => Object.keys(one)))
    const values = (name: string) => records.flatMap((one) => (Object.hasOwn(one, name) ? [one[name] as T] : []))
    return Object.fromEntries(
      [...names].flatMap((name) => (isSome(values(name)) ? [[name, rule(values(name) as unknown as Some<T>)]] : [])),
    )
  }

/** The samples of all parts in one histogram; percentiles are computed anew. @throws InputError when one is damaged */
export const distribution: MergeRule<Distribution> = (parts) => {
  const [{ unit }] = parts
  const whole = new Histogram(unit)
  for (const part of parts) if (part.count > 0) whole.merge(Histogram.of(part))
  return whole.toDistribution(sum([0, ...parts.map(({ leftOut }) => leftOut)]))
}
