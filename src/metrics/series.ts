/** The accumulators of one slice of the run: a step, a phase, the whole. Memory is fixed however many attempts it holds. */
import { isBlockWord } from '../blocking.ts'
import type { Exchange } from '../exchange.ts'
import type { Counts, Distribution, Slice, TokenTotals } from '../result/schema.ts'
import { ATTEMPT_DISTRIBUTIONS, CATALOGUE } from './catalogue.ts'
import { isAuthFailure, isTimeout } from './failure-kinds.ts'
import { Histogram } from './histogram.ts'
import { censoredOf, NO_TALLY, runValue, type Tally } from './threshold/tally.ts'

const MEASURED = ATTEMPT_DISTRIBUTIONS
const ITL = 'itl'

/** Sum of counts that may be unknown: null until one is known. */
class Total {
  value: number | null = null
  add(count: number | null): void {
    if (count !== null) this.value = (this.value ?? 0) + count
  }
}

/** How an attempt did beyond its outcome. */
export interface Judgement {
  /** It is the attempt of a message step, whose reply is to say something. */
  readonly message?: boolean
  /** Every objective was met; false for any attempt that is not ok. */
  readonly good: boolean
  readonly checksPassed: number
  readonly checksFailed: number
  /** It ended before the end of the load, so it counts for rates. */
  readonly inWindow: boolean
}

type Counting = { -readonly [K in keyof Tally]: Tally[K] }

/** What belongs to no slice: connections, and whole iterations. */
export const OF_RUN: readonly string[] = [
  'connections_opened',
  'connections_failed',
  'connections_lost',
  'lost_in_flight',
  'reconnects',
  'failed_iterations',
  'expired_iterations',
]
/** Shares and counts are of all attempts; rates are of what happened before the end of the load. */
const RUN_METRICS = CATALOGUE.filter((metric) => metric.kind !== 'distribution' && !OF_RUN.includes(metric.name))

export class Series {
  private readonly all: Counting = { ...NO_TALLY }
  private readonly inWindow: Counting = { ...NO_TALLY }
  /** Gaps of itl that are 0 because several pieces came in one delivery. */
  gapsTogether = 0
  private hasOutputTokens = false
  private readonly input = new Total()
  private readonly cached = new Total()
  private readonly output = new Total()
  private readonly reasoning = new Total()
  private readonly sources = new Map<string, number>()
  private readonly histograms = MEASURED.map((metric) => new Histogram(metric.unit))
  private readonly itl = new Histogram('ms')
  private readonly failedService = new Histogram('ms')
  private readonly leftOut = new Float64Array(MEASURED.length)

  /** An attempt began. */
  start(): void {
    for (const tally of [this.all, this.inWindow]) {
      tally.started += 1
      tally.planned += 1
    }
  }

  /** Attempts were due and never started; `heldBack`: their user still waited for a reply. */
  drop(count: number, heldBack = false): void {
    for (const tally of [this.all, this.inWindow]) {
      tally.dropped += count
      tally.planned += count
      if (heldBack) tally.heldBack += count
    }
  }

  /** A step was not sent, for an earlier one of its iteration had failed. */
  skip(): void {
    for (const tally of [this.all, this.inWindow]) tally.skipped += 1
  }

  /** Folds one settled attempt in. */
  add(exchange: Exchange, judgement: Judgement): void {
    count(this.all, exchange, judgement)
    if (judgement.inWindow) count(this.inWindow, exchange, judgement)
    if (exchange.outcome === 'failed') this.addFailed(exchange)
    else if (exchange.outcome === 'ok') this.addOk(exchange)
  }

  private addFailed(exchange: Exchange): void {
    if (!Number.isNaN(exchange.sentAt)) this.failedService.record(exchange.endedAt - exchange.sentAt)
  }

  private addOk(exchange: Exchange): void {
    for (let i = 0; i < MEASURED.length; i += 1) {
      const value = MEASURED[i]?.of?.(exchange)
      if (value === undefined) this.leftOut[i] = (this.leftOut[i] ?? 0) + 1
      else this.histograms[i]?.record(value)
    }
    for (const gap of exchange.gapsMs) {
      this.itl.record(gap)
      if (gap === 0) this.gapsTogether += 1
    }
    this.addUsage(exchange)
  }

