/** The accumulators of one group of attempts: a step, a phase, the whole run. Memory is fixed however many attempts it holds. */
import type { Exchange } from '../exchange.ts'
import type { Counts, Distribution, GroupMetrics, TokenTotals } from '../result/schema.ts'
import { ATTEMPT_DISTRIBUTIONS, COUNTED_METRICS, type CountedMetric, countedValue, POOLED_DISTRIBUTIONS } from './catalogue.ts'
import { type Counters, countAttempt, countsOf, type Judgement, NO_COUNTERS, type OpenCounters } from './counters.ts'
import { Histogram } from './histogram.ts'

const MEASURED = ATTEMPT_DISTRIBUTIONS
const COUNTED = COUNTED_METRICS.filter(({ ofRun }) => !ofRun)

/** Sums of token counts; null until one is known. */
type Sums = { -readonly [Key in Exclude<keyof TokenTotals, 'sources'>]: number | null }

/** Adds a count that may be unknown. */
const plus = (sum: number | null, count: number | null) => (count === null ? sum : (sum ?? 0) + count)

/** Shares and counts are of all attempts; rates are of what happened before the end of the load. */
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

  /** An attempt began. */
  start(): void {
    for (const counters of [this.all, this.inWindow]) {
      counters.started += 1
      counters.planned += 1
    }
  }

  /** Attempts were due and never started; `heldBack`: their user still waited for a reply. */
  drop(count: number, heldBack = false): void {
    for (const counters of [this.all, this.inWindow]) {
      counters.dropped += count
      counters.planned += count
      if (heldBack) counters.heldBack += count
    }
  }

  /** A step was not sent, for an earlier one of its iteration had failed. */
  skip(): void {
    for (const counters of [this.all, this.inWindow]) counters.skipped += 1
  }

  /** Folds one settled attempt in. */
  add(exchange: Exchange, judgement: Judgement): void {
    countAttempt(this.all, exchange, judgement)
    if (judgement.inWindow) countAttempt(this.inWindow, exchange, judgement)
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
    const { tokens } = this
    tokens.input = plus(tokens.input, usage.inputTokens)
    tokens.cachedInput = plus(tokens.cachedInput, usage.cachedInputTokens)
    tokens.output = plus(tokens.output, usage.outputTokens)
    tokens.reasoning = plus(tokens.reasoning, usage.reasoningTokens)
    this.sources.set(usage.source, (this.sources.get(usage.source) ?? 0) + 1)
  }

  /** planned = ok + failed + cut + dropped holds once nothing is in flight. */
  get counts(): Counts {
    return countsOf(this.all)
  }

  /** Attempts under way. */
  get inFlight(): number {
    const { started, ok, failed, cut } = this.all
    return started - ok - failed - cut
  }

  /** All that shares and counts are formed from, as it stands. */
  get counters(): Counters {
    return { ...this.all }
  }

  /** The same, of what happened before the end of the load: rates are formed from it. */
  get windowCounters(): Counters {
    return { ...this.inWindow }
  }

  /** The histogram of a distribution, for live judging; undefined for other metrics. */
  histogramOf(metric: string): Histogram | undefined {
    const named = ({ name }: { readonly name: string }) => name === metric
    return this.histograms[MEASURED.findIndex(named)] ?? this.pooled[POOLED_DISTRIBUTIONS.findIndex(named)]
  }

  /** A share, count or rate over `windowMs`; null where nothing was counted. */
  value(metric: CountedMetric, windowMs: number): number | null {
    if (metric.kind !== 'rate') return countedValue(metric, this.all, windowMs)
    return metric.isKnown?.(this.tokenTotals()) === false ? null : countedValue(metric, this.inWindow, windowMs)
  }

  /** All shares, counts and rates that are counted by group. */
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

  /** By latency: attempts that it lost to the end of the run; those that lost none are left out. */
  private censored(): Record<string, number> {
    const lost = MEASURED.map((metric) => [metric.name, metric.censored?.(this.all) ?? 0] as const)
    return Object.fromEntries(lost.filter(([, count]) => count > 0))
  }

  /** The metrics as they stand in the result. */
  toMetrics(windowMs: number): GroupMetrics {
    const censored = this.censored()
    return {
      counts: this.counts,
      windowMs,
      values: this.values(windowMs),
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
