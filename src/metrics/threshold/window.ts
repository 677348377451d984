import type { ThresholdResult } from '../../result/schema.ts'
import type { Counters } from '../counts/counters.ts'
import { evaluateMeasure, holdsForCensored } from './evaluate.ts'
import { windowEvidence } from './evidence.ts'
import { holds } from './expression/limit.ts'
import type { Interval } from './interval.ts'
import { type Measure, measure, NOTHING_MEASURED } from './measure.ts'
import { SlidingWindow } from './sliding.ts'
import type { Threshold } from './threshold.ts'

interface MeasuredWindow {
  readonly fromMs: number
  readonly toMs: number
  readonly measured: Measure
}

/**
 * Evaluates one threshold during a run, from the numbers of each second. A threshold with a time window is evaluated every second over the latest
 * window, as soon as one is full; a run shorter than the window counts as one window. Windows with fewer samples than `min_samples` are skipped. When
 * that is not set, a window without samples is skipped only if no attempt ended or hung in it; else `on_missing` decides. A threshold without a
 * window is evaluated over the run so far, but only to decide whether to abort the run: its final result comes from `evaluate`.
 */
export class WindowEvaluator {
  readonly threshold: Threshold
  private readonly window: SlidingWindow
  /** End of the last interval, in ms since the run began. */
  private toMs = 0
  private worst: MeasuredWindow | undefined = undefined
  private failure = false

  constructor(threshold: Threshold) {
    this.threshold = threshold
    this.window = new SlidingWindow(threshold.metric.unit, threshold.windowMs)
  }

  /** True when a window has failed or, without windows, the run so far fails. */
  get failed(): boolean {
    return this.failure
  }

  /** True when a window was full and could be evaluated or, without windows, the run so far could. */
  get evaluated(): boolean {
    return this.worst !== undefined
  }

  /** True when the threshold has failed and says that the run ends then (`abort`). */
  get shouldAbort(): boolean {
    return this.threshold.abort && this.failure
  }

  /** Adds the numbers of the next interval and evaluates the window that ends with it. Intervals must come in order. */
  feed(interval: Interval): void {
    const { windowMs, afterMs, metric } = this.threshold
    if (windowMs !== undefined && interval.fromMs < afterMs) return
    const { fromMs, toMs, counters, inFlight } = interval
    const samples = metric.kind === 'distribution' ? interval.samples(metric.name) : undefined
    this.window.add({ fromMs, toMs, counters, inFlight, samples })
    this.toMs = toMs
    if (windowMs === undefined ? toMs > afterMs : this.covers(windowMs)) this.evaluateWindow()
  }

  /**
   * Returns the result so far, which is final once the run is over. Before a window is full, the result is that of the time so far. `aborted` is true
   * when this threshold ended the run. Calls do not affect later evaluations.
   */
  result(aborted = false): ThresholdResult {
    const worst = this.worst ?? this.stretchSoFar()
    const verdict = evaluateMeasure(this.threshold, worst?.measured ?? NOTHING_MEASURED)
    const window =
      worst && this.threshold.windowMs !== undefined ? { worstWindow: { fromMs: worst.fromMs, toMs: worst.toMs } } : {}
    return { ...verdict, ...window, ...(aborted ? { aborted } : {}) }
  }

  private covers(windowMs: number): boolean {
    const { first } = this.window
    return first !== undefined && this.toMs - first.fromMs >= windowMs - (first.toMs - first.fromMs) / 2
  }

  /** Returns the measure of the present window; undefined when the window is skipped. */
  private stretchSoFar(): MeasuredWindow | undefined {
    const { first, counters, inFlight, histogram } = this.window
    if (!first) return undefined
    // Attempts were in flight at the end of every row, and none ended: the same attempts hung all through the window.
    const evidence = windowEvidence(counters, inFlight, this.toMs - first.fromMs, () => histogram)
    const measured = measure(this.threshold, evidence)
    if (this.isSilent(measured, counters, inFlight)) return undefined
    return { fromMs: first.fromMs, toMs: this.toMs, measured }
  }

  private evaluateWindow(): void {
    const stretch = this.stretchSoFar()
    if (!stretch) return
    const { measured } = stretch
    if (this.threshold.windowMs === undefined || isWorse(this.threshold, measured, this.worst?.measured)) this.worst = stretch
    const { state } = evaluateMeasure(this.threshold, measured)
    if (state === 'failed' || state === 'no_samples') this.failure = true
  }

  /**
   * Whether a window is skipped because it has too few samples. A full window without samples is not skipped when `min_samples` is not set and
   * attempts ended or hung in it: there `on_missing` decides. A threshold on the whole run is skipped until it has a value.
   */
  private isSilent({ observed, samples }: Measure, counters: Counters, inFlight: number): boolean {
    if (observed !== null) return samples < this.threshold.minSamples
    // Attempts that failed because of injected faults are in no share.
    const ended = counters.ok + counters.failed - counters.injectedFailed + counters.dropped
    return this.threshold.windowMs === undefined || this.threshold.minSamples > 1 || (ended === 0 && inFlight === 0)
  }
}

/** True when window `a` is worse than window `b`: a failed one is worse than one without a value, which is worse than one that passed. */
function isWorse(threshold: Threshold, a: Measure, b: Measure | undefined): boolean {
  if (b === undefined) return true
  const [rankA, rankB] = [rank(threshold, a), rank(threshold, b)]
  if (rankA !== rankB) return rankA > rankB
  return (
    a.observed !== null && b.observed !== null && distanceBeyond(threshold, a.observed) > distanceBeyond(threshold, b.observed)
  )
}

function rank(threshold: Threshold, measured: Measure): number {
  if (measured.observed === null) return 1
  return holds(measured.observed, threshold.operator, threshold.limit) && holdsForCensored(threshold, measured) ? 0 : 2
}

/** Returns how far the observed value is on the wrong side of the limit. The number only serves to compare windows of one threshold. */
function distanceBeyond({ operator, limit }: Threshold, observed: number): number {
  if (operator === '<' || operator === '<=') return observed
  if (operator === '>' || operator === '>=') return -observed
  const apart = Math.abs(observed - limit)
  return operator === '==' ? apart : -apart
}
