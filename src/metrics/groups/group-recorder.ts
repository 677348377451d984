import { atOnce, type Pieces } from '../../pieces.ts'
import type { Counts, Distribution, GroupMetrics } from '../../result/schema.ts'
import { type Counters, countersSince, countsOf, storedCounters } from '../counts/counters.ts'
import { Histogram, type MadeDistributions } from '../histogram/histogram.ts'
import { ATTEMPT_DISTRIBUTIONS, COUNTED_METRICS, type CountedMetric, countedValue } from './catalogue.ts'
import { Measurements } from './measurements.ts'
import type { PendingSlices } from './slice.ts'

const COUNTED = COUNTED_METRICS.filter(({ ofRun }) => !ofRun)

/** The numbers of the attempts in a group that no disturbance of burn's process may have affected. */
interface CleanPart {
  readonly counters: Counters
  histogramOf(metric: string): Histogram | undefined
}

/**
 * Subtracts the tainted attempts from all counters of a group. They are counted as tainted only when they end, so that as many were planned and
 * started.
 */
function withoutTainted(all: Counters, tainted: Counters): Counters {
  const ended = tainted.ok + tainted.failed + tainted.cut
  return countersSince(all, { ...tainted, planned: ended, started: ended })
}

/**
 * Collects the metrics of one group of attempts, such as those of a step. Counts and error rates include all attempts; rates per second leave out
 * what happened after the end of the load, when only the last attempts are finished.
 */
export class GroupRecorder {
  private readonly measured = new Measurements()
  /** What was added to the group since it became unchangeable for reading in pieces (`hold`); undefined when nothing was. */
  private news: Measurements | undefined
  private tainted: GroupRecorder | undefined
  private readonly pending: PendingSlices | undefined

  /** Makes an empty group. `pending` holds the slices whose attempts still have to be added to the group before it is read. */
  constructor(pending?: PendingSlices) {
    this.pending = pending
  }

  /** The measurements to which attempts are added: the group's own or, while it is held for reading, those kept apart. */
  get receiving(): Measurements {
    if (this.pending?.isHeld) this.news ??= new Measurements()
    return this.news ?? this.measured
  }

  /** Ends a hold, during which the group is read in pieces: merges what was added meanwhile. */
  settle(): void {
    if (this.news) this.measured.merge(this.news)
    this.news = undefined
    this.tainted?.settle()
  }

  /** The part of the group's attempts that a disturbance of burn's process may have affected; the group includes them as well. */
  get taintedPart(): GroupRecorder {
    this.tainted ??= new GroupRecorder(this.pending)
    return this.tainted
  }

  /** Adds the stored metrics of a group from another result. @throws InputError when a histogram is damaged */
  addStored(stored: GroupMetrics): void {
    this.measured.addStored(stored)
    if (stored.tainted) this.taintedPart.receiving.addTainted(stored.tainted)
  }

  private get current(): Measurements {
    this.pending?.flush()
    if (!this.news) return this.measured
    const both = new Measurements()
    both.merge(this.measured)
    both.merge(this.news)
    return both
  }

  /** The numbers of attempts by outcome. When none is in flight, planned = ok + failed + cut + dropped. */
  get counts(): Counts {
    return countsOf(this.counters)
  }

  /** Number of attempts that have started and not ended. */
  get inFlight(): number {
    const { started, ok, failed, cut } = this.counters
    return started - ok - failed - cut
  }

  /** Number of gaps between tokens (itl) that are 0 because several pieces of a reply came in one delivery. */
  get gapsTogether(): number {
    return this.current.gapsTogether
  }

  /** A copy of the counters of the group over the whole run, from which its shares and counts are computed. */
  get counters(): Counters {
    return { ...this.current.counters }
  }

  /** A copy of the counters of what happened before the end of the load, from which rates are computed. */
  get windowCounters(): Counters {
    return windowCountersOf(this.current)
  }

  /** Returns the histogram of a metric with percentiles; undefined for other metrics. */
  histogramOf(metric: string): Histogram | undefined {
    return this.current.histogramOf(metric)
  }

  /**
   * Returns the histogram of a metric as `histogramOf` does, but without the values that were added since the group was held for reading in pieces.
   */
  heldHistogramOf(metric: string): Histogram | undefined {
    return this.measured.histogramOf(metric)
  }

