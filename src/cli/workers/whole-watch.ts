/** Evaluates alerts, thresholds and `stopWhen` every second while several processes make a run, on the numbers of all of them. */
import { now } from '../../clock.ts'
import { isBudget } from '../../engine/outcome/budgets.ts'
import type { LiveThresholds } from '../../engine/outcome/evaluators.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import type { StopFinding } from '../../engine/stop/stop-watch.ts'
import { isOfTraffic, type RuleNews } from '../../engine/watch/index.ts'
import { isOfQuality } from '../../metrics/quality/threshold-measure.ts'
import { WindowEvaluator } from '../../metrics/threshold/window.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { type Figures, overSecond, type ProcessSecond, SecondReader, togetherOf } from './figures.ts'

/** How many seconds the evaluation waits for a process that sends no reports. Reports that arrive later are counted when they arrive. */
const WAIT_SECONDS = 5

/**
 * The figures of one second of a run with several processes, and the current outcome of each threshold, both computed from all processes together.
 */
export interface WholeSecond {
  readonly figures: Figures
  /** The current outcome of each threshold, in their order; undefined where nothing is known yet. */
  readonly thresholds: readonly (ThresholdResult | undefined)[]
}

/** What is needed to evaluate a run on the numbers of all processes: its state, its thresholds, and what is called when it must end. */
interface FollowedRun {
  /** The state of the first process, in which alerts are raised and the rules of `stopWhen` are evaluated. */
  readonly state: RunState
  /** The thresholds as the first process evaluates them on its own share. */
  readonly thresholds: Pick<LiveThresholds, 'soFar' | 'end'>
  /** True once something has ended the load of all processes, such as a signal. Nothing else ends it from then on. */
  readonly isEnded: () => boolean
  /** Called when a threshold or a rule of `stopWhen` ends the run, with that rule; `isEnded` must return true from then on. */
  readonly onEnd: (rule?: StopFinding) => void
}

/**
 * Collects the reports that all processes of a run send every second. When all have reported on a second, or some are too late, it merges the
 * reports, evaluates the thresholds, and passes the merged second to a callback.
 */
export class WholeWatch {
  private readonly plan: Plan
  private readonly onSecond: (run: RunState, second: WholeSecond) => void
  private readonly evaluators: readonly WindowEvaluator[]
  /** For each threshold, the time up to which it was evaluated, in ms since the run began. */
  private readonly seenMs: number[]
  /** For each process, its reports that were not merged yet. */
  private readonly waiting: ProcessSecond[][]
  /** For each process, its latest report. */
  private readonly latest: (ProcessSecond | undefined)[]
  private readonly over = new Set<number>()
  private done = 0
  private readonly reader = new SecondReader()
  private run: FollowedRun | undefined

  /** Prepares to collect the reports of `count` processes; `onSecond` is called with each merged second. */
  constructor(plan: Plan, count: number, onSecond: (run: RunState, second: WholeSecond) => void) {
    this.plan = plan
    this.onSecond = onSecond
    this.evaluators = plan.thresholds.map((threshold) => new WindowEvaluator(threshold))
    this.seenMs = plan.thresholds.map(() => 0)
    this.waiting = Array.from({ length: count }, () => [])
    this.latest = Array.from({ length: count }, () => undefined)
  }

  /**
   * Adds the report of this process, which makes the first share of the run. Alerts are raised in its `state`; `onEnd` is called when a threshold
   * ends the run, or the rule of `stopWhen` that is given to it.
   */
  see(state: RunState, thresholds: LiveThresholds, { isEnded, onEnd }: Pick<FollowedRun, 'isEnded' | 'onEnd'>): void {
    this.follow({ state, thresholds, isEnded, onEnd })
    this.add(0, this.reader.read(state, thresholds, now() - state.startedAt))
  }

  /** Sets the run that the reports belong to; from now on they are evaluated. */
  follow(run: FollowedRun): void {
    this.run = run
  }

  /** Adds a report of the process with this number, from 0. */
  add(process: number, second: ProcessSecond): void {
    this.waiting[process]?.push(second)
    this.latest[process] = second
    this.look()
  }

