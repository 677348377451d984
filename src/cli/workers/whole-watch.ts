/** Evaluates alerts and thresholds every second while several processes make a run, on the numbers of all of them. */
import { now } from '../../clock.ts'
import { isBudget } from '../../engine/outcome/budgets.ts'
import type { LiveThresholds } from '../../engine/outcome/evaluators.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import type { RuleNews } from '../../engine/watch/index.ts'
import { WindowEvaluator } from '../../metrics/threshold/window.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { type Figures, type ProcessSecond, SecondReader, togetherOf } from './figures.ts'

/** For how many seconds a process that reports nothing is waited for. What it reports later is counted then. */
const WAIT_SECONDS = 5

/** The figures and threshold results of one second of a run, from all its processes together. */
export interface WholeSecond {
  readonly figures: Figures
  /** The thresholds so far, in their order; undefined where nothing is known yet. */
  readonly thresholds: readonly (ThresholdResult | undefined)[]
}

/** Collects the reports that all processes of a run give every second, and merges those of a second as soon as all have come. */
export class WholeWatch {
  private readonly plan: Plan
  private readonly onSecond: (run: RunState, second: WholeSecond) => void
  private readonly evaluators: readonly WindowEvaluator[]
  /** For each threshold, up to when its evaluator has numbers, in ms since the run began. */
  private readonly seenMs: number[]
  /** For each process, the reports that are not merged yet. */
  private readonly waiting: ProcessSecond[][]
  /** For each process, its last report. */
  private readonly latest: (ProcessSecond | undefined)[]
  private readonly over = new Set<number>()
  private done = 0
  private readonly reader = new SecondReader()
  private run: { readonly state: RunState; readonly end: LiveThresholds['end'] } | undefined

  /** `count` is the number of processes of the run; `onSecond` is called with each merged second. */
  constructor(plan: Plan, count: number, onSecond: (run: RunState, second: WholeSecond) => void) {
    this.plan = plan
    this.onSecond = onSecond
    this.evaluators = plan.thresholds.map((threshold) => new WindowEvaluator(threshold))
    this.seenMs = plan.thresholds.map(() => 0)
    this.waiting = Array.from({ length: count }, () => [])
    this.latest = Array.from({ length: count }, () => undefined)
  }

  /**
   * Takes the report of this process, which is the first of the run. Alerts are raised in its `state`; when a threshold ends the run, its load is
   * ended and `onEnd` is called.
   */
  see(state: RunState, thresholds: LiveThresholds, onEnd: () => void): void {
    this.follow(state, (threshold) => {
      thresholds.end(threshold)
      onEnd()
    })
    this.add(0, this.reader.read(state, thresholds, now() - state.startedAt))
  }

  /** From now on, alerts are raised in `state`, and `end` is called for a threshold that ends the run. */
  follow(state: RunState, end: LiveThresholds['end']): void {
    this.run = { state, end }
  }

  /** Takes a report of the process with this number, from 0. */
  add(process: number, second: ProcessSecond): void {
    this.waiting[process]?.push(second)
    this.latest[process] = second
    this.look()
  }

  /** To be called when no more reports come from a process. */
  leave(process: number): void {
    this.over.add(process)
    const last = this.latest[process]
    // What it had counted stays counted; nothing of it is in flight or waits.
    if (last) {
      const { alerts, figures } = last
      this.latest[process] = { ...last, alerts: { ...alerts, inFlight: 0 }, figures: { ...figures, queued: 0 } }
    }
    this.look()
  }

  /** Merges the reports that are left at the end of the run. */
  finish(): void {
    this.take(Number.POSITIVE_INFINITY)
  }

  private look(): void {
    // Reports that come before the first one of this process wait for it.
    if (this.run === undefined) return
    const reached = this.latest.map((second) => (second ? secondOf(second) : 0))
    const newest = Math.max(...reached)
    const common = Math.min(newest, ...reached.filter((_, process) => !this.over.has(process)))
    for (const until = Math.max(common, newest - WAIT_SECONDS); this.done < until; ) {
      this.done += 1
      this.take(this.done)
    }
  }

  /** Merges the reports up to a second of the run that are not merged yet. */
  private take(until: number): void {
    const parts = this.waiting.map((own) => {
      const later = own.findIndex((second) => secondOf(second) > until)
      return own.splice(0, later === -1 ? own.length : later)
    })
    if (this.run === undefined || parts.every((own) => own.length === 0)) return
    const { state } = this.run
    const latest = this.latest.filter((second) => second !== undefined)
    const { alerts, figures, thresholds } = togetherOf(
      parts,
      latest,
      this.plan.phases.map(({ name }) => name),
    )
    state.alerts.take(alerts)
    thresholds.forEach((news, i) => void (news && this.judge(i, news)))
    this.onSecond(state, { figures, thresholds: this.evaluators.map((one) => (one.evaluated ? one.result() : undefined)) })
  }

  private judge(index: number, { toMs, counters, inFlight, samples }: RuleNews): void {
    const evaluator = this.evaluators[index]
    const fromMs = this.seenMs[index] ?? 0
    this.seenMs[index] = toMs
    evaluator?.feed({ fromMs, toMs, counters, inFlight, samples: () => samples })
    // Every share has its part of a budget, and ends by itself when that is used up.
    if (evaluator?.shouldAbort && !isBudget(evaluator.threshold)) this.run?.end(evaluator.threshold)
  }
}

/** Returns the whole second of the run that a report belongs to. */
const secondOf = ({ alerts }: ProcessSecond) => Math.floor(alerts.atMs / 1000)
