import type { Pieces } from '../../pieces.ts'
import type { Distribution, GroupMetrics } from '../../result/schema.ts'
import { addTo, NO_COUNTERS, readCounters } from '../counts/counters.ts'
import { Histogram, type MadeDistributions } from '../histogram/histogram.ts'
import type { SampleLog } from '../histogram/sample-log.ts'
import { AttemptSums, FAILED_SERVICE, KEPT } from './attempt-sums.ts'
import { ATTEMPT_DISTRIBUTIONS } from './catalogue.ts'

const PLACES: ReadonlyMap<string, number> = new Map(KEPT.map(({ name }, place) => [name, place]))

const ALL_PLACES = Array.from({ length: KEPT.length + 1 }, (_, place) => place)

/** The counters and histograms of a group of attempts. */
export class Measurements extends AttemptSums {
  private readonly places: readonly number[]
  private readonly histograms: (Histogram | undefined)[] = new Array<undefined>(KEPT.length + 1).fill(undefined)

  /** `metrics` names the metrics whose values are kept; left out: all metrics, and the service times of failed attempts. */
  constructor(metrics?: readonly string[]) {
    super()
    this.places = metrics?.flatMap((name) => PLACES.get(name) ?? []) ?? ALL_PLACES
  }

  protected record(place: number, value: number): void {
    this.at(place).record(value)
  }

  private at(place: number): Histogram {
    const known = this.histograms[place]
    if (known) return known
    const made = new Histogram(KEPT[place]?.unit ?? 'ms')
    this.histograms[place] = made
    return made
  }

  /** Returns the histogram of a metric with values per attempt; undefined for other metrics. */
  histogramOf(metric: string): Histogram | undefined {
    const place = PLACES.get(metric)
    return place === undefined ? undefined : this.at(place)
  }

  /** The histogram of the service times of failed attempts. */
  get failedService(): Histogram {
    return this.at(FAILED_SERVICE)
  }

  /** Adds what was counted in `sums`, and the samples of `logs`, which are in the order of `KEPT`. */
  addLogs(sums: AttemptSums, logs: readonly (SampleLog | undefined)[]): void {
    this.addSums(sums)
    for (const place of this.places) {
      const log = logs[place]
      if (log !== undefined && (log.count > 0 || log.refused > 0)) this.at(place).addLog(log)
    }
  }

  /** Adds the tainted part of a group from a result file. @throws InputError when a histogram is damaged */
  addTainted({ ok, failed, cut, distributions }: NonNullable<GroupMetrics['tainted']>): void {
    addTo(this.counters, { ...NO_COUNTERS, ok, failed, cut })
    this.addDistributions(distributions, ok)
  }

  private addDistributions(distributions: GroupMetrics['distributions'], ok: number): void {
    for (const [place, { name }] of KEPT.entries()) {
      const found = distributions[name]
      if (!found) continue
      this.at(place).merge(Histogram.of(found))
      // Each ok attempt has a value, has none and is left out, or has one that is no measurement.
      if (place < ATTEMPT_DISTRIBUTIONS.length) this.at(place).refused += ok - found.count - found.leftOut
    }
  }

  override reset(): void {
    super.reset()
    for (const histogram of this.histograms) histogram?.reset()
  }

  /** Adds the stored metrics of a group from another result, to merge results. @throws InputError when a histogram is damaged */
  addStored(stored: GroupMetrics): void {
    const counters = readCounters(stored.counters)
    addTo(this.counters, counters)
    addTo(this.afterLoad, readCounters(stored.countersAfterLoad ?? {}))
    this.addDistributions(stored.distributions, counters.ok)
    if (stored.failedServiceTime) this.failedService.merge(Histogram.of(stored.failedServiceTime))
    this.gapsTogether += stored.gapsTogether ?? 0
    this.addTokens(stored.tokens)
    for (const [source, count] of Object.entries(stored.tokens.sources)) this.addSource(source, count)
    for (const [source, count] of Object.entries(stored.serverTimes ?? {})) this.addServerSource(source, count)
  }

  /** Adds the counters and samples of other measurements. */
  merge(other: Measurements): void {
    this.addSums(other)
    for (const [place, histogram] of other.histograms.entries()) if (histogram) this.at(place).merge(histogram)
  }

  /**
   * Returns the distributions that have a sample, by name of metric. Each piece of work makes one distribution; distributions in `made` are reused.
   */
  *distributions(made?: MadeDistributions): Pieces<Record<string, Distribution>> {
    const stored: Record<string, Distribution> = {}
    for (const { name, histogram, leftOut } of this.sampled()) {
      stored[name] = histogram.toDistribution(leftOut, made)
      yield histogram.width
    }
    return stored
  }

  /** Returns the metrics that have samples, each with its histogram and the number of ok attempts without a value. */
  private sampled() {
    return KEPT.flatMap(({ name }, place) => {
      const histogram = this.histograms[place]
      if (!histogram || histogram.count === 0) return []
      const isPooled = place >= ATTEMPT_DISTRIBUTIONS.length
      return [{ name, histogram, leftOut: isPooled ? 0 : this.counters.ok - histogram.count - histogram.refused }]
    })
  }
}
