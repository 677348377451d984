/** Counts settled attempts into the groups of the result. One per process; nothing is kept per attempt. */
import { now } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import { type AttemptEvaluation, countsChecks, LIMIT_CLASS } from './counts/counters.ts'
import { countIteration, type IterationOutcome } from './counts/iterations.ts'
import { RunCounts } from './counts/run-counts.ts'
import { Disturbances } from './disturbances.ts'
import { Departure } from './failures/departure.ts'
import { ErrorGroups } from './failures/error-groups.ts'
import { CONNECTION_DISTRIBUTIONS } from './groups/catalogue.ts'
import type { AttemptDimensions, RunDimensions } from './groups/dimensions.ts'
import type { GroupRecorder } from './groups/group-recorder.ts'
import { RunGroups } from './groups/run-groups.ts'
import { TagRegistry } from './groups/tag-registry.ts'
import { Timeline } from './groups/timeline.ts'
import { Histogram } from './histogram/histogram.ts'

export type { AttemptDimensions, RunDimensions }

/** The outcome of one check of an `expect` block for one attempt: whether the check passed. */
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
  /** How many of the counts of this check belong to attempts after an injected failure in the same iteration. */
  readonly afterFault: { passed: number; failed: number }
  readonly samples: string[]
}

const MAX_SAMPLES = 3

/** Records all counts and measurements of one run, from which its result is made. */
export class Recorder extends RunCounts {
  readonly timeline = new Timeline()
  readonly groups: RunGroups
  /** Decides which values of the scenario's tags get a group of their own. */
  readonly tags: TagRegistry
  readonly checks: readonly (readonly CheckCounters[])[]
  /** The failures by groups, without those of warm-ups, setup and teardown: together they are the failed attempts of the total. */
  readonly errors = new ErrorGroups()
  readonly lag = new Histogram('ms')
  /** The times in which no code of burn ran; attempts in flight then are tainted. */
  readonly disturbances = new Disturbances()
  /** The number of replies with each warning, by its name. A warning is an oddity that is no failure. */
  readonly warnings = new Map<string, number>()
  /** For each step, a description of the first reply whose text was not found; undefined when there is none. Untrusted. */
  readonly unread: (string | undefined)[]
  /** For each target, in the order of the plan's targets: detects that it has gone away during the run. */
  readonly departures: readonly Departure[]
  /** Number of replies to messages that begin like the reply before in the same iteration; without warm-ups. */
  repeated = 0
  /** When the load ended, in ms since the run began; rates cover the time until then. Infinity while it goes on. */
  loadMs = Number.POSITIVE_INFINITY
  /** The number of failures whose cause lies in burn or this machine, by failure class (`local_…`). */
  readonly localFailures = new Map<string, number>()
  private readonly names: RunDimensions

  constructor(names: RunDimensions) {
    super(names.targets, CONNECTION_DISTRIBUTIONS, names.faults ?? [])
    this.names = names
    this.tags = new TagRegistry(names.selectors)
    this.groups = new RunGroups(names, this.timeline)
    this.unread = names.steps.map(() => undefined)
    this.departures = names.targets.map(() => new Departure())
    this.checks = names.steps.map((step) =>
      step.checks.map(() => ({ passed: 0, failed: 0, afterFault: { passed: 0, failed: 0 }, samples: [] })),
    )
  }

  /** The metrics of all measured attempts. */
  get total(): GroupRecorder {
    return this.groups.total
  }

  /** The metrics of all warm-ups together. */
  get warmup(): GroupRecorder {
    return this.groups.warmup
  }

  get steps(): readonly GroupRecorder[] {
    return this.groups.steps
  }

  get phases(): readonly GroupRecorder[] {
    return this.groups.phases
  }

  /** The groups of attempts by tag, with the key `tag=value`. */
  get tagged(): ReadonlyMap<string, GroupRecorder> {
    return this.groups.tagged
  }

  /** The groups that thresholds and alerts select by tags, in the order of the dimensions' `selectors`. */
  get selected(): readonly GroupRecorder[] {
    return this.groups.selected
  }

  /** Counts an attempt that began at the time `at`, in ms of the run's clock. `lagMs` is by how much it began later than planned. */
  started(dimensions: AttemptDimensions, lagMs: number, at: number = now()): void {
    this.flights.change(1, at)
    const { setupOrTeardown, warmup } = this.names.phases[dimensions.phase] ?? {}
    // Lateness in a warm-up affects no number in the totals.
    if (!setupOrTeardown && !warmup) this.lag.record(lagMs)
    if (lagMs > this.timeline.lagMs) this.timeline.lagMs = lagMs
    if (dimensions.tags) this.tags.count(dimensions.tags)
    this.groups.sliceOf(dimensions).start()
  }

