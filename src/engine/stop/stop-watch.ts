/** Evaluates the `stopWhen` rules of a scenario once a second, and keeps the figures with which each was met. */
import { findMetric } from '../../metrics/groups/catalogue.ts'
import type { SparseHistogram } from '../../metrics/histogram/histogram.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { type Saturation, SaturationTest } from '../../metrics/stop/saturated.ts'
import { SettlingTest } from '../../metrics/stop/settled.ts'
import { selectorKey, type Threshold, type ThresholdExpression } from '../../metrics/threshold/threshold.ts'
import { formatValue } from '../../metrics/threshold/words.ts'
import type { Result, ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { StopRule } from '../../scenario/schema/blocks/stop-when.ts'
import { formatGrouped, formatMs } from '../../text/units.ts'
import { SelectedIntervals } from '../watch/index.ts'

/** The outcome of one `stopWhen` rule in a result: when it was met, and by which values. For a rule that was not met, the time is null. */
export type StopFinding = NonNullable<Result['stopWhen']>[number]

/**
 * The new numbers on which the rules of `stopWhen` are evaluated: everything counted and measured since the last evaluation, by one process of a run
 * or by all of them together.
 */
export interface StopNews {
  /** When the numbers were read, in ms since the run began. */
  readonly atMs: number
  /** Number of attempts in flight (the mean of the last second) plus arrivals that wait for a free user. */
  readonly inFlight: number
  /** The new samples of each metric that the rules follow, in the order of `followed`; undefined for a metric without new samples. */
  readonly samples: readonly (SparseHistogram | undefined)[]
}

/** The facts about the run at the moment at which the `stopWhen` rules are evaluated. */
interface Second {
  /** Index of the load phase that was under way at that moment. */
  readonly phase: number
  /** Length of the time that the numbers cover, in ms. */
  readonly lengthMs: number
  /** Returns the results of the thresholds so far, in the order of the plan. */
  readonly soFar: () => readonly (ThresholdResult | undefined)[]
}

/**
 * One `stopWhen` rule and the functions that evaluate it. `next` takes the new numbers of a second of a measured phase, and returns the figures once
 * the rule is met.
 */
interface WatchedRule {
  readonly rule: StopRule
  readonly next: (news: StopNews, second: Second) => Pick<StopFinding, 'figures' | 'text'> | undefined
  readonly reset: () => void
  found: StopFinding | undefined
}

/** Evaluates the `stopWhen` rules of a plan, which may end the run early. */
export class StopWatch {
  private readonly plan: Plan
  private readonly recorder: Recorder
  private readonly watched: readonly WatchedRule[]
  /** The metrics whose samples the `stopWhen` rules need. */
  private readonly followed: { readonly name: string; readonly intervals: SelectedIntervals }[] = []
  private phase = -1
  /** End of the time that was evaluated last, in ms since the run began. */
  private toMs = 0

  constructor(plan: Plan, recorder: Recorder) {
    this.plan = plan
    this.recorder = recorder
    this.watched = plan.stopWhen.map((rule) => (rule.when === 'saturated' ? this.saturated(rule) : this.settled(rule)))
  }

  /** Returns the outcome of each `stopWhen` rule, in the order of the scenario; `metAtMs` is null for a rule that was not met. */
  read(): StopFinding[] {
    return this.watched.map(
      ({ rule: { when, mode }, found }) => found ?? { when, mode, metAtMs: null, ended: false, text: 'was not met', figures: {} },
    )
  }

  /** The outcome of the `stopWhen` rule that ended the run; undefined when none did. */
  get ended(): StopFinding | undefined {
    return this.watched.find(({ found }) => found?.ended)?.found
  }

  /**
   * Returns the new numbers of this process for all `stopWhen` rules; `queued` is the number of arrivals that wait for a free user. Undefined without
   * rules.
   */
  news(atMs: number, queued: number): StopNews | undefined {
    if (this.watched.length === 0) return undefined
    const inFlight = (this.recorder.timeline.latest?.inFlight ?? 0) + queued
    return { atMs, inFlight, samples: this.followed.map(({ name, intervals }) => intervals.next(atMs)?.samples(name)) }
  }

  /**
   * Evaluates the `stopWhen` rules with the new numbers of this process, or of all processes of the run. Returns the outcome of a rule that ends the
   * run now.
   */
  take(news: StopNews, { phase, soFar }: Omit<Second, 'lengthMs'>): StopFinding | undefined {
    const { atMs } = news
    const second = { phase, soFar, lengthMs: atMs - this.toMs }
    this.toMs = atMs
    if (this.ended || this.plan.phases[phase]?.warmup !== false) return undefined
    if (phase !== this.phase) for (const { reset } of this.watched) reset()
    this.phase = phase
    for (const one of this.watched) {
      const seen = one.next(news, second)
      if (!seen || one.found) continue
      const { when, mode } = one.rule
      one.found = { when, mode, metAtMs: Math.round(atMs), ended: mode === 'enforce', ...seen }
      if (one.found.ended) return one.found
    }
    return undefined
  }

  /** Records that another process has ended the run because of a `stopWhen` rule, which it evaluated on the numbers of all processes. */
  endedBy(found: StopFinding): void {
    const own = this.watched.find(({ rule }) => rule.when === found.when && rule.mode === found.mode)
    if (own) own.found = found
  }

  /** Adds a metric to those whose samples `news` reads. Returns the index of its samples. */
  private follow(metric: Pick<ThresholdExpression, 'metric' | 'tags'>): number {
    this.followed.push({ name: metric.metric.name, intervals: new SelectedIntervals(metric, this.recorder) })
    return this.followed.length - 1
  }

  private saturated(rule: Extract<StopRule, { when: 'saturated' }>): WatchedRule {
    const { phases } = this.plan
    const test = new SaturationTest(rule.above)
    const [ttft, response] = [this.follow(knownMetric('ttft')), this.follow(knownMetric('response_time'))]
    // Of a target that sends no tokens the first is always empty.
    let name = 'response_time'
    const next = ({ inFlight, samples }: StopNews, { phase, lengthMs, soFar }: Second) => {
      // Users wait for their replies: when more are in flight, there are more users, as planned.
      if (phases[phase]?.load.model !== 'open') return undefined
      const tokens = samples[ttft]
      if (tokens && tokens.pairs.length > 0) name = 'ttft'
      const seen = test.add(lengthMs, inFlight, name === 'ttft' ? tokens : samples[response])
      if (!seen || (rule.failing && !isFailing(soFar()))) return undefined
      return { figures: { ...seen }, text: saturationText(seen, name) }
    }
    return { rule, next, reset: () => test.reset(), found: undefined }
  }

  private settled(rule: Extract<StopRule, { when: 'settled' }>): WatchedRule {
    const { plan } = this
    const last = plan.phases.length - 1
    const metrics = metricsOf(rule, plan.thresholds).map((one) => ({
      at: this.follow(one),
      watched: new SettlingWatch(one, rule.ci),
    }))
    const next = ({ samples }: StopNews, { phase, lengthMs, soFar }: Second) => {
      if (phase !== last) return undefined
      for (const { at, watched } of metrics) watched.test.add(lengthMs, samples[at])
      const known = metrics.flatMap(({ watched }) => watched.found ?? [])
      if (known.length < metrics.length || !areKnown(plan.thresholds, soFar())) return undefined
      return {
        figures: Object.assign({}, ...known.map(({ figures }) => figures)),
        text: known.map(({ text }) => text).join('; '),
      }
    }
    return { rule, next, reset: () => {}, found: undefined }
  }
}

/** One metric whose settling a `stopWhen` rule waits for. */
class SettlingWatch {
  private readonly metric: SettlingMetric
  readonly test: SettlingTest

  constructor(metric: SettlingMetric, share: number) {
    this.metric = metric
    this.test = new SettlingTest(metric.metric.unit, metric.p, share)
  }

  /** The figures of the metric once it has settled; undefined before. */
  get found(): Pick<StopFinding, 'figures' | 'text'> | undefined {
    const { settled } = this.test
    if (!settled) return undefined
    const { text, metric } = this.metric
    const { value, halfWidth, batches, batchMs } = settled
    // All batches of a value of 0 are 0.
    const width = `± ${halfWidth === 0 ? 0 : Number(((halfWidth / value) * 100).toPrecision(2))} %`
    return {
      figures: { [text]: value, [`${text} half_width`]: halfWidth, [`${text} batches`]: batches, [`${text} batch_ms`]: batchMs },
      text: `${text} ${formatValue(value, metric.unit)} ${width} over ${batches} batches of ${formatMs(batchMs)}`,
    }
  }
}

type SettlingMetric = Pick<Threshold, 'metric' | 'tags'> & { readonly text: string; readonly p: number | undefined }

/** Returns the metric that a `settled` rule names; if it names none, the metrics of the thresholds. */
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

type ThresholdResults = readonly (ThresholdResult | undefined)[]

/**
 * True when each threshold that can fail the run has enough samples for a result. Thresholds on scores of a judge are ignored, because they have
 * samples only after the load.
 */
function areKnown(thresholds: readonly Threshold[], results: ThresholdResults): boolean {
  return thresholds.every(({ severity, metric }, i) => {
    const result = results[i]
    if (severity !== 'fail' || metric.name.startsWith('judge_')) return true
    return result !== undefined && !result.fewSamples && (result.state === 'passed' || result.state === 'failed')
  })
}

const isFailing = (results: ThresholdResults): boolean =>
  results.some((result) => result?.severity === 'fail' && result.state === 'failed' && !result.fewSamples)

function knownMetric(name: string): Pick<ThresholdExpression, 'metric' | 'tags'> {
  const metric = findMetric(name)
  if (!metric) throw new RangeError(`there is no metric ${name}`)
  return { metric, tags: {} }
}

function saturationText({ inFlight, inFlightSlope, latencyMs, latencySlopeMs }: Saturation, name: string): string {
  const rises = (slope: number) => Number(slope.toPrecision(2))
  return `${formatGrouped(Math.round(inFlight))} in flight, ${rises(inFlightSlope)} more each second; ${name} ${formatMs(Math.round(latencyMs))}, ${rises(latencySlopeMs)}ms more each second`
}
