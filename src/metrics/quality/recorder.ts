import type { QualitySummary, ShardData, ShareSummary } from '../../result/schema.ts'
import type { QualityFlag, QualityMeasure, ReplyQuality } from './measure.ts'

/** The values of one measure, as the result of a shard holds them. */
type StoredBins = StoredQuality['measures'][string]

/** A distribution of quality scores, which are numbers from 0 to 1. Stores how many scores round to 0.00, 0.01, 0.02 and so on. */
export class Shares {
  private readonly bins = new Uint32Array(101)
  count = 0
  sum = 0

  record(share: number): void {
    const bin = Math.round(100 * share)
    this.bins[bin] = (this.bins[bin] ?? 0) + 1
    this.count += 1
    this.sum += share
  }

  /** Returns the bins that hold values as pairs (hundredth, count, …), and the sum of all values. */
  stored(): StoredBins {
    const bins = [...this.bins.entries()].flatMap(([bin, count]) => (count > 0 ? [bin, count] : []))
    return { bins, sum: this.sum }
  }

  /** Adds the values that `stored` of another distribution returned. */
  addStored({ bins, sum }: StoredBins): void {
    for (let at = 0; at < bins.length; at += 2) {
      const [bin = 0, count = 0] = [bins[at], bins[at + 1]]
      this.bins[bin] = (this.bins[bin] ?? 0) + count
      this.count += count
    }
    this.sum += sum
  }

  read(): ShareSummary {
    const mean = Math.round((1e4 * this.sum) / this.count) / 1e4
    return { count: this.count, mean, p5: this.quantile(0.05), p50: this.quantile(0.5), p95: this.quantile(0.95) }
  }

  /** Returns a quantile by the nearest rank, in hundredths; the smallest value for `q` = 0. */
  quantile(q: number): number {
    const rank = Math.max(1, Math.ceil(q * this.count))
    let seen = 0
    const bin = this.bins.findIndex((count) => {
      seen += count
      return seen >= rank
    })
    return bin / 100
  }
}

/** The quality of all replies, or of the replies to one step, as the result of a shard stores it. */
export type StoredQuality = NonNullable<ShardData['quality']>['steps'][string]

/** Collects the quality scores and flags (such as cut off) of replies for the result's field `quality`. */
export class QualityRecorder {
  private measured = 0
  private readonly shares = new Map<QualityMeasure, Shares>()
  private readonly flagged = new Map<QualityFlag, { flagged: number; of: number }>()

  add({ measures, flags }: ReplyQuality): void {
    this.measured += 1
    for (const name of Object.keys(measures) as QualityMeasure[]) this.record(name, measures[name])
    for (const name of Object.keys(flags) as QualityFlag[]) this.count(name, flags[name])
  }

  /** Returns the field `quality` of the result, without the settings, the steps, and the number of replies that were not measured. */
  read(): Omit<QualitySummary, 'leftOut' | 'settings' | 'steps'> {
    return {
      method: 'heuristic',
      measured: this.measured,
      measures: Object.fromEntries([...this.shares].map(([name, shares]) => [name, shares.read()])),
      flags: Object.fromEntries([...this.flagged].map(([name, counts]) => [name, { ...counts }])),
    }
  }

  /** Returns the values of all measures, in the form in which the result of a shard holds them. */
  stored(): Record<string, StoredBins> {
    return Object.fromEntries([...this.shares].map(([name, shares]) => [name, shares.stored()]))
  }

  /** Adds the measurements that the result of a shard stores. */
  addStored({ measured, flags, measures }: StoredQuality): void {
    this.measured += measured
    for (const name of Object.keys(measures) as QualityMeasure[]) {
      const shares = this.shares.get(name) ?? new Shares()
      this.shares.set(name, shares)
      if (measures[name]) shares.addStored(measures[name])
    }
    for (const name of Object.keys(flags) as QualityFlag[]) {
      const counts = this.flagged.get(name) ?? { flagged: 0, of: 0 }
      counts.flagged += flags[name]?.flagged ?? 0
      counts.of += flags[name]?.of ?? 0
      this.flagged.set(name, counts)
    }
  }

  /** Returns the values of one measure; undefined when no reply has any. */
  sharesOf(name: QualityMeasure): Shares | undefined {
    return this.shares.get(name)
  }

  /** Returns how many replies have a flag, and to how many it applies; undefined when it applies to none. */
  flagOf(name: QualityFlag): { readonly flagged: number; readonly of: number } | undefined {
    return this.flagged.get(name)
  }

  private record(name: QualityMeasure, value: number | null): void {
    if (value === null) return
    const shares = this.shares.get(name) ?? new Shares()
    this.shares.set(name, shares)
    shares.record(value)
  }

  private count(name: QualityFlag, isFlagged: boolean | null): void {
    if (isFlagged === null) return
    const counts = this.flagged.get(name) ?? { flagged: 0, of: 0 }
    this.flagged.set(name, counts)
    counts.of += 1
    if (isFlagged) counts.flagged += 1
  }
}