  private addUsage(exchange: Exchange): void {
    const usage = exchange.usage
    if (!usage) return
    this.input.add(usage.inputTokens)
    this.cached.add(usage.cachedInputTokens)
    this.output.add(usage.outputTokens)
    this.hasOutputTokens ||= usage.outputTokens !== null
    this.reasoning.add(usage.reasoningTokens)
    this.sources.set(usage.source, (this.sources.get(usage.source) ?? 0) + 1)
  }

  /** planned = ok + failed + cut + dropped holds once nothing is in flight. */
  get counts(): Counts {
    const { planned, started, ok, failed, cut, dropped, skipped } = this.all
    return { planned, started, ok, failed, cut, dropped, ...(skipped > 0 ? { skipped } : {}) }
  }

  /** Attempts under way. */
  get inFlight(): number {
    const { started, ok, failed, cut } = this.all
    return started - ok - failed - cut
  }

  /** All that shares and rates are formed from, as it stands. */
  get tally(): Tally {
    return { ...this.all }
  }

  /** The same, of what happened before the end of the load: rates are formed from it. */
  get windowTally(): Tally {
    return { ...this.inWindow }
  }

  /** The histogram of a distribution, for live judging; undefined for other metrics. */
  histogramOf(metric: string): Histogram | undefined {
    if (metric === ITL) return this.itl
    return this.histograms[MEASURED.findIndex((m) => m.name === metric)]
  }

  /** Rates and shares over `windowMs`; null where nothing was counted. */
  values(windowMs: number): Record<string, number | null> {
    const runValueOf = ({ name, kind }: (typeof RUN_METRICS)[number]) => {
      if (name === 'output_token_rate' && !this.hasOutputTokens) return null
      return runValue(name, kind === 'rate' ? this.inWindow : this.all, windowMs)
    }
    return Object.fromEntries(RUN_METRICS.map((metric) => [metric.name, runValueOf(metric)]))
  }

  private tokenTotals(): TokenTotals {
    return {
      input: this.input.value,
      cachedInput: this.cached.value,
      output: this.output.value,
      reasoning: this.reasoning.value,
      sources: Object.fromEntries(this.sources),
    }
  }

  private distributions(): Record<string, Distribution> {
    const all = MEASURED.map((metric, i) => [metric.name, this.histograms[i], this.leftOut[i] ?? 0] as const)
    const withItl = [...all, [ITL, this.itl, 0] as const]
    return Object.fromEntries(
      withItl.flatMap(([name, h, leftOut]) => (h && h.count > 0 ? [[name, h.toDistribution(leftOut)]] : [])),
    )
  }

  /** The slice as it stands in the result. */
  toSlice(windowMs: number): Slice {
    const censored = censoredOf(this.all)
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

function count(tally: Counting, exchange: Exchange, { good, checksPassed, checksFailed, message = false }: Judgement): void {
  tally.bytesSent += exchange.bytesSent
  tally.bytesReceived += exchange.bytesReceived
  tally.checksHeld += checksPassed
  tally.checksMade += checksPassed + checksFailed
  if (exchange.outcome === 'cut') countCut(tally, exchange)
  else if (exchange.outcome === 'failed') countFailed(tally, exchange, message)
  else {
    tally.ok += 1
    if (good) tally.good += 1
    tally.outputTokens += exchange.usage?.outputTokens ?? 0
    if (message && exchange.replied) countReply(tally, exchange)
  }
}

function countFailed(tally: Counting, exchange: Exchange, message: boolean): void {
  const { failure } = exchange
  tally.failed += 1
  if (isTimeout(exchange)) tally.timeouts += 1
  if (isAuthFailure(exchange)) tally.authFailures += 1
  if (message && (failure?.class === 'blocked' || isBlockWord(failure?.code ?? ''))) tally.failedBlocked += 1
}

function countReply(tally: Counting, { warnings }: Exchange): void {
  tally.replies += 1
  if (warnings.includes('empty_reply')) tally.repliesEmpty += 1
  if (warnings.includes('text_not_found')) tally.repliesUnread += 1
  if (warnings.includes('blocked')) tally.repliesBlocked += 1
}

function countCut(tally: Counting, { firstByteAt, firstTokenAt, firstOutputAt }: Exchange): void {
  tally.cut += 1
  if (Number.isNaN(firstByteAt)) tally.cutBeforeFirstByte += 1
  if (Number.isNaN(firstTokenAt)) tally.cutBeforeFirstToken += 1
  if (Number.isNaN(firstOutputAt)) tally.cutBeforeFirstOutput += 1
}
