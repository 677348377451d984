/**
 * Computes the tags of an attempt from those of its target, its user's group, its flow and its step; when two have the same name, the later in this
 * list counts.
 */
import type { Template } from '../../language/template/template.ts'
import type { TagRegistry, TagSet } from '../../metrics/groups/tag-registry.ts'
import type { AttemptDimensions } from '../../metrics/recorder.ts'
import type { Random } from '../../random.ts'
import type { Plan, PlannedTags } from '../../scenario/compile/plan.ts'

/** The tags of one step in one group of users: a fixed set, or templates that are rendered for each attempt. */
type TagSource = { readonly set: TagSet | undefined } | { readonly templates: PlannedTags }

/** Computes the tags of each attempt. Tags without templates are computed only once for each step and group of users. */
export class Tagger {
  private readonly plan: Plan
  private readonly registry: TagRegistry
  /** True when no part of the plan has tags. */
  readonly idle: boolean
  private readonly sources = new Map<number, TagSource>()
  private readonly dropped = new Map<number, TagSet | undefined>()

  constructor(plan: Plan, registry: TagRegistry) {
    this.plan = plan
    this.registry = registry
    this.idle = [...plan.targets, ...plan.groups, ...plan.exchanges].every(({ tags }) => tags.length === 0)
  }

  /** Returns the tags of an attempt before it is made, or undefined. `step` and `group` are indexes. @throws TemplateError */
  of(step: number, group: number, scope: Readonly<Record<string, unknown>>, random: Random): TagSet | undefined {
    if (this.idle) return undefined
    const source = this.sourceOf(step, group)
    if ('set' in source) return source.set
    return this.registry.of(source.templates.map(([name, value]) => [name, value.render(scope, random)]))
  }

  /** Returns what a dropped arrival is counted under: the first step, its target, the phase, and the tags without templates. */
  dimensionsOfDropped(phase: number): AttemptDimensions {
    const { exchanges, phases } = this.plan
    const tags = phases[phase]?.warmup ? undefined : this.ofDropped(0)
    return { step: 0, phase, target: exchanges[0]?.target ?? 0, group: 0, tags }
  }

  private ofDropped(step: number): TagSet | undefined {
    if (this.idle) return undefined
    if (!this.dropped.has(step)) {
      const known = this.merged(step, undefined).filter(([, value]) => value.static)
      this.dropped.set(step, this.fixed(known))
    }
    return this.dropped.get(step)
  }

  private sourceOf(step: number, group: number): TagSource {
    const key = step * 4096 + group
    const known = this.sources.get(key)
    if (known) return known
    const tags = this.merged(step, group)
    const source = tags.every(([, value]) => value.static) ? { set: this.fixed(tags) } : { templates: tags }
    this.sources.set(key, source)
    return source
  }

  private merged(step: number, group: number | undefined): PlannedTags {
    const { targets, groups, exchanges } = this.plan
    const exchange = exchanges[step]
    const levels = [targets[exchange?.target ?? 0], group === undefined ? undefined : groups[group], exchange]
    return [...new Map<string, Template>(levels.flatMap((level) => level?.tags ?? []))]
  }

  private fixed(tags: PlannedTags): TagSet | undefined {
    return tags.length === 0 ? undefined : this.registry.of(tags.map(([name, value]) => [name, value.source]))
  }
}
