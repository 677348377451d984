/** Limits the tags of attempts: however many values the templates of a scenario produce, the number of groups and their memory stay small. */
/**
 * The largest number of values of one tag that get metrics of their own, besides those that thresholds and alerts select; all further values are
 * counted together as `(other)`.
 */
export const MAX_TAG_VALUES = 50
/**
 * The largest number of tag values, over all tags, that get metrics of their own, besides those that thresholds and alerts select; further values are
 * counted as `(other)`. The limit exists because the metrics of one tag value take several hundred kilobytes of memory.
 */
export const MAX_TAG_GROUPS = 100
/** The largest length of a tag value, in UTF-16 units; longer values are cut. */
export const MAX_TAG_LENGTH = 100
/** The tag value `(other)`, under which attempts are counted when their tag has too many values for each to have metrics of its own. */
export const OTHER_VALUES = '(other)'
/** The value under which an empty tag value is counted. */
const NO_VALUE = '(none)'
/** Number of combinations of tags that are cached; others are built again for each attempt. */
const MAX_SETS = 1000
/** The pattern that tag names of a scenario match. They begin with a letter, which excludes `__proto__`. */
export const TAG_NAME = /^[A-Za-z][\w.-]{0,39}$/

/**
 * The tags of one attempt, in the form in which they are counted. `values` maps each tag to its value, or to `(other)` when too many values of the
 * tag have metrics of their own; `folded` names the tags that got `(other)`.
 */
export interface TagSet {
  readonly values: Readonly<Record<string, string>>
  /** Names of the tags whose value has no group of its own and is counted under `(other)`. */
  readonly folded: readonly string[]
  /** True when later attempts with equal tags get the same object. */
  readonly isKept: boolean
}

/** Decides which tag values get metrics of their own: those that thresholds and alerts select, and of the others the first ones that occur. */
export class TagRegistry {
  /** The number of attempts that are counted under `(other)`, by name of the tag. */
  readonly folded = new Map<string, number>()
  private readonly named = new Map<string, Set<string>>()
  private readonly kept = new Map<string, Set<string>>()
  private readonly sets = new Map<string, TagSet>()
  private keptInAll = 0

  constructor(selectors: readonly Readonly<Record<string, string>>[]) {
    for (const [name, value] of selectors.flatMap((selector) => Object.entries(selector))) valuesOf(this.named, name).add(value)
  }

  /** Returns the tag set for these names and values; each name may occur once. As long as the cache has room, equal tags get the same object. */
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
    const set: TagSet = { values: Object.fromEntries(values), folded, isKept }
    if (isKept) this.sets.set(key, set)
    return set
  }

  /** Counts an attempt with these tags in `folded`. */
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

/** Converts a tag value to the form that is counted: not empty, well-formed, and cut at `MAX_TAG_LENGTH`. Upper and lower case stay different. */
export function normaliseTagValue(value: string): string {
  const text = value.length > MAX_TAG_LENGTH ? `${value.slice(0, MAX_TAG_LENGTH - 1)}…` : value
  return text === '' ? NO_VALUE : text.toWellFormed()
}
