/** Counts settled attempts into the groups of the result. One per process; nothing is kept per attempt. */
import { now } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import { ConnectionRecorder } from './counts/connections.ts'
import type { AttemptEvaluation, Counters } from './counts/counters.ts'
import { InFlight } from './counts/in-flight.ts'
import { countIteration, type IterationCounters, type IterationOutcome, NO_ITERATIONS } from './counts/iterations.ts'
import { RateLimitRecorder } from './counts/rate-limits.ts'
import { RetryRecorder } from './counts/retries.ts'
import { TrimRecorder } from './counts/trims.ts'
import { Departure } from './failures/departure.ts'
import { ErrorGroups } from './failures/error-groups.ts'
import { CONNECTION_DISTRIBUTIONS } from './groups/catalogue.ts'
import { GroupRecorder } from './groups/group-recorder.ts'
import { TagRegistry, type TagSet } from './groups/tag-registry.ts'
import { Timeline } from './groups/timeline.ts'
import { Histogram } from './histogram/histogram.ts'

/** The groups for which a run keeps numbers: steps, phases, targets, user groups, and combinations of tags. */
export interface RunDimensions {
  readonly steps: readonly {
    readonly name: string
    readonly kind: string
    readonly checks: readonly string[]
    readonly flow: string | undefined
  }[]
  /** The load phases, setup and teardown. With `setupOrTeardown`, attempts are counted in the group of that phase only. */
  readonly phases: readonly { readonly name: string; readonly warmup: boolean; readonly setupOrTeardown: boolean }[]
  readonly targets: readonly string[]
  readonly groups: readonly string[]
  /** The combinations of tags that thresholds select, such as `{ step: 'pay', phase: 'peak' }`. */
  readonly selectors: readonly Readonly<Record<string, string>>[]
}

/** The groups that one attempt belongs to, as indexes into `RunDimensions`. */
export interface AttemptDimensions {
  readonly step: number
  readonly phase: number
  readonly target: number
  readonly group: number
  /** The tags that the scenario gives to the attempt; undefined for none. */
  readonly tags?: TagSet | undefined
}

/** The outcome of one `expect` line for one attempt. */
export interface CheckOutcome {
  /** Index of the `expect` line within its step. */
  readonly index: number
  readonly passed: boolean
  /** True for a limit on time, speed or price: it defines goodput, and does not make the attempt fail. */
  readonly objective: boolean
  /** True when the check is only counted: it is in no share of checks, and does not make the attempt fail. */
  readonly countOnly?: boolean
  readonly observed: string
}

interface CheckCounters {
  passed: number
  failed: number
  readonly samples: string[]
}

const MAX_SAMPLES = 3
/** Groups of attempts with tags that are cached; those of others are looked up for each attempt. */
const MAX_CACHED = 20_000

/** Records everything that one run counts and measures. */
export class Recorder {
  readonly total = new GroupRecorder()
  readonly warmup = new GroupRecorder()
  readonly steps: readonly GroupRecorder[]
  readonly phases: readonly GroupRecorder[]
  /** The groups by `tag=value`: flows, user groups and targets if there are several, and all tags of the scenario. */
  readonly tagged = new Map<string, GroupRecorder>()
  /** Decides which values of the scenario's tags get a group of their own. */
  readonly tags: TagRegistry
  readonly selected: readonly GroupRecorder[]
  readonly checks: readonly (readonly CheckCounters[])[]
  /** The failures, without those of warm-ups. Their number is that of the total plus those of setup and teardown. */
  readonly errors = new ErrorGroups()
  readonly timeline = new Timeline()
  readonly connections = new ConnectionRecorder(CONNECTION_DISTRIBUTIONS)
  readonly lag = new Histogram('ms')
  readonly iterations: IterationCounters = { ...NO_ITERATIONS }
  readonly retries = new RetryRecorder()
  /** Counts of the turns that the setting `conversation.window` left out of requests, those of warm-ups included. */
  readonly trims = new TrimRecorder()
  /** The number of replies with each warning, by its name. A warning is an oddity that is no failure. */
  readonly warnings = new Map<string, number>()
  /** For each step, a description of the first reply whose text was not found; undefined when there is none. Untrusted. */
  readonly unread: (string | undefined)[]
  /** The rate limits that each target reported, in the order of the plan's targets. */
  readonly rateLimits: readonly RateLimitRecorder[]
  /** For each target, in the order of the plan's targets: detects that it has gone away during the run. */
  readonly departures: readonly Departure[]
  /** Replies to messages that begin like the one before in the same iteration; without warm-ups. */
  repeated = 0
  readonly flights = new InFlight(now())
  /** When the load ended, in ms since the run began; rates cover the time until then. Infinity while it goes on. */
  loadMs = Number.POSITIVE_INFINITY
  /** The number of failures whose cause lies in burn or this machine, by failure class (`local_…`). */
  readonly localFailures = new Map<string, number>()
  private readonly names: RunDimensions
  private readonly groups = new Map<number, readonly GroupRecorder[]>()
  private cachedGroups = 0

