/** Tags of attempts, bounded: however many values the templates of a scenario produce, the number of groups and their memory stay small. */
import type { GroupRecorder } from './group-recorder.ts'

/** The largest number of values of one tag that get a group of their own; later values are counted together. */
export const MAX_TAG_VALUES = 50
/** The largest number of values of all tags together that get a group of their own. A group takes about a megabyte. */
export const MAX_TAG_GROUPS = 100
/** Longest tag value, in UTF-16 units; a longer one is cut. */
export const MAX_TAG_LENGTH = 100
/** The value under which tag values without a group of their own are counted. */
export const OTHER_VALUES = '(other)'
/** What an empty value is counted under. */
const NO_VALUE = '(none)'
/** Combinations that are cached; others are built anew for each attempt. */
const MAX_SETS = 1000
/** The pattern for tag names in a scenario. The first letter keeps out `__proto__`. */
export const TAG_NAME = /^[A-Za-z][\w.-]{0,39}$/

/** The tags of an attempt that the scenario sets, with their values in the form in which they are counted. */
export interface TagSet {
  readonly values: Readonly<Record<string, string>>
  /** Tags whose value is beyond the bounds. */
  readonly folded: readonly string[]
  /** The recorder's own cache of groups by attempt key; undefined for a set that is not cached. */
  readonly groups: Map<number, readonly GroupRecorder[]> | undefined
}

/** Decides which tag values get a group of their own: always those that thresholds select, and the first others. */
export class TagRegistry {
  /** Attempts that are counted under `(other)`, by tag. */
  readonly folded = new Map<string, number>()
  private readonly named = new Map<string, Set<string>>()
  private readonly kept = new Map<string, Set<string>>()
  private readonly sets = new Map<string, TagSet>()
  private keptInAll = 0

  constructor(selectors: readonly Readonly<Record<string, string>>[]) {
    for (const [name, value] of selectors.flatMap((selector) => Object.entries(selector))) valuesOf(this.named, name).add(value)
  }

  /** The set for these names and values, each name once. The same object for the same tags, as long as there are not too many. */
  of(tags: readonly (readonly [name: string, value: string])[]): TagSet {
    const folded: string[] = []
    const values = tags.map(([name, text]) => {
      const value = normaliseTagValue(text)
      if (this.keeps(name, value)) return [name, value]
      folded.push(name)
      return [name, OTHER_VALUES]
    })
    const key = JSON.stringify([values, folded])
    const known = this.sets.get(key)
    if (known) return known
    const isKept = this.sets.size < MAX_SETS
    const set: TagSet = { values: Object.fromEntries(values), folded, groups: isKept ? new Map() : undefined }
    if (isKept) this.sets.set(key, set)
    return set
  }

  /** Counts an attempt with these tags. */
  count(set: TagSet): void {
    for (const name of set.folded) this.folded.set(name, (this.folded.get(name) ?? 0) + 1)
  }

  private keeps(name: string, value: string): boolean {
    const kept = valuesOf(this.kept, name)
    if (kept.has(value) || this.named.get(name)?.has(value) || value === OTHER_VALUES) return true
    if (kept.size >= MAX_TAG_VALUES || this.keptInAll >= MAX_TAG_GROUPS) return false
    kept.add(value)
    this.keptInAll += 1
    return true
  }
}

function valuesOf(registry: Map<string, Set<string>>, name: string): Set<string> {
  const known = registry.get(name)
  if (known) return known
  const values = new Set<string>()
  registry.set(name, values)
  return values
}

/** Returns a tag value as it is counted: not empty, at most `MAX_TAG_LENGTH` UTF-16 units, well-formed. Spellings that differ stay apart. */
export function normaliseTagValue(value: string): string {
  const text = value.length > MAX_TAG_LENGTH ? `${value.slice(0, MAX_TAG_LENGTH - 1)}…` : value
  return text === '' ? NO_VALUE : text.toWellFormed()
}
