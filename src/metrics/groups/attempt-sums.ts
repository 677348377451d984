import { isInjected } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { TokenTotals } from '../../result/schema.ts'
import { type AttemptEvaluation, addTo, countAttempt, NO_COUNTERS, type OpenCounters } from '../counts/counters.ts'
import { ATTEMPT_DISTRIBUTIONS, type AttemptDistribution, POOLED_DISTRIBUTIONS } from './catalogue.ts'

/**
 * The metrics that have one value or several for each attempt, such as `ttft`. Each group of attempts keeps a histogram for each of these metrics, at
 * the index that the metric has in this list.
 */
export const KEPT = [...ATTEMPT_DISTRIBUTIONS, ...POOLED_DISTRIBUTIONS]
/**
 * The index at which each group of attempts keeps the histogram of the service times of failed attempts. The indexes below it belong to the metrics
 * of ok attempts.
 */
export const FAILED_SERVICE = KEPT.length
/**
 * The metrics that are recorded for every ok attempt; the next three lists are recorded only for replies with tokens, with usage, or with times
 * reported by the server.
 */
const ALWAYS = recordedWith(undefined)
const WITH_TOKENS = recordedWith('tokens')
const WITH_USAGE = recordedWith('usage')
const WITH_SERVER_TIMES = recordedWith('serverTimes')
const POOLED = POOLED_DISTRIBUTIONS.map(({ each }, i) => ({ each, place: ATTEMPT_DISTRIBUTIONS.length + i }))

function recordedWith(needed: AttemptDistribution['needs']) {
  return ATTEMPT_DISTRIBUTIONS.flatMap(({ of, needs }, place) => (needs === needed ? [{ of, place }] : []))
}

/** Sums of token counts; each is null until a count is known. */
type Sums = { -readonly [Key in Exclude<keyof TokenTotals, 'sources'>]: number | null }

/** Adds a count to a sum; each may be unknown (null). */
const plus = (sum: number | null, count: number | null) => (count === null ? sum : (sum ?? 0) + count)

/**
 * Counts attempts, and records the metrics (such as `ttft`) of those that were ok. Subclasses store the values: in histograms, or in
 * lists of samples.
 */
export abstract class AttemptSums {
  readonly counters: OpenCounters = { ...NO_COUNTERS }
  /** Counts only what happened after the end of the load; these counts are included in `counters`. */
  readonly afterLoad: OpenCounters = { ...NO_COUNTERS }
  /** Number of gaps between tokens (itl) that are 0 because several pieces of the reply came in one delivery. */
  gapsTogether = 0
  protected tokens: Sums = { input: null, cachedInput: null, output: null, reasoning: null }
  protected readonly sources = new Map<string, number>()
  /** Number of replies that reported processing times, by the server that reported them. */
  readonly serverSources = new Map<string, number>()

  /** Stores one value of the metric at index `place` of `KEPT`, or a service time at `FAILED_SERVICE`. */
  protected abstract record(place: number, value: number): void

  /** Counts an attempt that begins; `count` is −1 to take one back that belongs to another group. */
  start(count = 1): void {
    this.counters.started += count
    this.counters.planned += count
  }

  /** Counts attempts that were planned and never started. `late` is true when their user was still waiting for an earlier reply. */
  drop(count: number, late = false): void {
    this.counters.dropped += count
    this.counters.planned += count
    if (late) this.counters.heldBack += count
  }

  /** Counts an attempt that was planned and that `rateLimit` of the scenario did not allow. */
  dropByLimit(): void {
    this.drop(1)
    this.counters.droppedByLimit += 1
  }

  /** Counts a step that was not sent because an earlier step of its iteration had failed. */
  skip(): void {
    this.counters.skipped += 1
  }

  /** Counts one attempt that has ended, and records its values. */
  add(exchange: Exchange, evaluation: AttemptEvaluation): void {
    countAttempt(this.counters, exchange, evaluation)
    if (!evaluation.inWindow) countAttempt(this.afterLoad, exchange, evaluation)
    if (exchange.outcome === 'ok') this.addOk(exchange)
    else if (exchange.outcome === 'failed' && !Number.isNaN(exchange.sentAt) && !isInjected(exchange.failure))
      this.record(FAILED_SERVICE, exchange.endedAt - exchange.sentAt)
  }

  private addOk(exchange: Exchange): void {
    this.recordAll(ALWAYS, exchange)
    if (!Number.isNaN(exchange.firstTokenAt)) {
      this.recordAll(WITH_TOKENS, exchange)
      for (const { each, place } of POOLED) this.recordEach(place, each(exchange))
      this.gapsTogether += zerosIn(exchange.gapsMs)
    }
    if (exchange.usage) {
      this.recordAll(WITH_USAGE, exchange)
      this.addUsage(exchange.usage)
    }
    if (exchange.serverTimes) {
      this.recordAll(WITH_SERVER_TIMES, exchange)
      for (const source of exchange.serverTimes.sources) this.addServerSource(source, 1)
    }
  }

  private recordAll(metrics: typeof ALWAYS, exchange: Exchange): void {
    for (let i = 0; i < metrics.length; i += 1) {
      const metric = metrics[i]
      const value = metric?.of(exchange)
      if (metric !== undefined && value !== undefined) this.record(metric.place, value)
    }
  }

  private recordEach(place: number, values: readonly number[]): void {
    for (let at = 0; at < values.length; at += 1) this.record(place, values[at] ?? Number.NaN)
  }

  private addUsage({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens, source }: NonNullable<Exchange['usage']>) {
    this.addTokens({ input: inputTokens, cachedInput: cachedInputTokens, output: outputTokens, reasoning: reasoningTokens })
    this.addSource(source, 1)
  }

  protected addTokens(more: Readonly<Sums>): void {
    const { tokens } = this
    tokens.input = plus(tokens.input, more.input)
    tokens.cachedInput = plus(tokens.cachedInput, more.cachedInput)
    tokens.output = plus(tokens.output, more.output)
    tokens.reasoning = plus(tokens.reasoning, more.reasoning)
  }

  protected addSource(source: string, count: number): void {
    this.sources.set(source, (this.sources.get(source) ?? 0) + count)
  }

  protected addServerSource(source: string, count: number): void {
    this.serverSources.set(source, (this.serverSources.get(source) ?? 0) + count)
  }

  /** Returns the sums of all reported token counts, and the number of attempts by source of their counts. */
  tokenTotals(): TokenTotals {
    return { ...this.tokens, sources: Object.fromEntries(this.sources) }
  }

  /** Adds the counters and sums of other attempts, but not the values of their metrics. */
  protected addSums({ counters, afterLoad, gapsTogether, tokens, sources, serverSources }: AttemptSums): void {
    addTo(this.counters, counters)
    addTo(this.afterLoad, afterLoad)
    this.gapsTogether += gapsTogether
    this.addTokens(tokens)
    for (const [source, count] of sources) this.addSource(source, count)
    for (const [source, count] of serverSources) this.addServerSource(source, count)
  }

  /** Sets all counters and sums to zero. */
  reset(): void {
    Object.assign(this.counters, NO_COUNTERS)
    Object.assign(this.afterLoad, NO_COUNTERS)
    this.gapsTogether = 0
    this.tokens = { input: null, cachedInput: null, output: null, reasoning: null }
    this.sources.clear()
    this.serverSources.clear()
  }
}

function zerosIn(values: readonly number[]): number {
  let zeros = 0
  for (let at = 0; at < values.length; at += 1) if (values[at] === 0) zeros += 1
  return zeros
}
