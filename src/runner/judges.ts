/** Judges the thresholds of a run: windows and aborts second by second, the rest at the end. */

import type { Histogram } from '../metrics/histogram.ts'
import type { Recorder } from '../metrics/recorder.ts'
import { OF_RUN, type Series } from '../metrics/series.ts'
import type { JudgedSlice } from '../metrics/threshold/evidence.ts'
import { IntervalCutter } from '../metrics/threshold/interval.ts'
import { judge } from '../metrics/threshold/judge.ts'
import { NO_TALLY, runValue } from '../metrics/threshold/tally.ts'
import { WindowJudge } from '../metrics/threshold/window.ts'
import type { Threshold } from '../metrics/threshold.ts'
import type { Slice, ThresholdResult } from '../result/schema.ts'
import type { Plan } from '../scenario/plan.ts'
import { layoutOf, selectorKey } from './layout.ts'
import { brokenRules } from './standing.ts'

interface LiveJudge {
  readonly judge: WindowJudge
  readonly cutter: IntervalCutter
  readonly series: Series
  /** Up to where it has seen the run, in ms since the run began. */
  fedMs: number
}

export class Judges {
  private readonly plan: Plan
  private readonly recorder: Recorder
  private readonly live: readonly LiveJudge[]
  private abortedBy: Threshold | undefined
  private finished = false

  constructor(plan: Plan, recorder: Recorder) {
    this.plan = plan
    this.recorder = recorder
    const watched = plan.thresholds.filter((t) => t.windowMs !== undefined || t.abort)
    this.live = watched.map((t) => ({
      judge: new WindowJudge(t),
      cutter: new IntervalCutter([t.metric]),
      series: this.seriesOf(t),
      fedMs: 0,
    }))
  }

  /** The slice that a threshold's tags select. */
  private seriesOf({ tags: wanted }: Pick<Threshold, 'tags'>): Series {
    const key = selectorKey(wanted)
    const index = layoutOf(this.plan).selectors.findIndex((tags) => selectorKey(tags) === key)
    return this.recorder.selected[index] ?? this.recorder.total
  }

  /** Distributions that belong to the generator or the connections rather than to a slice. */
  private ownHistogram(metric: string): Histogram | undefined {
    if (metric === 'lag') return this.recorder.lag
    const { connectTime, tlsTime, handshakeTime, recoveryTime } = this.recorder.connections
    const ofConnections: Readonly<Record<string, Histogram>> = {
      connect_time: connectTime,
      tls_time: tlsTime,
      handshake_time: handshakeTime,
      recovery_time: recoveryTime,
    }
    return ofConnections[metric]
  }

  private readonly histogramOf = (series: Series) => (metric: string) => this.ownHistogram(metric) ?? series.histogramOf(metric)

  /** One second later: returns a threshold that wants the run to end, if any. `atMs` since the run began. */
  feed(atMs: number): Threshold | undefined {
    for (const live of this.live) {
      this.feedOne(live, atMs)
      if (live.judge.shouldAbort) this.abortedBy ??= live.judge.threshold
    }
    return this.abortedBy
  }

  /** The run is over: what came since the last second is judged too. Called again, it does nothing. */
  finish(atMs: number): void {
    if (!this.finished) for (const live of this.live) this.feedOne(live, atMs)
    this.finished = true
  }

  /** The drain that follows the load belongs to no rate. */
  private feedOne(live: LiveJudge, atMs: number): void {
    const { judge: window, cutter, series } = live
    const isRate = window.threshold.metric.kind === 'rate'
    const toMs = isRate ? Math.min(atMs, this.recorder.loadMs) : atMs
    if (toMs <= live.fedMs) return
    live.fedMs = toMs
    const tally = isRate ? series.windowTally : series.tally
    window.feed(cutter.cut(toMs, { ...tally, ...this.ofRun() }, this.histogramOf(series)))
  }

  /** Counts that belong to the run rather than to a slice. */
  private ofRun() {
    const { ended, failed, expired } = this.recorder.iterations
    const { succeeded, failed: connectionsFailed, lost, lostInFlight, reconnects } = this.recorder.connections
    const connections = { connectionsOpened: succeeded, connectionsFailed, connectionsLost: lost, lostInFlight, reconnects }
    return { ...connections, iterationsEnded: ended, iterationsFailed: failed, iterationsExpired: expired }
  }

  /** What the checks of one name came to, in all steps or in the one that is asked for. */
  private checkSlice({ tags }: Threshold, slice: (series: Series) => Slice): JudgedSlice {
    const steps = this.plan.exchanges.filter(({ name }) => tags.step === undefined || tags.step === name)
    const found = steps.flatMap(({ index, checks }) =>
      checks.flatMap(({ label }, k) => (label === tags.check ? [this.recorder.checks[index]?.[k]] : [])),
    )
    const held = found.reduce((sum, check) => sum + (check?.passed ?? 0), 0)
    const made = found.reduce((sum, check) => sum + (check?.failed ?? 0), held)
    const tally = { ...NO_TALLY, checksHeld: held, checksMade: made }
    return { ...slice(this.seriesOf({ tags })), values: { checks: runValue('checks', tally, 0) }, tally }
  }

  /** All thresholds as they stand, and the standing rules that are broken; `slice` turns a series into its numbers over the declared window. */
  results(slice: (series: Series) => Slice): ThresholdResult[] {
    const ofRun = this.ofRun()
    const whole = { ...NO_TALLY, ...ofRun }
    const judged = this.plan.thresholds.map((threshold) => {
      const live = this.live.find((l) => l.judge.threshold === threshold)
      const aborted = this.abortedBy === threshold
      if (live && threshold.windowMs !== undefined) return live.judge.result(aborted)
      if (threshold.metric.name === 'checks' && threshold.tags.check !== undefined)
        return judge(threshold, this.checkSlice(threshold, slice))
      const series = this.seriesOf(threshold)
      const exact = slice(series)
      const values = { ...exact.values, ...Object.fromEntries(OF_RUN.map((metric) => [metric, runValue(metric, whole, 0)])) }
      const result = judge(threshold, { ...exact, values, tally: { ...series.tally, ...ofRun } }, this.histogramOf(series))
      return aborted ? { ...result, aborted } : result
    })
    return [...judged, ...brokenRules(this.plan, this.recorder, judged)]
  }
}
