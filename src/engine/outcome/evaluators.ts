/** Evaluates the thresholds of a run: windows and aborts second by second, the rest at the end. */
import { type Counters, NO_COUNTERS } from '../../metrics/counts/counters.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { brokenRules, type RuledRun } from '../../metrics/threshold/broken-rules.ts'
import { evaluate, evaluateMeasure } from '../../metrics/threshold/evaluate.ts'
import { checkEvidence, cleanOutcome, groupEvidence, isOfCheck, numbersFor } from '../../metrics/threshold/group-evidence.ts'
import type { CleanOutcome } from '../../metrics/threshold/proven.ts'
import { type StoredInterval, storedThreshold } from '../../metrics/threshold/stored.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import { WindowEvaluator } from '../../metrics/threshold/window.ts'
import type { ShardData, ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { isBeside, isOfTraffic, type MeasuredBeside, type RuleNews, SelectedIntervals, wholeRunMeasure } from '../watch/index.ts'
import { expectsText } from './text-not-found.ts'

interface LiveThreshold {
  readonly evaluator: WindowEvaluator
  readonly intervals: SelectedIntervals
  /** For a run that is one share of a larger one: the intervals so far, which its result stores; undefined otherwise. */
  readonly kept: StoredInterval[] | undefined
}

/**
 * Gives, while a run goes on, the results of its thresholds so far, and the new counts and samples on which they are evaluated: for the live view,
 * and for those who receive the run's events.
 */
export interface LiveThresholds {
  /** Returns the results of the thresholds so far, in their order; undefined for one that is not known yet. */
  soFar(): readonly (ThresholdResult | undefined)[]
  /**
   * Returns for each threshold the new numbers between the last call and `atMs`, in ms since the run began. When several processes make the run,
   * thresholds are evaluated on those of all. Undefined for thresholds that are evaluated only on the result, and when nothing is new.
   */
  news(atMs: number): readonly (RuleNews | undefined)[]
  /** Ends the run for a threshold with `abort` that fails over all its processes. */
  end(threshold: Threshold): void
}

/**
 * Evaluates the thresholds of one run: those with a time window or `abort` every second and at the end of the run, all others only when their results
 * are asked for.
 */
export class ThresholdEvaluators {
  private readonly plan: Plan
  private readonly recorder: Recorder
  private readonly beside: MeasuredBeside
  private readonly live: readonly LiveThreshold[]
  /** For each threshold, the object that cuts its numbers into intervals for `news`; undefined before the first call of `news`. */
  private followed: readonly (SelectedIntervals | undefined)[] | undefined
  /** For each threshold on a named check, the counts that `news` returned so far. */
  private readonly seenChecks = new Map<Threshold, Counters>()
  private abortedBy: Threshold | undefined
  private finished = false

  /**
   * Makes the evaluators of a plan's thresholds. `isShare` is true when this process makes one share of a larger run; `stored` then returns the
   * numbers of each second.
   */
  constructor(plan: Plan, recorder: Recorder, beside: MeasuredBeside, isShare = false) {
    this.beside = beside
    this.plan = plan
    this.recorder = recorder
    const watched = plan.thresholds.filter((t) => t.windowMs !== undefined || t.abort)
    this.live = watched.map((t) => ({
      evaluator: new WindowEvaluator(t),
      intervals: new SelectedIntervals(t, recorder),
      kept: isShare && t.windowMs !== undefined ? [] : undefined,
    }))
  }

  /** Evaluates what happened until `atMs` (ms since the run began); returns the first threshold with `abort` that failed. */
  feed(atMs: number): Threshold | undefined {
    for (const live of this.live) this.feedOne(live, atMs)
    return this.live.find(({ evaluator }) => evaluator.shouldAbort)?.evaluator.threshold
  }

  /** Remembers which threshold has ended the run. */
  endedBy(threshold: Threshold): void {
    this.abortedBy ??= threshold
  }

  /** Returns the new numbers for each threshold, as `LiveThresholds.news` describes them. */
  news(atMs: number): (RuleNews | undefined)[] {
    this.followed ??= this.plan.thresholds.map((t) =>
      wholeRunMeasure(t, this.beside) || isOfCheck(t) ? undefined : new SelectedIntervals(t, this.recorder),
    )
    return this.plan.thresholds.map((threshold, i) => {
      if (isOfCheck(threshold)) return this.checkNews(threshold, atMs)
      const interval = this.followed?.[i]?.next(atMs)
      return interval && { ...interval, samples: interval.samples(threshold.metric.name) }
    })
  }

  /** Returns how often the named check of a threshold passed and failed since the last call. */
  private checkNews(threshold: Threshold, atMs: number): RuleNews {
    const { counters } = checkEvidence(this.checksOf(threshold))
    const { checksHeld, checksMade } = this.seenChecks.get(threshold) ?? NO_COUNTERS
    this.seenChecks.set(threshold, counters)
    const news = { checksHeld: counters.checksHeld - checksHeld, checksMade: counters.checksMade - checksMade }
    return { toMs: atMs, counters: { ...NO_COUNTERS, ...news }, inFlight: 0, samples: undefined }
  }

  /**
   * Evaluates the thresholds on the time from the last call of `feed` to `atMs`, the end of the run in ms since it began. Further calls do nothing.
   */
  finish(atMs: number): void {
    if (!this.finished) for (const live of this.live) this.feedOne(live, atMs)
    this.finished = true
  }

  /** Gives the evaluator of one threshold the numbers of the next interval. */
  private feedOne({ evaluator, intervals, kept }: LiveThreshold, atMs: number): void {
    const interval = intervals.next(atMs)
    if (!interval) return
    evaluator.feed(interval)
    kept?.push(intervals.stored(interval))
  }

  /** Returns the plan's thresholds with the numbers that are needed to evaluate them over several shards. Rates are counts divided by `windowMs`. */
  stored(windowMs: number): ShardData['thresholds'] {
    const { recorder, beside } = this
    return this.plan.thresholds.map((threshold) => {
      const { tags } = threshold
      const selects = Object.keys(tags).length > 0 && !isOfCheck(threshold)
      const measure = isBeside(threshold) || isOfTraffic(threshold) ? wholeRunMeasure(threshold, beside) : undefined
      const intervals = this.liveOf(threshold)?.kept
      return {
        ...storedThreshold(threshold),
        ...(this.abortedBy === threshold && { aborted: true }),
        ...(selects && !measure && { group: recorder.groups.selectedBy(tags).toMetrics(windowMs) }),
        ...(intervals && { intervals }),
        ...(measure && { measure }),
      }
    })
  }

  /**
   * Returns how often the check that a threshold names passed and failed, for its step or for each step. Once an attempt or the check has failed
   * after an injected fault, the outcomes after the fault are left out.
   */
  private checksOf({ tags }: Threshold): { readonly passed: number; readonly failed: number }[] {
    const steps = this.plan.exchanges.filter(({ name }) => tags.step === undefined || tags.step === name)
    return steps.flatMap(({ index, checks }) =>
      checks.flatMap(({ label }, k) => {
        const found = label === tags.check ? this.recorder.checks[index]?.[k] : undefined
        if (!found) return []
        const { passed, failed, afterFault } = found
        const isTouched = afterFault.failed > 0 || (this.recorder.steps[index]?.counters.failedAfterFault ?? 0) > 0
        return isTouched ? [{ passed: passed - afterFault.passed, failed: failed - afterFault.failed }] : [{ passed, failed }]
      }),
    )
  }

  /**
   * Returns for each threshold its outcome when attempts that a disturbance of burn's own process may have affected are left out; undefined where
   * that is not known.
   */
  cleanOutcomes(): (CleanOutcome | undefined)[] {
    return this.plan.thresholds.map((threshold) =>
      wholeRunMeasure(threshold, this.beside)
        ? undefined
        : cleanOutcome(threshold, this.recorder.groups.selectedBy(threshold.tags)),
    )
  }

  /** Returns the results of all thresholds so far, then of broken default rules. `windowMs`: time so far without warm-up. */
  results(windowMs: number): ThresholdResult[] {
    const results = this.plan.thresholds.map((threshold) => this.resultOf(threshold, windowMs))
    return [...results, ...brokenRules(this.ruledRun(results))]
  }

  private ruledRun(results: readonly ThresholdResult[]): RuledRun {
    const { plan, recorder } = this
    const steps = plan.exchanges
      .filter(({ setupOrTeardown }) => !setupOrTeardown)
      .map((step) => ({
        name: step.name,
        counters: recorder.steps[step.index]?.counters ?? NO_COUNTERS,
        expectsText: expectsText(plan, step),
      }))
    return { thresholds: plan.thresholds, results, iterations: recorder.iterations, ok: recorder.total.counts.ok, steps }
  }

  /** Returns the results of the plan's thresholds so far, in their order; undefined for one on windows before the first of these was full. */
  whileRunning(windowMs: number): (ThresholdResult | undefined)[] {
    return this.plan.thresholds.map((threshold) => {
      const isEarly = threshold.windowMs !== undefined && !this.liveOf(threshold)?.evaluator.evaluated
      return isEarly ? undefined : this.resultOf(threshold, windowMs)
    })
  }

  private liveOf(threshold: Threshold): LiveThreshold | undefined {
    return this.live.find(({ evaluator }) => evaluator.threshold === threshold)
  }

  private resultOf(threshold: Threshold, windowMs: number): ThresholdResult {
    const live = this.liveOf(threshold)
    const aborted = this.abortedBy === threshold
    const measured = wholeRunMeasure(threshold, this.beside)
    if (measured) return evaluateMeasure(threshold, measured)
    if (live && threshold.windowMs !== undefined) return live.evaluator.result(aborted)
    const group = this.recorder.groups.selectedBy(threshold.tags)
    const evidence = isOfCheck(threshold)
      ? checkEvidence(this.checksOf(threshold))
      : groupEvidence(group, numbersFor(threshold, this.recorder), windowMs)
    return { ...evaluate(threshold, evidence), ...(aborted ? { aborted } : {}) }
  }
}