  constructor(names: RunDimensions) {
    this.names = names
    this.tags = new TagRegistry(names.selectors)
    this.steps = names.steps.map(() => new GroupRecorder())
    this.unread = names.steps.map(() => undefined)
    this.phases = names.phases.map(() => new GroupRecorder())
    this.departures = names.targets.map(() => new Departure())
    this.rateLimits = names.targets.map(() => new RateLimitRecorder())
    this.selected = names.selectors.map(() => new GroupRecorder())
    this.checks = names.steps.map((step) => step.checks.map(() => ({ passed: 0, failed: 0, samples: [] })))
  }

  get inFlight(): number {
    return this.flights.count
  }

  /** Counts an attempt that begins. `lagMs` is by how much it began later than planned. */
  started(dimensions: AttemptDimensions, lagMs: number): void {
    this.flights.change(1, now())
    const { setupOrTeardown, warmup } = this.names.phases[dimensions.phase] ?? {}
    if (!setupOrTeardown) this.timeline.current.started += 1
    // Lateness in a warm-up harms no number that counts.
    if (!setupOrTeardown && !warmup) this.lag.record(lagMs)
    if (dimensions.tags) this.tags.count(dimensions.tags)
    for (const group of this.groupsOf(dimensions)) group.start()
  }

  /** Counts attempts that were planned and never started; `late` means that their user still waited when the phase ended. */
  dropped(dimensions: AttemptDimensions, count = 1, late = false): void {
    this.timeline.current.dropped += count
    for (const group of this.groupsOf(dimensions)) group.drop(count, late)
  }

  /** Counts a step that was not sent because an earlier step of its iteration had failed. It is not an attempt. */
  skipped(dimensions: AttemptDimensions): void {
    for (const group of this.groupsOf(dimensions)) group.skip()
  }

  /** Counts an attempt that has ended. `inWindow` is true when it ended before the end of the load. */
  settled(exchange: Exchange, dimensions: AttemptDimensions, checks: readonly CheckOutcome[], inWindow: boolean): void {
    this.flights.change(-1, now())
    this.departures[dimensions.target]?.see(exchange)
    const evaluation = evaluate(exchange, checks, inWindow, this.names.steps[dimensions.step]?.kind === 'message')
    for (const group of this.groupsOf(dimensions)) group.add(exchange, evaluation)
    const phase = this.names.phases[dimensions.phase]
    if (!phase?.warmup) this.countChecks(dimensions.step, checks)
    if (!phase?.setupOrTeardown) this.timeline.settled(exchange)
    for (const warning of exchange.warnings) this.warnings.set(warning, (this.warnings.get(warning) ?? 0) + 1)
    if (!phase?.warmup) this.unread[dimensions.step] ??= exchange.unread
    if (exchange.outcome === 'failed' && !phase?.warmup) this.countFailure(exchange, dimensions)
  }

