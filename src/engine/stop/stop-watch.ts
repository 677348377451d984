/** Evaluates the `stopWhen` rules of a scenario once a second, and keeps the figures with which each was met. */
import { findMetric } from '../../metrics/groups/catalogue.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { type Saturation, SaturationTest } from '../../metrics/stop/saturated.ts'
import { SettlingTest } from '../../metrics/stop/settled.ts'
import { selectorKey, type Threshold } from '../../metrics/threshold/threshold.ts'
import { formatValue } from '../../metrics/threshold/words.ts'
import type { Result, ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { formatGrouped, formatMs } from '../../text/units.ts'
import { SelectedIntervals } from '../watch/index.ts'

type StopRule = Plan['stopWhen'][number]
/** The outcome of one rule of `stopWhen` in a result: when it was met, and with which figures. */
export type StopFinding = NonNullable<Result['stopWhen']>[number]

/** The state of the run at the end of a second. */
interface Second {
  /** End of the second, in ms since the run began. */
  readonly atMs: number
  /** Index of the phase that goes on. */
  readonly phase: number
  /** Arrivals that wait for a free user. */
  readonly queued: number
  /** Returns the results of the thresholds so far, in the order of the plan. */
  readonly thresholds: () => readonly (ThresholdResult | undefined)[]
}

/** A rule, and the functions that evaluate it. `next` takes a second of a measured phase, and returns the figures when the rule is met. */
interface WatchedRule {
  readonly rule: StopRule
  readonly next: (second: Second, lengthMs: number) => Pick<StopFinding, 'figures' | 'text'> | undefined
  readonly reset: () => void
  found: StopFinding | undefined
}

/** Evaluates the `stopWhen` rules of a plan, which may end the run early. */
export class StopWatch {
  private readonly plan: Plan
  private readonly recorder: Recorder
  private readonly watched: readonly WatchedRule[]
  private phase = -1

  constructor(plan: Plan, recorder: Recorder) {
    this.plan = plan
    this.recorder = recorder
    this.watched = plan.stopWhen.map((rule) => (rule.when === 'saturated' ? this.saturated(rule) : this.settled(rule)))
  }

  /** Returns the outcome of each rule, in their order; `metAtMs` is null for a rule that was not met. */
  read(): StopFinding[] {
    return this.watched.map(
      ({ rule: { when, mode }, found }) => found ?? { when, mode, metAtMs: null, ended: false, text: 'was not met', figures: {} },
    )
  }

  /** The outcome of the rule that ended the run; undefined when none did. */
  get ended(): StopFinding | undefined {
    return this.watched.find(({ found }) => found?.ended)?.found
  }

  /** Evaluates the rules at the end of a second; returns the outcome of a rule that ends the run now. */
  feed(second: Second): StopFinding | undefined {
    if (this.watched.length === 0 || this.plan.phases[second.phase]?.warmup !== false) return undefined
    if (second.phase !== this.phase) for (const { reset } of this.watched) reset()
    this.phase = second.phase
    const lengthMs = this.recorder.timeline.latest?.lengthMs ?? 0
    for (const one of this.watched) {
      const seen = one.next(second, lengthMs)
      if (!seen || one.found) continue
      const { when, mode } = one.rule
      one.found = { when, mode, metAtMs: Math.round(second.atMs), ended: mode === 'enforce', ...seen }
      if (one.found.ended) return one.found
    }
    return undefined
  }

  private saturated(rule: Extract<StopRule, { when: 'saturated' }>): WatchedRule {
    const { recorder } = this
    const test = new SaturationTest(rule.above)
    const intervals = ['ttft', 'response_time'].map((name) => intervalsOf(name, recorder))
    // Of a target that sends no tokens the first is always empty.
    let name = 'response_time'
    const next = ({ atMs, queued, thresholds }: Second, lengthMs: number) => {
      const [ttft, response] = intervals.map((one) => one.next(atMs))
      const tokens = ttft?.samples('ttft')
      if (tokens && tokens.pairs.length > 0) name = 'ttft'
      const inFlight = (recorder.timeline.latest?.inFlight ?? 0) + queued
      const seen = test.add(lengthMs, inFlight, name === 'ttft' ? tokens : response?.samples('response_time'))
      if (!seen || (rule.failing && !isFailing(thresholds()))) return undefined
      return { figures: { ...seen }, text: saturationText(seen, name) }
    }
    return { rule, next, reset: () => test.reset(), found: undefined }
  }

  private settled(rule: Extract<StopRule, { when: 'settled' }>): WatchedRule {
    const { plan } = this
    const last = plan.phases.length - 1
    const metrics = metricsOf(rule, plan.thresholds).map((one) => new WatchedMetric(one, rule.ci, this.recorder))
    const next = ({ phase, atMs, thresholds }: Second, lengthMs: number) => {
      for (const one of metrics) one.add(atMs, lengthMs, phase === last)
      const known = metrics.flatMap(({ found }) => found ?? [])
      if (known.length < metrics.length || !areKnown(plan.thresholds, thresholds())) return undefined
      return {
        figures: Object.assign({}, ...known.map(({ figures }) => figures)),
        text: known.map(({ text }) => text).join('; '),
      }
    }
    return { rule, next, reset: () => {}, found: undefined }
  }
}

/** One metric that a rule `settled` follows. */
class WatchedMetric {
  private readonly metric: SettlingMetric
  private readonly test: SettlingTest
  private readonly intervals: SelectedIntervals

  constructor(metric: SettlingMetric, share: number, recorder: Recorder) {
    this.metric = metric
    this.test = new SettlingTest(metric.metric.unit, metric.p, share)
    this.intervals = new SelectedIntervals(metric, recorder)
  }

  /** Takes the samples until `atMs`, and ignores them when `counts` is false. */
  add(atMs: number, lengthMs: number, counts: boolean): void {
    const interval = this.intervals.next(atMs)
    if (counts) this.test.add(lengthMs, interval?.samples(this.metric.metric.name))
  }

  /** The figures of the metric once it has settled; undefined before. */
  get found(): Pick<StopFinding, 'figures' | 'text'> | undefined {
    const { settled } = this.test
    if (!settled) return undefined
    const { text, metric } = this.metric
    const { value, halfWidth, batches, batchMs } = settled
    const width = `± ${Number(((halfWidth / value) * 100).toPrecision(2))} %`
    return {
      figures: { [text]: value, [`${text} half_width`]: halfWidth, [`${text} batches`]: batches, [`${text} batch_ms`]: batchMs },
      text: `${text} ${formatValue(value, metric.unit)} ${width} over ${batches} batches of ${formatMs(batchMs)}`,
    }
  }
}

type SettlingMetric = Pick<Threshold, 'metric' | 'tags'> & { readonly text: string; readonly p: number | undefined }

/** Returns the metric that a rule names or, without one, those of the thresholds. */
function metricsOf({ metric }: Extract<StopRule, { when: 'settled' }>, thresholds: readonly Threshold[]): SettlingMetric[] {
  if (metric) return [{ ...metric, tags: {} }]
  const own = thresholds.flatMap(({ metric: one, aggregate, tags, severity }): SettlingMetric[] => {
    const isMeasured = one.kind === 'distribution' && (one.source === 'attempt' || one.source === 'pooled')
    const p = aggregate.kind === 'percentile' && aggregate.p > 0 && aggregate.p < 100 ? aggregate.p : undefined
    if (severity !== 'fail' || !isMeasured || (p === undefined && aggregate.kind !== 'avg')) return []
    const key = Object.keys(tags).length === 0 ? '' : `{${selectorKey(tags)}}`
    return [{ metric: one, tags, p, text: `${one.name}${key} ${p === undefined ? 'avg' : `p${p}`}` }]
  })
  if (own.length > 0) return [...new Map(own.map((one) => [one.text, one])).values()]
  const usual = findMetric('response_time')
  return usual ? [{ metric: usual, tags: {}, p: 95, text: 'response_time p95' }] : []
}

type Results = readonly (ThresholdResult | undefined)[]

/**
 * True when each threshold that can fail the run has enough samples. Thresholds on judges are ignored, because they have samples only after the load.
 */
function areKnown(thresholds: readonly Threshold[], results: Results): boolean {
  return thresholds.every(({ severity, metric }, i) => {
    const result = results[i]
    if (severity !== 'fail' || metric.name.startsWith('judge_')) return true
    return result !== undefined && !result.fewSamples && (result.state === 'passed' || result.state === 'failed')
  })
}

const isFailing = (results: Results): boolean =>
  results.some((result) => result?.severity === 'fail' && result.state === 'failed' && !result.fewSamples)

function intervalsOf(name: string, recorder: Recorder): SelectedIntervals {
  const metric = findMetric(name)
  if (!metric) throw new RangeError(`there is no metric ${name}`)
  return new SelectedIntervals({ metric, tags: {} }, recorder)
}

function saturationText({ inFlight, inFlightSlope, latencyMs, latencySlopeMs }: Saturation, name: string): string {
  const rises = (slope: number) => Number(slope.toPrecision(2))
  return `${formatGrouped(Math.round(inFlight))} in flight, ${rises(inFlightSlope)} more each second; ${name} ${formatMs(Math.round(latencyMs))}, ${rises(latencySlopeMs)}ms more each second`
}
