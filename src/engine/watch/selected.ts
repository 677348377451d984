import type { GroupRecorder } from '../../metrics/groups/group-recorder.ts'
import type { Histogram } from '../../metrics/histogram/histogram.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { type Interval, IntervalSplitter } from '../../metrics/threshold/interval.ts'
import { type StoredInterval, storedInterval } from '../../metrics/threshold/stored.ts'
import type { ThresholdExpression } from '../../metrics/threshold/threshold.ts'

/** For one threshold or alert: the counts and samples of the attempts that its tags select, split into intervals of time, such as seconds. */
export class SelectedIntervals {
  private readonly group: GroupRecorder
  private readonly recorder: Recorder
  private readonly splitter: IntervalSplitter
  private readonly isRate: boolean
  private readonly metric: string
  /** End of the last interval, in ms since the run began. */
  private toMs = 0

  constructor({ metric, tags }: Pick<ThresholdExpression, 'metric' | 'tags'>, recorder: Recorder) {
    this.group = recorder.groups.selectedBy(tags)
    this.recorder = recorder
    this.splitter = new IntervalSplitter([metric])
    this.isRate = metric.kind === 'rate'
    this.metric = metric.name
  }

  /**
   * Returns the numbers from the end of the last interval until `atMs`, in ms since the run began; undefined when no time has passed. Rates are
   * counted only until the end of the load, without the drain after it.
   */
  next(atMs: number): Interval | undefined {
    const { group, recorder, isRate } = this
    const toMs = isRate ? Math.min(atMs, recorder.loadMs) : atMs
    if (toMs <= this.toMs) return undefined
    this.toMs = toMs
    const counters = isRate ? group.windowCounters : group.counters
    return this.splitter.next(toMs, { ...counters, ...recorder.runCounters }, (metric) => this.histogramOf(metric))
  }

  /** Converts the last interval to the form in which the result of a shard stores it. */
  stored(interval: Interval): StoredInterval {
    return storedInterval(interval, this.metric, this.histogramOf(this.metric))
  }

  private histogramOf(metric: string): Histogram | undefined {
    return this.recorder.runHistogramOf(metric) ?? this.group.histogramOf(metric)
  }
}
