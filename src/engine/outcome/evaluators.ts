/** Evaluates the thresholds of a run: windows and aborts second by second, the rest at the end. */
import { NO_COUNTERS } from '../../metrics/counts/counters.ts'
import { countedValue } from '../../metrics/groups/catalogue.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { evaluate, evaluateMeasure } from '../../metrics/threshold/evaluate.ts'
import { type Evidence, windowEvidence } from '../../metrics/threshold/evidence.ts'
import type { CleanOutcome } from '../../metrics/threshold/proven.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import { WindowEvaluator } from '../../metrics/threshold/window.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { type MeasuredBeside, SelectedIntervals, wholeRunMeasure } from '../watch/index.ts'
import { brokenRules } from './default-rules.ts'

interface LiveThreshold {
  readonly evaluator: WindowEvaluator
  readonly intervals: SelectedIntervals
}

/** Evaluates all thresholds of one run: every second, and at the end of the run. */
export class ThresholdEvaluators {
  private readonly plan: Plan
  private readonly recorder: Recorder
  private readonly beside: MeasuredBeside
  private readonly live: readonly LiveThreshold[]
  private abortedBy: Threshold | undefined
  private finished = false

  constructor(plan: Plan, recorder: Recorder, beside: MeasuredBeside) {
    this.beside = beside
    this.plan = plan
    this.recorder = recorder
    const watched = plan.thresholds.filter((t) => t.windowMs !== undefined || t.abort)
    this.live = watched.map((t) => ({
      evaluator: new WindowEvaluator(t),
      intervals: new SelectedIntervals(t, recorder),
    }))
  }

  /** Evaluates what happened until `atMs` (ms since the run began); returns the first threshold with `abort` that failed. */
  feed(atMs: number): Threshold | undefined {
    for (const live of this.live) {
      this.feedOne(live, atMs)
      if (live.evaluator.shouldAbort) this.abortedBy ??= live.evaluator.threshold
    }
    return this.abortedBy
  }

  /** Evaluates the rest of the run until it ended at `atMs`, in ms since it began. Further calls do nothing. */
  finish(atMs: number): void {
    if (!this.finished) for (const live of this.live) this.feedOne(live, atMs)
    this.finished = true
  }

  /** Gives one evaluator the next interval. */
  private feedOne({ evaluator, intervals }: LiveThreshold, atMs: number): void {
    const interval = intervals.next(atMs)
    if (interval) evaluator.feed(interval)
  }

  /** The numbers behind a threshold on one named check, of all steps or of the one that it names. */
  private checkEvidence({ tags }: Threshold): Evidence {
    const steps = this.plan.exchanges.filter(({ name }) => tags.step === undefined || tags.step === name)
    const found = steps.flatMap(({ index, checks }) =>
      checks.flatMap(({ label }, k) => (label === tags.check ? [this.recorder.checks[index]?.[k]] : [])),
    )
    const checksHeld = found.reduce((sum, check) => sum + (check?.passed ?? 0), 0)
    const checksMade = found.reduce((sum, check) => sum + (check?.failed ?? 0), checksHeld)
    return windowEvidence({ ...NO_COUNTERS, checksHeld, checksMade }, 0, 0, () => undefined)
  }

  /** The numbers behind any other threshold: those of the group that its tags select, rates over `windowMs`. */
  private groupEvidence(threshold: Threshold, windowMs: number): Evidence {
    const group = this.recorder.groups.selectedBy(threshold.tags)
    const counters = { ...group.counters, ...this.recorder.runCounters }
    return {
      counters,
      inFlight: 0,
      value: (metric) => (metric.ofRun ? countedValue(metric, counters, windowMs) : group.value(metric, windowMs)),
      histogram: (metric) => this.recorder.runHistogramOf(metric) ?? group.histogramOf(metric),
    }
  }

  /**
   * Returns what each threshold of the plan comes to without the attempts that a disturbance may have touched. Undefined where that says
   * nothing: no attempt was touched, and for rates, windows and single checks, which are not made of attempts that could be left out.
   */
  cleanOutcomes(): (CleanOutcome | undefined)[] {
    return this.plan.thresholds.map((threshold) => {
      const { metric, windowMs, tags } = threshold
      const { clean } = this.recorder.groups.selectedBy(tags)
      const isOfAttempts = metric.kind !== 'rate' && tags.check === undefined && !wholeRunMeasure(threshold, this.beside)
      if (!clean || !isOfAttempts || windowMs !== undefined) return undefined
      const evidence = windowEvidence(clean.counters, 0, 0, clean.histogramOf)
      return evaluate(threshold, evidence)
    })
  }

  /** Returns the results of all thresholds so far, then of broken default rules. `windowMs`: time so far without warm-up. */
  results(windowMs: number): ThresholdResult[] {
    const results = this.plan.thresholds.map((threshold) => this.resultOf(threshold, windowMs))
    return [...results, ...brokenRules(this.plan, this.recorder, results)]
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
    const isCheck = threshold.metric.name === 'checks' && threshold.tags.check !== undefined
    const evidence = isCheck ? this.checkEvidence(threshold) : this.groupEvidence(threshold, windowMs)
    return { ...evaluate(threshold, evidence), ...(aborted ? { aborted } : {}) }
  }
}