  /** Called when a process will send no more reports. */
  leave(process: number): void {
    this.over.add(process)
    const last = this.latest[process]
    if (last) this.latest[process] = overSecond(last, this.plan.phases.length)
    this.look()
  }

  /** Merges the remaining reports at the end of the run. */
  finish(): void {
    this.take(Number.POSITIVE_INFINITY)
  }

  private look(): void {
    // Reports of other processes are not merged before the first report of this process.
    if (this.run === undefined) return
    const reached = this.latest.map((second) => (second ? secondOf(second) : 0))
    const newest = Math.max(...reached)
    const common = Math.min(newest, ...reached.filter((_, process) => !this.over.has(process)))
    for (const until = Math.max(common, newest - WAIT_SECONDS); this.done < until; ) {
      this.done += 1
      this.take(this.done)
    }
  }

  /** Merges the reports up to the given second of the run that were not merged yet. */
  private take(until: number): void {
    const parts = this.waiting.map((own) => {
      const later = own.findIndex((second) => secondOf(second) > until)
      return own.splice(0, later === -1 ? own.length : later)
    })
    if (this.run === undefined || parts.every((own) => own.length === 0)) return
    const { state } = this.run
    const whole = togetherOf(
      parts,
      this.latest,
      this.plan.phases.map(({ name }) => name),
    )
    state.alerts.take(whole.alerts)
    whole.thresholds.forEach((news, i) => void (news && this.feed(i, news)))
    // Reports of a process that was held up may be of the time before the end, and arrive after it.
    if (whole.phase < this.plan.phases.length && !this.run.isEnded()) this.endIfMet(this.run, whole)
    this.onSecond(state, { figures: whole.figures, thresholds: this.known })
  }

  private feed(index: number, { toMs, counters, inFlight, samples }: RuleNews): void {
    const fromMs = this.seenMs[index] ?? 0
    this.seenMs[index] = toMs
    this.evaluators[index]?.feed({ fromMs, toMs, counters, inFlight, samples: () => samples })
  }

  private endIfMet({ state, thresholds, onEnd }: FollowedRun, { stop, phase }: ProcessSecond): void {
    // A budget is divided among the shares; each share ends by itself when its part is used up.
    const failed = this.evaluators.find(({ shouldAbort, threshold }) => shouldAbort && !isBudget(threshold))
    if (failed) {
      thresholds.end(failed.threshold)
      onEnd()
      return
    }
    const rule = stop && state.stopWatch.take(stop, { phase, soFar: () => this.soFar(thresholds) })
    if (rule) onEnd(rule)
  }

  private get known(): (ThresholdResult | undefined)[] {
    return this.evaluators.map((one) => (one.evaluated ? one.result() : undefined))
  }

  /**
   * Returns the current outcome of each threshold. For thresholds without numbers in the reports, which are those on servers, machines, outages and
   * the quality of replies, it is that of the first process.
   */
  private soFar(thresholds: FollowedRun['thresholds']): (ThresholdResult | undefined)[] {
    const own = this.seenMs.includes(0) ? thresholds.soFar() : []
    return this.known.map((one, i) => (this.seenMs[i] === 0 ? own[i] : one))
  }
}

/** Returns the whole second of the run that a report belongs to. */
const secondOf = ({ alerts }: ProcessSecond) => Math.floor(alerts.atMs / 1000)

/**
 * Returns the names of the thresholds that only the first of several processes evaluates for `stopWhen` while the run lasts. These are the thresholds
 * on the quality of replies, and on outages that show as several failed attempts in a row, because the other processes do not report these numbers
 * every second. The list is empty when `stopWhen` does not use thresholds.
 */
export function ofFirstAlone({ stopWhen, thresholds }: Plan): string[] {
  const areRead = stopWhen.some((rule) => rule.when === 'settled' || rule.failing)
  const own = thresholds.filter((one) => one.severity === 'fail' && (isOfTraffic(one) || isOfQuality(one)))
  return areRead ? own.map(({ name }) => name) : []
}
