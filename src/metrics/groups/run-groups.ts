import type { Pieces } from '../../pieces.ts'
import type { AttemptDimensions, RunDimensions } from './dimensions.ts'
import { GroupRecorder } from './group-recorder.ts'
import { PendingSlices, Slice, type SliceTarget } from './slice.ts'
import type { TagSet } from './tag-registry.ts'

/** Slices of attempts with tags that are kept; those of others are made anew for each attempt. */
const MAX_KEPT = 2000

/** More units of `Pieces` than a turn has: what came to a group during a hold may take as long to add. */
const UNITS_PER_GROUP = 5000

/** More than there are places by phase, target, group and step: that of a fault comes on top. */
const PLACES = 2 ** 42

/**
 * The groups of attempts in a run, by step, phase and so on. Attempts are first collected in slices, one for each combination of groups,
 * and later added to the groups.
 */
export class RunGroups {
  private readonly pending = new PendingSlices()
  readonly total = new GroupRecorder(this.pending)
  readonly warmup = new GroupRecorder(this.pending)
  readonly steps: readonly GroupRecorder[]
  readonly phases: readonly GroupRecorder[]
  /** The groups by `tag=value`: flows, user groups and targets if there are several, and all tags of the scenario. */
  readonly tagged = new Map<string, GroupRecorder>()
  /** One group for each combination of tags in `selectors` of the dimensions. */
  readonly selected: readonly GroupRecorder[]
  private readonly names: RunDimensions
  private readonly timeline: SliceTarget
  /** The values that the tag `fault` has had, and those that it is known to have. */
  private readonly faults: string[]
  /** Slices by a key of the other dimensions, for attempts without tags and for each set of tags. */
  private readonly slices = new Map<number, Slice>()
  private readonly tagSlices = new Map<TagSet, Map<number, Slice>>()
  private keptWithTags = 0

  /** `timeline` takes in the attempts of all phases of the load. */
  constructor(names: RunDimensions, timeline: SliceTarget) {
    this.names = names
    this.timeline = timeline
    this.faults = [...(names.faultTags ?? [])]
    this.steps = names.steps.map(() => new GroupRecorder(this.pending))
    this.phases = names.phases.map(() => new GroupRecorder(this.pending))
    this.selected = names.selectors.map(() => new GroupRecorder(this.pending))
  }

  /** Returns the tag `fault` of an attempt: the kinds of its faults, joined by `+`; undefined without any. */
  faultOf({ fault }: AttemptDimensions): string | undefined {
    return fault === undefined ? undefined : this.faults[fault]
  }

  /** Returns the dimensions with a tag `fault` that has these kinds (`latency+slice`) as well. */
  withFaults(dimensions: AttemptDimensions, more: string): AttemptDimensions {
    const all = [...new Set([...(this.faultOf(dimensions)?.split('+') ?? []), ...more.split('+')])].join('+')
    const known = this.faults.indexOf(all)
    return { ...dimensions, fault: known >= 0 ? known : this.faults.push(all) - 1 }
  }

  /** Returns the slice of attempts with these dimensions, for a change that follows at once. `tainted`: a disturbance may have touched them. */
  sliceOf(dimensions: AttemptDimensions, tainted = false): Slice {
    const place = ((dimensions.phase * 1024 + dimensions.target) * 1024 + dimensions.group) * 4096 + dimensions.step
    const of = dimensions.fault === undefined ? place : place + (dimensions.fault + 1) * PLACES
    const key = tainted ? -1 - of : of
    const slices = dimensions.tags ? this.slicesWith(dimensions.tags) : this.slices
    const known = slices?.get(key)
    if (known) return this.pending.use(known)
    const slice = new Slice(tainted ? this.taintedTargetsOf(dimensions) : this.targetsOf(dimensions), this.pending)
    if (slices === this.slices || this.keptWithTags < MAX_KEPT) slices?.set(key, slice)
    if (slices && dimensions.tags) this.keptWithTags += 1
    return this.pending.use(slice)
  }

  /** The slices of attempts with these tags; undefined when none are kept. */
  private slicesWith(tags: TagSet): Map<number, Slice> | undefined {
    const known = this.tagSlices.get(tags)
    if (known || !tags.isKept) return known
    const slices = new Map<number, Slice>()
    this.tagSlices.set(tags, slices)
    return slices
  }

