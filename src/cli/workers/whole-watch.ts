/** What is looked at second by second while several processes make a run: alerts and thresholds are judged on what all of them saw. */
import { now } from '../../clock.ts'
import { isBudget } from '../../engine/outcome/budgets.ts'
import type { LiveThresholds } from '../../engine/outcome/evaluators.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import type { RuleNews } from '../../engine/watch/index.ts'
import { WindowEvaluator } from '../../metrics/threshold/window.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { type Figures, type ProcessSecond, SecondReader, togetherOf } from './figures.ts'

/** For so many seconds a process that says nothing is waited for. What it says later counts then. */
const WAIT_SECONDS = 5

/** What all processes of a run saw in a second. */
export interface WholeSecond {
  readonly figures: Figures
  /** The thresholds so far, in their order; undefined where nothing is known yet. */
  readonly thresholds: readonly (ThresholdResult | undefined)[]
}

/** Puts the seconds of all processes of a run together, each as soon as all have given it. */
export class WholeWatch {
  private readonly plan: Plan
  private readonly onSecond: (run: RunState, second: WholeSecond) => void
  private readonly evaluators: readonly WindowEvaluator[]
  /** End of what the evaluator of each threshold has seen, in ms since the run began. */
  private readonly seenMs: number[]
  /** For each process the seconds that are not put together yet. */
  private readonly waiting: ProcessSecond[][]
  /** For each process the second that came last. */
  private readonly latest: (ProcessSecond | undefined)[]
  private readonly over = new Set<number>()
  private done = 0
  private readonly reader = new SecondReader()
  private run: { readonly state: RunState; readonly end: LiveThresholds['end'] } | undefined

  /** `count`: processes of the run; `onSecond` is called with what they saw together. */
  constructor(plan: Plan, count: number, onSecond: (run: RunState, second: WholeSecond) => void) {
    this.plan = plan
    this.onSecond = onSecond
    this.evaluators = plan.thresholds.map((threshold) => new WindowEvaluator(threshold))
    this.seenMs = plan.thresholds.map(() => 0)
    this.waiting = Array.from({ length: count }, () => [])
    this.latest = Array.from({ length: count }, () => undefined)
  }

  /**
   * Takes the second of this process, the first of the run: it is its alerts that are raised, and its load that is ended for a threshold,
   * with a call of `onEnd`.
   */
  see(state: RunState, thresholds: LiveThresholds, onEnd: () => void): void {
    this.follow(state, (threshold) => {
      thresholds.end(threshold)
      onEnd()
    })
    this.add(0, this.reader.read(state, thresholds, now() - state.startedAt))
  }

  /** The alerts of `state` are raised from now on, and `end` is called for a threshold that ends the run. */
  follow(state: RunState, end: LiveThresholds['end']): void {
    this.run = { state, end }
  }

  /** Takes a second of a process, which is named by its number from 0. */
  add(process: number, second: ProcessSecond): void {
    this.waiting[process]?.push(second)
    this.latest[process] = second
    this.look()
  }

  /** No more seconds come from a process. */
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

  /** Puts together what is left at the end of the run. */
  finish(): void {
    this.take(Number.POSITIVE_INFINITY)
  }

  private look(): void {
    const reached = this.latest.map((second) => (second ? secondOf(second) : 0))
    const newest = Math.max(...reached)
    const common = Math.min(newest, ...reached.filter((_, process) => !this.over.has(process)))
    for (const until = Math.max(common, newest - WAIT_SECONDS); this.done < until; ) {
      this.done += 1
      this.take(this.done)
    }
  }

  /** Puts together what came until a second of the run, and is not yet. */
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

/** The whole second of the run that a process has reached. */
const secondOf = ({ alerts }: ProcessSecond) => Math.floor(alerts.atMs / 1000)
