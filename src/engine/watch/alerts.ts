/** Evaluates the `alerts` of a scenario once a second, and keeps when each began and ended. */

import { type Counters, NO_COUNTERS } from '../../metrics/counts/counters.ts'
import type { SparseHistogram } from '../../metrics/histogram/histogram.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import type { AlertRule, Gauge } from '../../metrics/threshold/alert.ts'
import { windowEvidence } from '../../metrics/threshold/evidence.ts'
import { holds } from '../../metrics/threshold/expression/limit.ts'
import { measure } from '../../metrics/threshold/measure.ts'
import { SlidingWindow } from '../../metrics/threshold/sliding.ts'
import type { Alert } from '../../result/schema.ts'
import { SelectedIntervals } from './selected.ts'

/** Smallest number of attempts from which a share, such as the error rate, can raise an alert. */
const MIN_OF_SHARE = 10
/** Largest number of alerts that are listed; later ones are only counted. */
const MAX_LISTED = 1000

type ReadGauge = (gauge: Gauge) => number | null

/** The new numbers on which one alert or threshold is evaluated: counts and samples of the attempts that it selects, since they were last read. */
export interface RuleNews {
  /** End of the time that the numbers cover, in ms since the run began. */
  readonly toMs: number
  readonly counters: Counters
  /** Number of attempts in flight at the end of that time. */
  readonly inFlight: number
  readonly samples: SparseHistogram | undefined
  /** The value of the gauge that an alert watches; null when it is unknown. Left out for an alert on a metric. */
  readonly gauge?: number | null
}

/** The numbers that are new since the alerts of a plan were last evaluated, for each alert rule. */
export interface AlertNews {
  /** When the numbers were read, in ms since the run began. */
  readonly atMs: number
  /** Number of attempts in flight when the numbers were read. */
  readonly inFlight: number
  /** The new numbers for each alert rule, in the order of the rules; undefined for a rule with nothing new. */
  readonly rules: readonly (RuleNews | undefined)[]
}

/** One alert rule with the numbers of its time window. */
class WatchedAlert {
  readonly rule: AlertRule
  /** The alert that goes on; undefined while the condition does not hold. */
  current: { -readonly [Key in keyof Alert]: Alert[Key] } | undefined
  private readonly window: SlidingWindow
  /** The counts and samples of the metric that the rule watches; undefined for a gauge. */
  private readonly intervals: SelectedIntervals | undefined
  /** End of the numbers that were added last, in ms since the run began. */
  private toMs = 0

  constructor(rule: AlertRule, recorder: Recorder) {
    this.rule = rule
    this.intervals = rule.kind === 'metric' ? new SelectedIntervals(rule.expression, recorder) : undefined
    this.window = new SlidingWindow(rule.kind === 'metric' ? rule.expression.metric.unit : 'count', rule.windowMs)
  }

  /** Reads the numbers since the last call, up to `atMs`; undefined when there are none. */
  read(atMs: number, gauge: ReadGauge): RuleNews | undefined {
    const { rule } = this
    if (rule.kind === 'gauge')
      return { toMs: atMs, counters: NO_COUNTERS, inFlight: 0, samples: undefined, gauge: gauge(rule.gauge) }
    const interval = this.intervals?.next(atMs)
    if (!interval) return undefined
    const { toMs, counters, inFlight } = interval
    return { toMs, counters, inFlight, samples: interval.samples(rule.expression.metric.name) }
  }

  /** Adds new numbers to the time window. Returns the value of the window; null when it has too few numbers. */
  add(news: RuleNews): number | null {
    this.window.add({ ...news, fromMs: this.toMs })
    this.toMs = news.toMs
    return this.value(news.toMs)
  }

