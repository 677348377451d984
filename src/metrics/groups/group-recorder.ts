import type { Exchange } from '../../exchange.ts'
import type { Counts, Distribution, GroupMetrics, TokenTotals } from '../../result/schema.ts'
import {
  type AttemptEvaluation,
  addCounters,
  type Counters,
  countAttempt,
  countersSince,
  countsOf,
  NO_COUNTERS,
  type OpenCounters,
  readCounters,
  storedCounters,
} from '../counts/counters.ts'
import { Histogram } from '../histogram/histogram.ts'
import { ATTEMPT_DISTRIBUTIONS, COUNTED_METRICS, type CountedMetric, countedValue, POOLED_DISTRIBUTIONS } from './catalogue.ts'

const MEASURED = ATTEMPT_DISTRIBUTIONS
const COUNTED = COUNTED_METRICS.filter(({ ofRun }) => !ofRun)

/** Sums of token counts; null until one is known. */
type Sums = { -readonly [Key in Exclude<keyof TokenTotals, 'sources'>]: number | null }

/** Adds a count that may be unknown. */
const plus = (sum: number | null, count: number | null) => (count === null ? sum : (sum ?? 0) + count)

/** Records the metrics of one group of attempts. Shares and counts cover all attempts; rates cover what happened before the end of the load. */
export class GroupRecorder {
  private readonly all: OpenCounters = { ...NO_COUNTERS }
  private readonly inWindow: OpenCounters = { ...NO_COUNTERS }
  /** Gaps of itl that are 0 because several pieces came in one delivery. */
  gapsTogether = 0
  private readonly tokens: Sums = { input: null, cachedInput: null, output: null, reasoning: null }
  private readonly sources = new Map<string, number>()
  private readonly histograms = MEASURED.map((metric) => new Histogram(metric.unit))
  private readonly pooled = POOLED_DISTRIBUTIONS.map((metric) => new Histogram(metric.unit))
  private readonly failedService = new Histogram('ms')
  private readonly leftOut = new Float64Array(MEASURED.length)

  /** Counts an attempt that begins. */
  start(): void {
    for (const counters of [this.all, this.inWindow]) {
      counters.started += 1
      counters.planned += 1
    }
  }

  /** Counts attempts that were planned and never started. `late` is true when their user was still waiting for an earlier reply. */
  drop(count: number, late = false): void {
    for (const counters of [this.all, this.inWindow]) {
      counters.dropped += count
      counters.planned += count
      if (late) counters.heldBack += count
    }
  }

  /** Counts a step that was not sent because an earlier step of its iteration had failed. */
  skip(): void {
    for (const counters of [this.all, this.inWindow]) counters.skipped += 1
  }

  /** Counts one attempt that has ended, and records its values. */
  add(exchange: Exchange, evaluation: AttemptEvaluation): void {
    countAttempt(this.all, exchange, evaluation)
    if (evaluation.inWindow) countAttempt(this.inWindow, exchange, evaluation)
    if (exchange.outcome === 'failed') this.addFailed(exchange)
    else if (exchange.outcome === 'ok') this.addOk(exchange)
  }

  private addFailed(exchange: Exchange): void {
    if (!Number.isNaN(exchange.sentAt)) this.failedService.record(exchange.endedAt - exchange.sentAt)
  }

  private addOk(exchange: Exchange): void {
    for (let i = 0; i < MEASURED.length; i += 1) {
      const value = MEASURED[i]?.of(exchange)
      if (value === undefined) this.leftOut[i] = (this.leftOut[i] ?? 0) + 1
      else this.histograms[i]?.record(value)
    }
    for (let i = 0; i < POOLED_DISTRIBUTIONS.length; i += 1)
      for (const value of POOLED_DISTRIBUTIONS[i]?.each(exchange) ?? []) this.pooled[i]?.record(value)
    for (const gap of exchange.gapsMs) if (gap === 0) this.gapsTogether += 1
    this.addUsage(exchange)
  }

  private addUsage(exchange: Exchange): void {
    const usage = exchange.usage
    if (!usage) return
    const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
    this.addTokens({ input: inputTokens, cachedInput: cachedInputTokens, output: outputTokens, reasoning: reasoningTokens })
    this.addSource(usage.source, 1)
  }

  private addTokens(more: Readonly<Sums>): void {
    const { tokens } = this
    tokens.input = plus(tokens.input, more.input)
    tokens.cachedInput = plus(tokens.cachedInput, more.cachedInput)
    tokens.output = plus(tokens.output, more.output)
    tokens.reasoning = plus(tokens.reasoning, more.reasoning)
  }

  private addSource(source: string, count: number): void {
    this.sources.set(source, (this.sources.get(source) ?? 0) + count)
  }

