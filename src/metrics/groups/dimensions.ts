import type { TagSet } from './tag-registry.ts'

/** The groups of attempts for which a run keeps separate numbers: one for each step, phase, target, group of users, and combination of tags. */
export interface RunDimensions {
  readonly steps: readonly {
    readonly name: string
    readonly kind: string
    readonly checks: readonly string[]
    readonly flow: string | undefined
  }[]
  /** The load phases, setup and teardown. Attempts of a phase with `setupOrTeardown` are counted in its own group only. */
  readonly phases: readonly { readonly name: string; readonly warmup: boolean; readonly setupOrTeardown: boolean }[]
  readonly targets: readonly string[]
  readonly groups: readonly string[]
  /** The kinds of faults that are injected into attempts, each once; empty for none. */
  readonly faults?: readonly string[]
  /** The values that the tag `fault` may have; empty for none. */
  readonly faultTags?: readonly string[]
  /** True when a target has prices, so that costs are summed. */
  readonly priced?: boolean
  /** The combinations of tags that thresholds and alerts select, such as `{ step: 'pay', phase: 'peak' }`. */
  readonly selectors: readonly Readonly<Record<string, string>>[]
}

/** The groups that one attempt belongs to, as indexes into `RunDimensions`. */
export interface AttemptDimensions {
  readonly step: number
  readonly phase: number
  readonly target: number
  readonly group: number
  /** The index of the attempt's `fault` tag among the fault values of the run, which begin with `faultTags`; undefined without a fault. */
  readonly fault?: number | undefined
  /** The tags that the scenario gives to the attempt; undefined for none. */
  readonly tags?: TagSet | undefined
}
