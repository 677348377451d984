/** Merge rules for single values, lists and objects, from which the merge rule of a whole result is built. */
import { Histogram } from '../../metrics/histogram/histogram.ts'
import type { Distribution } from '../../result/schema.ts'

/** A list with at least one value, such as the values that one field of the result has in the shards of a run. */
export type Some<T> = readonly [T, ...T[]]
/**
 * A rule for merging one field of the results of a run's shards: a function that takes the field's values in the order of the shards, and returns
 * the merged value.
 */
export type MergeRule<T> = (values: Some<T>) => T
/** A merge rule for every field of an object; an object that lacks one does not compile. */
type Rules<T> = { readonly [Key in keyof T]-?: MergeRule<Exclude<T[Key], undefined>> }

/** True for a list with at least one value. Rules for merging the results of a run's shards can be applied only to such a list. */
export const isSome = <T>(values: readonly T[]): values is Some<T> => values.length > 0

/** Applies a rule for merging shards to a list of values that may be empty; returns undefined for an empty list. */
export const ifAny = <T>(rule: MergeRule<T>, values: readonly T[]): T | undefined => (isSome(values) ? rule(values) : undefined)

/** A rule for merging a field that has the same value in the results of all shards of a run: takes the first value. */
export const first = <T>([value]: Some<T>): T => value
/**
 * A placeholder among the rules for merging the results of a run's shards. The field keeps the value of the first shard until the caller computes it
 * from other fields.
 */
export const later = first

/** A rule for merging a field of the results of a run's shards: adds the numbers up. */
export const sum: MergeRule<number> = (values) => values.reduce((total, value) => total + value, 0)
/** A rule for merging a field of the results of a run's shards: takes the largest number. */
export const largest: MergeRule<number> = (values) => Math.max(...values)
/** A rule for merging a field of the results of a run's shards: takes the smallest number. */
export const smallest: MergeRule<number> = (values) => Math.min(...values)
/** A rule for merging a field of the results of a run's shards: true when the field is true in at least one shard. */
export const either: MergeRule<boolean> = (values) => values.includes(true)
/** A rule for merging a field of the results of a run's shards: lists the different texts, separated by commas. */
export const texts: MergeRule<string> = (values) => [...new Set(values)].join(', ')

/** A rule for merging a field of the results of a run's shards: puts the items of all lists into one list. */
export const all = <T>(values: Some<readonly T[]>): readonly T[] => values.flat()

/**
 * Returns a rule for merging lists in the results of a run's shards: sorts the items of all shards by the function `compare`, and keeps the first
 * `limit`.
 */
export const inOrder =
  <T>(compare: (a: T, b: T) => number, limit: number): MergeRule<readonly T[]> =>
  (lists) =>
    all(lists).toSorted(compare).slice(0, limit)

/** Returns a rule for merging lists of texts in the results of a run's shards: takes each different text once, and keeps the first `limit`. */
export const each =
  (limit = Number.POSITIVE_INFINITY): MergeRule<readonly string[]> =>
  (values) =>
    [...new Set(values.flat())].slice(0, limit)

/**
 * Returns a rule for merging a field of the results of a run's shards: leaves out nulls and merges the other values by `rule`; null when all values
 * are null.
 */
export const orNull =
  <T>(rule: MergeRule<T>): MergeRule<T | null> =>
  (values) =>
    ifAny(
      rule,
      values.filter((value) => value !== null),
    ) ?? null

/**
 * Returns a rule for merging a field of the results of a run's shards. The field is null where a shard does not know its value, such as its costs;
 * then the merged value is null too, because it would be wrong without that shard. Otherwise, the values are merged by `rule`.
 */
export const allOrNull =
  <T>(rule: MergeRule<T>): MergeRule<T | null> =>
  (values) =>
    values.includes(null) ? null : orNull(rule)(values)

/**
 * Returns the rule for merging objects in the results of a run's shards, from the rules for the objects' fields. A field that some shards lack is
 * merged from the others; a field that no shard has is left out.
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
 * Returns the rule for merging lists in the results of a run's shards: items with the same `key` are merged by `rule`. Items stay in the order in
 * which their keys first occur.
 */
export const listBy =
  <T>(key: (entry: T) => string, rule: MergeRule<T>): MergeRule<readonly T[]> =>
  (lists) =>
    [...Map.groupBy(lists.flat(), key).values()].flatMap((entries) => ifAny(rule, entries) ?? [])

/** Returns the rule for merging lists in the results of a run's shards: items at the same index are merged by `rule`. */
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

/** Returns the rule for merging objects in the results of a run's shards: values of the same name are merged by `rule`. */
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
 * Merges the distributions of one metric over a run's shards: adds the samples to one histogram and computes the percentiles from it.
 * @throws InputError when a histogram is damaged
 */
export const distribution: MergeRule<Distribution> = (parts) => {
  const [{ unit }] = parts
  const whole = new Histogram(unit)
  for (const part of parts) if (part.count > 0) whole.merge(Histogram.of(part))
  return whole.toDistribution(sum([0, ...parts.map(({ leftOut }) => leftOut)]))
}
