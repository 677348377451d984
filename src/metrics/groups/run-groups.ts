import type { Pieces } from '../../pieces.ts'
import type { AttemptDimensions, RunDimensions } from './dimensions.ts'
import { GroupRecorder } from './group-recorder.ts'
import { PendingSlices, Slice, type SliceTarget } from './slice.ts'
import type { TagSet } from './tag-registry.ts'

/** Number of slices for attempts with tags that are kept for reuse; further ones are made for a single attempt. */
const MAX_KEPT = 2000

/** The units of work for adding to one group what was counted during a hold: more than one turn of the event loop has. */
const UNITS_PER_GROUP = 5000

/** Factor for the index of a fault in the key of a slice: larger than any key made of phase, target, group and step. */
const PLACES = 2 ** 42

/**
 * The metrics of a run for each group of attempts (step, phase, target, tags …). To be fast, a finished attempt is not added to each of its groups at
 * once. It is collected in a slice with other attempts of the same groups, and the slice is added to these groups later.
 */
export class RunGroups {
  private readonly pending = new PendingSlices()
  readonly total = new GroupRecorder(this.pending)
  readonly warmup = new GroupRecorder(this.pending)
  readonly steps: readonly GroupRecorder[]
  readonly phases: readonly GroupRecorder[]
  /** The groups by `tag=value`: all tags of the scenario and, where there are several, flows, user groups and targets. */
  readonly tagged = new Map<string, GroupRecorder>()
  /** One group of attempts for each combination of tags that a threshold or alert selects. */
  readonly selected: readonly GroupRecorder[]
  private readonly names: RunDimensions
  private readonly timeline: SliceTarget
  /** The values of the tag `fault`: those known in advance, and those that have occurred. */
  private readonly faults: string[]
  /** The slices of attempts without tags, by a key of their other dimensions; `tagSlices` has those of each set of tags. */
  private readonly slices = new Map<number, Slice>()
  private readonly tagSlices = new Map<TagSet, Map<number, Slice>>()
  private keptWithTags = 0

  /** `timeline` also receives the attempts of all phases of the load. */
  constructor(names: RunDimensions, timeline: SliceTarget) {
    this.names = names
    this.timeline = timeline
    this.faults = [...(names.faultTags ?? [])]
    this.steps = names.steps.map(() => new GroupRecorder(this.pending))
    this.phases = names.phases.map(() => new GroupRecorder(this.pending))
    this.selected = names.selectors.map(() => new GroupRecorder(this.pending))
  }

  /** Returns the value of an attempt's tag `fault`: the kinds of its faults, joined by `+`; undefined without faults. */
  faultOf({ fault }: AttemptDimensions): string | undefined {
    return fault === undefined ? undefined : this.faults[fault]
  }

  /** Returns the dimensions of an attempt with further kinds of faults (such as `latency+slice`) in the tag `fault`. */
  withFaults(dimensions: AttemptDimensions, more: string): AttemptDimensions {
    const all = [...new Set([...(this.faultOf(dimensions)?.split('+') ?? []), ...more.split('+')])].join('+')
    const known = this.faults.indexOf(all)
    return { ...dimensions, fault: known >= 0 ? known : this.faults.push(all) - 1 }
  }

  /**
   * Returns the slice for attempts with these dimensions; the caller must change it at once. `tainted` is true when a disturbance may have affected
   * them.
   */
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

  /** Returns the slices of attempts with these tags; undefined when slices are not kept for them. */
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

  /** Keeps all groups unchanged until `release`, so that they can be read in pieces (`GroupRecorder.metrics`). New attempts are counted apart. */
  hold(): void {
    this.flush()
    this.pending.isHeld = true
  }

  /** Ends a hold: adds to each group what was counted apart during the hold. Each piece of work is one group. */
  *release(): Pieces<void> {
    this.pending.isHeld = false
    for (const group of [this.total, this.warmup, ...this.steps, ...this.phases, ...this.tagged.values(), ...this.selected]) {
      group.settle()
      yield UNITS_PER_GROUP
    }
  }

  /** Returns the groups to which a tainted attempt is added: the same as for others, and the tainted part of each. */
  private taintedTargetsOf(dimensions: AttemptDimensions): SliceTarget[] {
    const targets = this.targetsOf(dimensions)
    return [...targets, ...targets.flatMap((target) => (target instanceof GroupRecorder ? [target.taintedPart] : []))]
  }

  /**
   * Returns the groups and the timeline to which an attempt is added. A warm-up attempt is only in its phase and in `warmup`, one of setup or
   * teardown only in its phase.
   */
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

  /** Returns the groups for the tags of an attempt that have more than one value in this run. */
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

/** Returns whether a tag's `value` is the one that a threshold selects; an attempt with several faults has each of them as its value. */
function has(value: string | undefined, tag: string, selected: string): boolean {
  return value === selected || (tag === 'fault' && value?.split('+').includes(selected) === true)
}

function isThere(targets: readonly (SliceTarget | undefined)[]): SliceTarget[] {
  return targets.filter((target) => target !== undefined)
}