  /**
   * Moves a started attempt to the group with the faults of its connection, once these are known. Returns the dimensions under which it counts from
   * now on.
   */
  onWire(dimensions: AttemptDimensions, faults: string): AttemptDimensions {
    const all = this.groups.withFaults(dimensions, faults)
    if (all.fault === dimensions.fault) return dimensions
    this.groups.sliceOf(dimensions).start(-1)
    this.groups.sliceOf(all).start(1)
    return all
  }

  /** Counts attempts that were planned and never started; `late` is true when their user was still busy when the phase ended. */
  dropped(dimensions: AttemptDimensions, count = 1, late = false): void {
    this.groups.sliceOf(dimensions).drop(count, late)
  }

  /** Counts an attempt that was planned and that `rateLimit` of the scenario did not allow. */
  droppedByLimit(dimensions: AttemptDimensions): void {
    this.groups.sliceOf(dimensions).dropByLimit()
  }

  /** Counts a step that was not sent because an earlier step of its iteration had failed. It is not an attempt. */
  skipped(dimensions: AttemptDimensions): void {
    this.groups.sliceOf(dimensions).skip()
  }

  /** Counts an attempt that has ended. `inWindow` is true when it ended before the end of the load. */
  settled(exchange: Exchange, dimensions: AttemptDimensions, checks: readonly CheckOutcome[], inWindow: boolean): void {
    this.flights.change(-1, exchange.endedAt)
    this.departures[dimensions.target]?.see(exchange)
    const evaluation = evaluate(exchange, checks, inWindow, this.names.steps[dimensions.step]?.kind === 'message')
    const tainted = this.disturbances.touched(exchange.intended, exchange.endedAt, exchange.lagMs)
    this.groups.sliceOf(dimensions, tainted).add(exchange, evaluation)
    const phase = this.names.phases[dimensions.phase]
    if (!phase?.warmup && !phase?.setupOrTeardown) this.outages[dimensions.target]?.see(exchange)
    if (exchange.fault !== undefined && !phase?.warmup) this.injections.settled(exchange)
    if (Number.isNaN(exchange.sentAt) && !phase?.warmup && !phase?.setupOrTeardown) this.injections.unsent += 1
    if (!phase?.warmup && countsChecks(exchange)) this.countChecks(dimensions.step, checks, exchange.afterFault)
    for (const warning of exchange.warnings) this.warnings.set(warning, (this.warnings.get(warning) ?? 0) + 1)
    if (!phase?.warmup) this.unread[dimensions.step] ??= exchange.unread
    if (exchange.outcome === 'failed' && !phase?.warmup) this.countFailure(exchange, dimensions)
  }

  /** Adds the cost of a settled attempt, in a run with prices. `iteration` is its iteration's number in the run. */
  paid(exchange: Exchange, { phase }: AttemptDimensions, iteration: number): void {
    if (this.names.priced) this.costs.add(exchange, this.names.phases[phase]?.warmup ? undefined : iteration)
  }

  /**
   * Counts an iteration that has ended. `iteration` is its number in the run; `phase` is the index of its phase, where setup and teardown come last.
   */
  iterationEnded(outcome: IterationOutcome, phase: number, iteration: number): void {
    if (this.names.phases[phase]?.warmup) return
    countIteration(this.iterations, outcome)
    if (this.names.priced) this.costs.iterationEnded(outcome, iteration)
  }

  /** Ends a second of the timeline, with all attempts until now. @see Timeline.rotate */
  endSecond(...second: Parameters<Timeline['rotate']>): void {
    this.groups.flush()
    this.timeline.rotate(...second)
  }

  /** Records when the load ended, in ms since the run began. Attempts in flight may still finish. */
  loadOver(atMs: number): void {
    this.loadMs = atMs
  }

  /** Returns the histogram of the metric `lag`, of the scores of a judge, or of one of connections; undefined for metrics of attempts. */
  runHistogramOf(metric: string): Histogram | undefined {
    if (metric === 'judge_score') return this.judge.scores
    return metric === 'lag' ? this.lag : this.connections.histograms.get(metric)
  }

  private countFailure(exchange: Exchange, dimensions: AttemptDimensions): void {
    this.errors.add(exchange, this.names.steps[dimensions.step]?.name ?? '')
    const failureClass = exchange.failure?.class ?? ''
    if (failureClass.startsWith('local_') && failureClass !== LIMIT_CLASS)
      this.localFailures.set(failureClass, (this.localFailures.get(failureClass) ?? 0) + 1)
  }

  private countChecks(step: number, checks: readonly CheckOutcome[], afterFault: boolean): void {
    for (const check of checks) {
      const { index, passed } = check
      const counters = this.checks[step]?.[index]
      if (!counters) continue
      if (afterFault) counters.afterFault[passed ? 'passed' : 'failed'] += 1
      if (passed) counters.passed += 1
      else {
        counters.failed += 1
        if (counters.samples.length < MAX_SAMPLES) counters.samples.push(check.observed)
      }
    }
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
