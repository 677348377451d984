/** Merge rules for single values, lists and objects, from which the merge rule of a whole result is built. */
import { Histogram } from '../../metrics/histogram/histogram.ts'
import type { Distribution } from '../../result/schema.ts'

/** A list that contains at least one value. */
export type Some<T> = readonly [T, ...T[]]
/** A merge rule: a function that makes one value from the values of all parts of a run, which come in the order of the parts. */
export type MergeRule<T> = (values: Some<T>) => T
/** A merge rule for every field of an object; an object that lacks one does not compile. */
type Rules<T> = { readonly [Key in keyof T]-?: MergeRule<Exclude<T[Key], undefined>> }

/** True for a list with at least one value. */
export const isSome = <T>(values: readonly T[]): values is Some<T> => values.length > 0

/** Applies a merge rule to a list of values that may be empty; returns undefined for an empty list. */
export const ifAny = <T>(rule: MergeRule<T>, values: readonly T[]): T | undefined => (isSome(values) ? rule(values) : undefined)

/** The merge rule that takes the first value, for values that are the same in all parts. */
export const first = <T>([value]: Some<T>): T => value
/** A placeholder rule for fields that the caller computes from other fields after the merge; until then they hold the value of the first part. */
export const later = first

/** The merge rule that adds numbers up. */
export const sum: MergeRule<number> = (values) => values.reduce((total, value) => total + value, 0)
/** The merge rule that takes the largest number. */
export const largest: MergeRule<number> = (values) => Math.max(...values)
/** The merge rule that takes the smallest number. */
export const smallest: MergeRule<number> = (values) => Math.min(...values)
/** The merge rule that gives true when at least one value is true. */
export const either: MergeRule<boolean> = (values) => values.includes(true)
/** The merge rule that lists the different texts, separated by commas. */
export const texts: MergeRule<string> = (values) => [...new Set(values)].join(', ')

/** The merge rule that puts the entries of all lists into one list. */
export const all = <T>(values: Some<readonly T[]>): readonly T[] => values.flat()

/** Makes the merge rule that sorts the entries of all lists by `compare` and keeps the first `limit`. */
export const inOrder =
  <T>(compare: (a: T, b: T) => number, limit: number): MergeRule<readonly T[]> =>
  (lists) =>
    all(lists).toSorted(compare).slice(0, limit)

/** Makes the merge rule that keeps each text of all lists once, at most `limit` of them. */
export const each =
  (limit = Number.POSITIVE_INFINITY): MergeRule<readonly string[]> =>
  (values) =>
    [...new Set(values.flat())].slice(0, limit)

/** Makes a merge rule that leaves out nulls and merges the other values by `rule`; null when all values are. */
export const orNull =
  <T>(rule: MergeRule<T>): MergeRule<T | null> =>
  (values) =>
    ifAny(
      rule,
      values.filter((value) => value !== null),
    ) ?? null

/**
 * Makes a merge rule that returns null when any value is null, because a sum without this value would be too small. Otherwise it merges by `rule`.
 */
export const allOrNull =
  <T>(rule: MergeRule<T>): MergeRule<T | null> =>
  (values) =>
    values.includes(null) ? null : orNull(rule)(values)

/**
 * Makes the merge rule of an object from the rules of its fields. A field that only some parts have is merged from these; one that no part has is
 * left out.
 */
export function fields<T extends object>(rules: Rules<T>): MergeRule<T> {
  const keys = Object.keys(rules) as (keyof T)[] // the type of Object.keys is only string[]
  return (parts) => {
    const whole: Partial<T> = {}
    for (const key of keys) {
      type Value = Exclude<T[keyof T], undefined>
      const values = parts.flatMap((part) => (part[key] === undefined ? [] : [part[key] as Value]))
      const value = ifAny(rules[key] as MergeRule<Value>, values)
      if (value !== undefined) whole[key] = value
    }
    return whole as T // every key that a part has is set by now
  }
}

/**
 * Makes the merge rule of lists in which entries with the same `key` are merged by `rule`. Entries stay in the order in which their keys first occur.
 */
export const listBy =
  <T>(key: (entry: T) => string, rule: MergeRule<T>): MergeRule<readonly T[]> =>
  (lists) =>
    [...Map.groupBy(lists.flat(), key).values()].flatMap((entries) => ifAny(rule, entries) ?? [])

/** Makes the merge rule of lists in which entries at the same index are merged by `rule`. */
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

/** Makes the merge rule of objects in which values of the same name are merged by `rule`. */
export const record =
  <T>(rule: MergeRule<T>): MergeRule<Readonly<Record<string, T>>> =>
  (records) => {
    const names = new Set(records.flatMap((one) => Object.keys(one)))
    const values = (name: string) => records.flatMap((one) => (Object.hasOwn(one, name) ? [one[name] as T] : []))
    return Object.fromEntries(
      [...names].flatMap((name) => (isSome(values(name)) ? [[name, rule(values(name) as unknown as Some<T>)]] : [])),
    )
  }

/**
 * Merges distributions: adds the samples of all parts to one histogram and computes the percentiles from it. @throws InputError when a histogram is
 * damaged
 */
export const distribution: MergeRule<Distribution> = (parts) => {
  const [{ unit }] = parts
  const whole = new Histogram(unit)
  for (const part of parts) if (part.count > 0) whole.merge(Histogram.of(part))
  return whole.toDistribution(sum([0, ...parts.map(({ leftOut }) => leftOut)]))
}
