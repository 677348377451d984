/** Looks at the `alerts` of a scenario once a second, and remembers when each began and ended. */
import type { Recorder } from '../../metrics/recorder.ts'
import type { AlertRule, Gauge } from '../../metrics/threshold/alert.ts'
import { windowEvidence } from '../../metrics/threshold/evidence.ts'
import { holds } from '../../metrics/threshold/expression/limit.ts'
import { IntervalSplitter } from '../../metrics/threshold/interval.ts'
import { measure } from '../../metrics/threshold/measure.ts'
import { SlidingWindow } from '../../metrics/threshold/sliding.ts'
import type { Alert } from '../../result/schema.ts'

/** Fewest attempts behind a share that raises an alert. */
const MIN_OF_SHARE = 10
/** Alerts that are kept; later ones are not. */
const MAX_KEPT = 1000

/** What alerts look at. */
interface Watchable {
  readonly recorder: Recorder
  /** Returns the number of arrivals that wait for a free user. */
  readonly queued: () => number
}

type ReadGauge = (gauge: Gauge) => number | null

/** One rule, and the numbers of its window. */
class Watched {
  readonly rule: AlertRule
  /** The alert that goes on; undefined while the condition does not hold. */
  current: { -readonly [Key in keyof Alert]: Alert[Key] } | undefined
  private readonly splitter: IntervalSplitter
  private readonly window: SlidingWindow

  constructor(rule: AlertRule) {
    this.rule = rule
    const metric = rule.kind === 'metric' ? rule.expression.metric : undefined
    this.splitter = new IntervalSplitter(metric ? [metric] : [])
    this.window = new SlidingWindow(metric?.unit ?? 'count', rule.windowMs)
  }

  /** Takes the numbers until `toMs`; returns the value of the window, null when nothing can be said. */
  next(toMs: number, recorder: Recorder, read: ReadGauge): number | null {
    const { rule } = this
    const { total } = recorder
    const interval = this.splitter.next(
      toMs,
      { ...total.counters, ...recorder.runCounters },
      (metric) => recorder.runHistogramOf(metric) ?? total.histogramOf(metric),
    )
    this.window.add({
      ...interval,
      samples: rule.kind === 'metric' ? interval.samples(rule.expression.metric.name) : undefined,
      gauge: rule.kind === 'gauge' ? read(rule.gauge) : null,
    })
    return this.value(toMs)
  }

  private value(toMs: number): number | null {
    const { rule } = this
    const { first, counters, inFlight, histogram, peak } = this.window
    const lengthMs = toMs - (first?.fromMs ?? toMs)
    const operator = rule.kind === 'metric' ? rule.expression.operator : rule.operator
    // That something is too low can be said of a whole window only.
    if (!(operator === '>' || operator === '>=') && lengthMs < rule.windowMs * 0.95) return null
    if (rule.kind === 'gauge') return peak
    const evidence = windowEvidence(counters, inFlight, lengthMs, () => histogram)
    const { observed, samples } = measure(rule.expression, evidence)
    return rule.expression.metric.kind === 'share' && samples < MIN_OF_SHARE ? null : observed
  }
}

/** The alerts of one run. */
export class AlertWatch {
  /** What was raised, in the order in which it began. */
  readonly raised: Alert[] = []
  private readonly watched: readonly Watched[]
  private readonly memoryBytes: number
  private readonly usedBytes: () => number

  /** `memoryBytes`: what this machine or container lets burn use; `usedBytes` returns what it uses. */
  constructor(rules: readonly AlertRule[], memoryBytes: number, usedBytes = () => process.memoryUsage.rss()) {
    this.memoryBytes = memoryBytes
    this.usedBytes = usedBytes
    this.watched = rules.map((rule) => new Watched(rule))
  }

  /** The alerts that go on now. */
  get current(): readonly Alert[] {
    return this.watched.flatMap(({ current }) => current ?? [])
  }

  /** Looks at what happened until `atMs`, in ms since the run began. */
  feed(atMs: number, { recorder, queued }: Watchable): void {
    const read = (gauge: Gauge) => {
      if (gauge === 'in_flight') return recorder.timeline.latest?.peakInFlight ?? null
      return gauge === 'queued' ? queued() : this.usedBytes() / this.memoryBytes
    }
    for (const one of this.watched) {
      const value = one.next(atMs, recorder, read)
      // A target that has stopped to answer ends no alert: what will come of the attempts in flight is not known yet.
      if (value !== null || recorder.inFlight === 0) this.judge(one, Math.round(atMs), value)
    }
  }

  private judge(one: Watched, atMs: number, value: number | null): void {
    const { rule, current } = one
    const { operator, limit } = rule.kind === 'metric' ? rule.expression : rule
    const isOn = value !== null && holds(value, operator, limit)
    if (isOn && current) {
      const isLow = operator === '<' || operator === '<='
      current.worst = isLow ? Math.min(current.worst, value) : Math.max(current.worst, value)
    } else if (isOn) {
      one.current = { alert: rule.text, fromMs: atMs, untilMs: null, worst: value, unit: unitOf(rule) }
      if (this.raised.length < MAX_KEPT) this.raised.push(one.current)
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