  /** Adds the stored metrics of a group from another result, to merge results. @throws InputError when a histogram is damaged */
  addStored(stored: GroupMetrics): void {
    const all = readCounters(stored.counters)
    const inWindow = countersSince(all, readCounters(stored.countersAfterLoad ?? {}))
    Object.assign(this.all, addCounters(this.all, all))
    Object.assign(this.inWindow, addCounters(this.inWindow, inWindow))
    for (const [i, { name }] of MEASURED.entries()) {
      const found = stored.distributions[name]
      addDistribution(this.histograms[i], found)
      // Without a sample there is no distribution: no ok attempt had a value.
      this.leftOut[i] = (this.leftOut[i] ?? 0) + (found?.leftOut ?? all.ok)
    }
    for (const [i, { name }] of POOLED_DISTRIBUTIONS.entries()) addDistribution(this.pooled[i], stored.distributions[name])
    addDistribution(this.failedService, stored.failedServiceTime)
    this.gapsTogether += stored.gapsTogether ?? 0
    this.addTokens(stored.tokens)
    for (const [source, count] of Object.entries(stored.tokens.sources)) this.addSource(source, count)
  }

  /** The numbers of attempts by outcome. When none is in flight, planned = ok + failed + cut + dropped. */
  get counts(): Counts {
    return countsOf(this.all)
  }

  /** The number of attempts that have started and not ended. */
  get inFlight(): number {
    const { started, ok, failed, cut } = this.all
    return started - ok - failed - cut
  }

  /** A copy of the counters of the whole run, from which shares and counts are computed. */
  get counters(): Counters {
    return { ...this.all }
  }

  /** A copy of the counters of what happened before the end of the load, from which rates are computed. */
  get windowCounters(): Counters {
    return { ...this.inWindow }
  }

  /** Returns the live histogram of a metric with percentiles; undefined for other metrics. */
  histogramOf(metric: string): Histogram | undefined {
    const named = ({ name }: { readonly name: string }) => name === metric
    return this.histograms[MEASURED.findIndex(named)] ?? this.pooled[POOLED_DISTRIBUTIONS.findIndex(named)]
  }

  /** Returns the value of a share, count or rate; null when it is not known. A rate is per second of `windowMs`. */
  value(metric: CountedMetric, windowMs: number): number | null {
    if (metric.kind !== 'rate') return countedValue(metric, this.all, windowMs)
    return metric.isKnown?.(this.tokenTotals()) === false ? null : countedValue(metric, this.inWindow, windowMs)
  }

  /** Returns the values of all shares, counts and rates that groups have, by name of metric; null for one that is not known. */
  values(windowMs: number): Record<string, number | null> {
    return Object.fromEntries(COUNTED.map((metric) => [metric.name, this.value(metric, windowMs)]))
  }

  private tokenTotals(): TokenTotals {
    return { ...this.tokens, sources: Object.fromEntries(this.sources) }
  }

  private distributions(): Record<string, Distribution> {
    const attempts = MEASURED.map(({ name }, i) => [name, this.histograms[i], this.leftOut[i] ?? 0] as const)
    const pooled = POOLED_DISTRIBUTIONS.map(({ name }, i) => [name, this.pooled[i], 0] as const)
    return Object.fromEntries(
      [...attempts, ...pooled].flatMap(([name, h, leftOut]) => (h && h.count > 0 ? [[name, h.toDistribution(leftOut)]] : [])),
    )
  }

  /** By latency: attempts missing from it because the run ended first; latencies that miss none are left out. */
  private censored(): Record<string, number> {
    const lost = MEASURED.map((metric) => [metric.name, metric.censored?.(this.all) ?? 0] as const)
    return Object.fromEntries(lost.filter(([, count]) => count > 0))
  }

  /** Returns the metrics of the group in the form in which a result file holds them. Rates are per second of `windowMs`. */
  toMetrics(windowMs: number): GroupMetrics {
    const censored = this.censored()
    const afterLoad = storedCounters(countersSince(this.all, this.inWindow))
    return {
      counts: this.counts,
      windowMs,
      values: this.values(windowMs),
      counters: storedCounters(this.all),
      ...(Object.keys(afterLoad).length > 0 ? { countersAfterLoad: afterLoad } : {}),
      distributions: this.distributions(),
      ...(Object.keys(censored).length > 0 ? { censored } : {}),
      ...(this.gapsTogether > 0 ? { gapsTogether: this.gapsTogether } : {}),
      ...(this.failedService.count > 0 ? { failedServiceTime: this.failedService.toDistribution(0) } : {}),
      tokens: this.tokenTotals(),
      bytesSent: this.all.bytesSent,
      bytesReceived: this.all.bytesReceived,
    }
  }
}

function addDistribution(histogram: Histogram | undefined, stored: Distribution | undefined): void {
  if (stored) histogram?.merge(Histogram.of(stored))
}
