/** Loads the scenario of a search, and changes it for the load of each point. */
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import type { Tier } from '../../search/measured.ts'
import { isMap, type JsonDraft } from '../../text/json.ts'
import { salted } from '../compare/salt.ts'
import { type LoadedScenario, loadScenarios } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { type SearchFlags, tiersOf } from './choices.ts'

/**
 * A load that a capacity search (`burn search`) is about to measure: how many users or arrivals per second, for how many seconds, after how many
 * seconds of warm-up, and with which seed.
 */
export interface PointLoad {
  readonly load: number
  readonly warmupS: number
  readonly seconds: number
  /** The seed of this point. Each point has another seed, so that its arrivals differ. */
  readonly seed: string
}

/**
 * How long attempts in flight may still run after a point, in ms, unless the scenario says more. The next point begins only when the queue is empty.
 */
const MAX_DRAIN_MS = 600_000
const SOURCE = 'burn search'

/** The scenario of a capacity search (`burn search`). Its method `at` returns the scenario with the load of the next measurement. */
export class SearchSubject {
  /** The scenario as it was written, with the flags applied. */
  readonly base: LoadedScenario
  readonly tiers: readonly Tier[]
  /** The unit of loads: users, or arrivals per second. */
  readonly unit: 'users' | 'rate'
  private readonly file: string | undefined
  private readonly flags: RunFlags
  private readonly command: Command
  private readonly salt: boolean

  /** Loads the scenario. @throws UsageError when there is not exactly one scenario, or it has no threshold; ScenarioError */
  constructor(file: string | undefined, { salt, maxCost: _, ...flags }: SearchFlags, command: Command) {
    this.file = file
    this.flags = flags
    this.command = command
    this.salt = salt === true
    this.base = this.loaded(flags, [])
    if (this.phase().trace !== undefined)
      throw new UsageError(
        `${file ?? 'the scenario'} plays a trace, which has its own times: a search needs users or a rate`,
        'write load: [{ rate: 1/s, for: 1m }], or play it faster with burn run and speed',
      )
    this.unit = flags.for ?? (isClosed(this.phase()) ? 'users' : 'rate')
    const tiers = tiersOf(flags)
    const own = this.base.plan.thresholds.filter(({ severity }) => severity === 'fail').map(({ name }) => name)
    const written = this.base.scenario.thresholds ?? []
    if (tiers.length === 0 && !written.some(({ severity }) => severity === 'fail'))
      throw new UsageError(
        `${file ?? 'the scenario'} has no thresholds: nothing says when a load holds`,
        'write thresholds: [ "response_time p95 < 800ms", "errors ratio < 1%" ], or add --threshold or --tier',
      )
    this.tiers = tiers.length === 0 ? [{ name: 'thresholds', thresholds: own }] : tiers
  }

  /** Returns the hash of the scenario without its load, by which a later process recognises the search. */
  hash(): string {
    return this.at({ load: 1, warmupS: 1, seconds: 1, seed: 'search' }, undefined).plan.hash
  }

  /**
   * Returns the scenario with the load of a point; `maxCost` is the money that is left, undefined for no limit. @throws ScenarioError for a load that
   * does not fit the scenario
   */
  at({ load, warmupS, seconds, seed }: PointLoad, maxCost: number | undefined): LoadedScenario {
    const phases = [
      { name: 'search-warm-up', warmup: true, ...this.loadKeys(load), for: msText(warmupS * 1000) },
      { name: this.phase().name ?? 'measured', ...this.loadKeys(load), for: msText(seconds * 1000) },
    ]
    const thresholds = [
      ...list(this.base.raw.thresholds),
      ...new Set(this.tiers.flatMap((tier) => tier.thresholds).filter((text) => this.isNew(text))),
    ]
    const drain = Math.max(this.base.plan.gracefulMs, Math.min(MAX_DRAIN_MS, seconds * 1000))
    const changes = [
      { path: ['load'], value: phases },
      { path: ['thresholds'], value: thresholds },
      { path: ['graceful'], value: msText(drain) },
      { path: ['seed'], value: seed },
      ...this.stopRules(),
    ].map((change) => ({ ...change, source: SOURCE }))
    const flags = maxCost === undefined ? this.flags : { ...this.flags, maxCost: String(maxCost) }
    const loaded = this.loaded(flags, changes)
    return this.salt ? { ...loaded, plan: salted(loaded.plan, seed) } : loaded
  }

  /**
   * Returns the change of `stopWhen` for a point: a rule ends the point early only when the point fails, because a shorter time would not show that a
   * load is met.
   */
  private stopRules(): { path: string[]; value: object[] }[] {
    const rules = this.base.plan.stopWhen.map((rule) => {
      if (rule.when === 'saturated') return { ...rule, above: `${rule.above}ms`, failing: true }
      const { metric, ci, when } = rule
      return { when, mode: 'monitor', ci: `${ci * 100}%`, ...(metric && { metric: metric.text }) }
    })
    return rules.length === 0 ? [] : [{ path: ['stopWhen'], value: rules }]
  }

  private isNew(text: string): boolean {
    return !this.base.plan.thresholds.some(({ name }) => name === text)
  }

  /** Returns the first measured phase of the scenario, whose keys other than the load are kept at every point. */
  private phase(): JsonDraft {
    return list(this.base.raw.load).find((phase): phase is JsonDraft => isMap(phase) && phase.warmup !== true) ?? {}
  }

  private loadKeys(load: number): JsonDraft {
    const phase = this.phase()
    const kept = (...names: string[]) =>
      Object.fromEntries(names.filter((name) => phase[name] !== undefined).map((name) => [name, phase[name]]))
    if (this.unit === 'users') return { users: load, ...kept('pace') }
    return { rate: `${load}/s`, ...(isClosed(phase) ? {} : kept('arrivals', 'maxUsers', 'whenFull')) }
  }

  private loaded(flags: RunFlags, changes: Parameters<typeof loadScenarios>[3]): LoadedScenario {
    const [one, ...more] = loadScenarios(this.file, flags, this.command, changes)
    if (one && more.length === 0) return one
    throw new UsageError(
      `${this.file ?? 'this'} holds ${more.length + 1} scenarios or targets: one is searched`,
      'choose one with --target',
    )
  }
}

const isClosed = (phase: JsonDraft) => phase.rate === undefined
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const msText = (ms: number) => `${Math.round(ms)}ms`