  /** Returns the group of the attempts that have all these tags; without tags, of all measured attempts. They must be in `selectors`. */
  selectedBy(tags: Readonly<Record<string, string>>): GroupRecorder {
    const pairs = Object.entries(tags)
    const index = this.names.selectors.findIndex(
      (selector) => Object.keys(selector).length === pairs.length && pairs.every(([tag, value]) => selector[tag] === value),
    )
    return this.selected[index] ?? this.total
  }

  /** Adds all attempts so far to the groups and to the timeline. Groups do this themselves before they are read. */
  flush(): void {
    this.pending.flush()
  }

  /** Keeps what all groups hold now for reading in pieces (`GroupRecorder.metrics`), until `release`. Attempts go on being counted. */
  hold(): void {
    this.flush()
    this.pending.isHeld = true
  }

  /** Ends a hold. A piece is one group. */
  *release(): Pieces<void> {
    this.pending.isHeld = false
    for (const group of [this.total, this.warmup, ...this.steps, ...this.phases, ...this.tagged.values(), ...this.selected]) {
      group.settle()
      yield UNITS_PER_GROUP
    }
  }

  /** Where a tainted attempt counts: where others count, and in the tainted part of each group. */
  private taintedTargetsOf(dimensions: AttemptDimensions): SliceTarget[] {
    const targets = this.targetsOf(dimensions)
    return [...targets, ...targets.flatMap((target) => (target instanceof GroupRecorder ? [target.taintedPart] : []))]
  }

  /** Where an attempt counts. One of a warm-up counts in its phase and in `warmup`, one of setup or teardown in its phase. */
  private targetsOf(dimensions: AttemptDimensions): SliceTarget[] {
    const phase = this.phases[dimensions.phase]
    const { warmup, setupOrTeardown } = this.names.phases[dimensions.phase] ?? {}
    if (setupOrTeardown) return isThere([phase])
    if (warmup) return isThere([this.timeline, this.warmup, phase])
    const tags = this.tagsOf(dimensions)
    const selected = this.selected.filter((_, i) =>
      Object.entries(this.names.selectors[i] ?? {}).every(([tag, value]) => has(tags[tag], tag, value)),
    )
    const own = Object.entries(dimensions.tags?.values ?? {}).map(([tag, value]) => this.taggedGroup(tag, value))
    const { timeline, total, steps } = this
    const fault = tags.fault?.split('+').map((kind) => this.taggedGroup('fault', kind)) ?? []
    return isThere([timeline, total, phase, steps[dimensions.step], ...this.taggedBy(tags), ...fault, ...own, ...selected])
  }

  private tagsOf(dimensions: AttemptDimensions): Record<string, string | undefined> {
    const { steps, phases, targets, groups } = this.names
    const step = steps[dimensions.step]
    return {
      step: step?.name,
      phase: phases[dimensions.phase]?.name,
      target: targets[dimensions.target],
      flow: step?.flow,
      group: groups[dimensions.group],
      fault: this.faultOf(dimensions),
      ...dimensions.tags?.values,
    }
  }

  /** Groups of the tags that have several values in this run. */
  private taggedBy(tags: Record<string, string | undefined>): GroupRecorder[] {
    const { targets, groups, steps } = this.names
    const several = {
      target: targets.length > 1,
      group: groups.length > 1,
      flow: new Set(steps.flatMap(({ flow }) => flow ?? [])).size > 1,
    }
    return Object.entries(several).flatMap(([tag, hasSeveral]) => {
      const value = tags[tag]
      return hasSeveral && value !== undefined ? [this.taggedGroup(tag, value)] : []
    })
  }

  private taggedGroup(tag: string, value: string): GroupRecorder {
    const key = `${tag}=${value}`
    const group = this.tagged.get(key) ?? new GroupRecorder(this.pending)
    this.tagged.set(key, group)
    return group
  }
}

/** Whether attempts with `value` have the tag that a threshold selects; those with several faults have each of them. */
function has(value: string | undefined, tag: string, selected: string): boolean {
  return value === selected || (tag === 'fault' && value?.split('+').includes(selected) === true)
}

function isThere(targets: readonly (SliceTarget | undefined)[]): SliceTarget[] {
  return targets.filter((target) => target !== undefined)
}