  /** The numbers of the attempts that no disturbance may have affected; undefined when no attempt was affected. */
  get clean(): CleanPart | undefined {
    const { current } = this
    const tainted = this.tainted?.current
    if (!tainted) return undefined
    return {
      counters: withoutTainted(current.counters, tainted.counters),
      histogramOf: (metric) => {
        const [all, late] = [current.histogramOf(metric), tainted.histogramOf(metric)]
        if (!all || !late) return all
        const clean = new Histogram(all.unit)
        clean.addSparse(all.since(late))
        return clean
      },
    }
  }

  /** Returns the value of a share, count or rate; null when it is not known. A rate is per second of `windowMs`. */
  value(metric: CountedMetric, windowMs: number): number | null {
    return valueIn(this.current, metric, windowMs)
  }

  /** Returns the values of all shares, counts and rates that groups have, by name of metric; null for one that is not known. */
  values(windowMs: number): Record<string, number | null> {
    return valuesIn(this.current, windowMs)
  }

  /** Returns the metrics of the group in the form in which a result file holds them. Rates are per second of `windowMs`. */
  toMetrics(windowMs: number): GroupMetrics {
    this.pending?.flush()
    return atOnce(this.metrics(windowMs))
  }

  /**
   * Makes the metrics of a group. The group must be held meanwhile, so that nothing is added to it. Each piece of work makes one distribution;
   * distributions in `made` are reused.
   */
  *metrics(windowMs: number, made?: MadeDistributions): Pieces<GroupMetrics> {
    const { measured } = this
    const distributions = yield* measured.distributions(made)
    return stored(measured, windowMs, distributions, yield* this.taintedPieces(made))
  }

  private *taintedPieces(made?: MadeDistributions): Pieces<GroupMetrics['tainted']> {
    const measured = this.tainted?.measured
    return measured && taintedMetrics(measured, yield* measured.distributions(made))
  }
}

function windowCountersOf({ counters, afterLoad }: Measurements): Counters {
  return countersSince(counters, afterLoad)
}

function valueIn(measured: Measurements, metric: CountedMetric, windowMs: number): number | null {
  if (metric.kind !== 'rate') return countedValue(metric, measured.counters, windowMs)
  const isUnknown = metric.isKnown?.(measured.tokenTotals(), measured.counters) === false
  return isUnknown ? null : countedValue(metric, windowCountersOf(measured), windowMs)
}

function valuesIn(measured: Measurements, windowMs: number): Record<string, number | null> {
  return Object.fromEntries(COUNTED.map((metric) => [metric.name, valueIn(measured, metric, windowMs)]))
}

/** For each latency, the number of attempts without a value because the run ended before; latencies with none are left out. */
function censoredIn(counters: Counters): Record<string, number> {
  const lost = ATTEMPT_DISTRIBUTIONS.map((metric) => [metric.name, metric.censored?.(counters) ?? 0] as const)
  return Object.fromEntries(lost.filter(([, count]) => count > 0))
}

function stored(
  measured: Measurements,
  windowMs: number,
  distributions: Record<string, Distribution>,
  tainted: GroupMetrics['tainted'],
): GroupMetrics {
  const { counters, gapsTogether, failedService } = measured
  const censored = censoredIn(counters)
  const afterLoad = storedCounters(measured.afterLoad)
  return {
    counts: countsOf(counters),
    windowMs,
    values: valuesIn(measured, windowMs),
    counters: storedCounters(counters),
    ...(Object.keys(afterLoad).length > 0 ? { countersAfterLoad: afterLoad } : {}),
    distributions,
    ...(Object.keys(censored).length > 0 ? { censored } : {}),
    ...(gapsTogether > 0 ? { gapsTogether } : {}),
    ...(failedService.count > 0 ? { failedServiceTime: failedService.toDistribution(0) } : {}),
    ...(tainted && { tainted }),
    tokens: measured.tokenTotals(),
    ...(measured.serverSources.size === 0 ? {} : { serverTimes: Object.fromEntries(measured.serverSources) }),
    bytesSent: counters.bytesSent,
    bytesReceived: counters.bytesReceived,
  }
}

/** Returns the metrics of the tainted attempts for the result; undefined when none of them has ended. */
function taintedMetrics(
  { counters: { ok, failed, cut } }: Measurements,
  distributions: Record<string, Distribution>,
): GroupMetrics['tainted'] {
  return ok + failed + cut === 0 ? undefined : { ok, failed, cut, distributions }
}