  /** Counts an iteration that has ended; `phase` is an index into the phases, those of setup and teardown last. */
  iterationEnded(outcome: IterationOutcome, phase: number): void {
    if (!this.names.phases[phase]?.warmup) countIteration(this.iterations, outcome)
  }

  /** Records when the load ended, in ms since the run began. Attempts in flight may still finish. */
  loadOver(atMs: number): void {
    this.loadMs = atMs
  }

  /** The counters that exist only for the whole run: those of iterations and connections. */
  get runCounters(): Pick<Counters, keyof IterationCounters | keyof ConnectionRecorder['counters']> {
    return { ...this.connections.counters, ...this.iterations }
  }

  /** Returns the histogram of the metric `lag` or of one of connections; undefined for metrics of attempts. */
  runHistogramOf(metric: string): Histogram | undefined {
    return metric === 'lag' ? this.lag : this.connections.histograms.get(metric)
  }

  private countFailure(exchange: Exchange, dimensions: AttemptDimensions): void {
    this.errors.add(exchange, this.names.steps[dimensions.step]?.name ?? '')
    const failureClass = exchange.failure?.class ?? ''
    if (failureClass.startsWith('local_')) this.localFailures.set(failureClass, (this.localFailures.get(failureClass) ?? 0) + 1)
  }

  private countChecks(step: number, checks: readonly CheckOutcome[]): void {
    for (const { index, passed, observed } of checks) {
      const counters = this.checks[step]?.[index]
      if (!counters) continue
      if (passed) counters.passed += 1
      else {
        counters.failed += 1
        if (counters.samples.length < MAX_SAMPLES) counters.samples.push(observed)
      }
    }
  }

  /** Every group that an attempt counts in; one of a warm-up counts in its phase and in `warmup` only. */
  private groupsOf(dimensions: AttemptDimensions): readonly GroupRecorder[] {
    const key = ((dimensions.phase * 1024 + dimensions.target) * 1024 + dimensions.group) * 4096 + dimensions.step
    const known = dimensions.tags ? dimensions.tags.groups : this.groups
    const groups = known?.get(key)
    if (groups) return groups
    const found = this.findGroups(dimensions)
    if (known === this.groups || this.cachedGroups < MAX_CACHED) known?.set(key, found)
    if (known && dimensions.tags) this.cachedGroups += 1
    return found
  }

  private findGroups(dimensions: AttemptDimensions): GroupRecorder[] {
    const phase = this.phases[dimensions.phase]
    const { warmup: warm, setupOrTeardown } = this.names.phases[dimensions.phase] ?? {}
    if (setupOrTeardown) return [phase].filter((s) => s !== undefined)
    if (warm) return [this.warmup, phase].filter((s) => s !== undefined)
    const tags = this.tagsOf(dimensions)
    const selected = this.selected.filter((_, i) =>
      Object.entries(this.names.selectors[i] ?? {}).every(([tag, value]) => tags[tag] === value),
    )
    const own = Object.entries(dimensions.tags?.values ?? {}).map(([tag, value]) => this.taggedGroup(tag, value))
    return [this.total, phase, this.steps[dimensions.step], ...this.taggedBy(tags), ...own, ...selected].filter(
      (s) => s !== undefined,
    )
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
      if (!hasSeveral || value === undefined) return []
      return [this.taggedGroup(tag, value)]
    })
  }

  private taggedGroup(tag: string, value: string): GroupRecorder {
    const key = `${tag}=${value}`
    const group = this.tagged.get(key) ?? new GroupRecorder()
    this.tagged.set(key, group)
    return group
  }
}

function evaluate(exchange: Exchange, checks: readonly CheckOutcome[], inWindow: boolean, message: boolean): AttemptEvaluation {
  let passed = 0
  let made = 0
  let objectivesHeld = true
  for (const check of checks) {
    if (check.countOnly) continue
    made += 1
    if (check.passed) passed += 1
    else if (check.objective) objectivesHeld = false
  }
  return {
    good: exchange.outcome === 'ok' && objectivesHeld,
    checksPassed: passed,
    checksFailed: made - passed,
    inWindow,
    message,
  }
}