  private value(toMs: number): number | null {
    const { rule } = this
    const { first, counters, inFlight, histogram, peak } = this.window
    const lengthMs = toMs - (first?.fromMs ?? toMs)
    const operator = rule.kind === 'metric' ? rule.expression.operator : rule.operator
    // A value can be too low only over a whole window.
    if (!(operator === '>' || operator === '>=') && lengthMs < rule.windowMs * 0.95) return null
    if (rule.kind === 'gauge') return peak
    const evidence = windowEvidence(counters, inFlight, lengthMs, () => histogram)
    const { observed, samples } = measure(rule.expression, evidence)
    return rule.expression.metric.kind === 'share' && samples < MIN_OF_SHARE ? null : observed
  }
}

/** Evaluates the alerts of a plan every second of a run, and keeps the raised ones for the result. */
export class AlertWatch {
  /** The alerts that were raised, in the order in which they began; at most `MAX_LISTED`. */
  readonly raised: Alert[] = []
  /** Number of alerts that were raised when the list was full. */
  unlisted = 0
  private readonly watched: readonly WatchedAlert[]
  private readonly recorder: Recorder
  private readonly memoryBytes: number
  private readonly usedBytes: () => number

  /**
   * Makes the watch for a run's alert rules. `memoryBytes` is the memory that this machine or container lets burn use; `usedBytes` returns how much
   * it uses, both in bytes.
   */
  constructor(rules: readonly AlertRule[], recorder: Recorder, memoryBytes: number, usedBytes = () => process.memoryUsage.rss()) {
    this.recorder = recorder
    this.memoryBytes = memoryBytes
    this.usedBytes = usedBytes
    this.watched = rules.map((rule) => new WatchedAlert(rule, recorder))
  }

  /** The alerts that are raised now. */
  get current(): readonly Alert[] {
    return this.watched.flatMap(({ current }) => current ?? [])
  }

  /**
   * Evaluates the alerts with the numbers of this process until `atMs`, in ms since the run began. `queued` returns the number of arrivals that wait
   * for a free user.
   */
  feed(atMs: number, queued: () => number): void {
    this.take(this.news(atMs, queued))
  }

  /**
   * Returns the new numbers for all alerts, which `take` evaluates; when several processes make the run, the numbers of all are added up in between.
   */
  news(atMs: number, queued: () => number): AlertNews {
    const { recorder } = this
    const gauge = (of: Gauge) => {
      if (of === 'in_flight') return recorder.timeline.latest?.peakInFlight ?? null
      return of === 'queued' ? queued() : this.usedBytes() / this.memoryBytes
    }
    return { atMs, inFlight: recorder.inFlight, rules: this.watched.map((one) => one.read(atMs, gauge)) }
  }

  /** Evaluates the alerts with the new numbers of this process, or of all processes of the run. */
  take({ atMs, inFlight, rules }: AlertNews): void {
    this.watched.forEach((one, i) => {
      const news = rules[i]
      if (news === undefined) return
      const value = one.add(news)
      // An alert goes on while the target answers nothing: the outcome of the attempts in flight is not known yet.
      if (value !== null || inFlight === 0) this.judge(one, Math.round(atMs), value)
    })
  }

  private judge(one: WatchedAlert, atMs: number, value: number | null): void {
    const { rule, current } = one
    const { operator, limit } = rule.kind === 'metric' ? rule.expression : rule
    const isOn = value !== null && holds(value, operator, limit)
    if (isOn && current) {
      const isLow = operator === '<' || operator === '<='
      current.worst = isLow ? Math.min(current.worst, value) : Math.max(current.worst, value)
    } else if (isOn) {
      one.current = { alert: rule.text, fromMs: atMs, untilMs: null, worst: value, unit: unitOf(rule) }
      if (this.raised.length < MAX_LISTED) this.raised.push(one.current)
      else this.unlisted += 1
    } else if (current) {
      current.untilMs = atMs
      one.current = undefined
    }
  }
}

function unitOf(rule: AlertRule): Alert['unit'] {
  if (rule.kind === 'metric') return rule.expression.unit
  return rule.gauge === 'memory' ? 'ratio' : 'count'
}
