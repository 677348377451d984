/** Collects the metrics of one endpoint from all its replies. */
import type { ServerEndpoint } from '../result/schema.ts'
import type { PrometheusSample } from './asking/prometheus.ts'
import { GaugeValues } from './gauge.ts'
import { type BucketLines, GrownBuckets, GrownCounter } from './grown.ts'
import { SeriesRows } from './series.ts'
import { type LinePart, type ServerSource, type SourcesByName, sourcesOf } from './sources.ts'

/** The values in one reply that belong to one metric of a server. */
interface MetricLines {
  /** The single values by their labels. */
  readonly values: Map<string, number>
  readonly distributions: Map<string, BucketLines>
  isTotal: boolean
}

type ReadFigures = Pick<ServerEndpoint, 'server' | 'gauges' | 'counters' | 'histograms' | 'series' | 'sinceMs' | 'untilMs'>
/** The latest value of a gauge (a metric that goes up and down, such as the queue length) that a server reports at its metrics endpoint. */
export interface LatestGauge {
  readonly name: string
  readonly unit: ServerSource['unit']
  readonly value: number
}

/**
 * Collects the metrics that one server reports at its metrics endpoint (`observe:`) during a run: the values of gauges, and by how much counters and
 * histograms have grown.
 */
export class EndpointFigures {
  private readonly sources: readonly ServerSource[]
  private readonly byName: SourcesByName
  private readonly gauges = new Map<string, { unit: ServerSource['unit']; values: GaugeValues }>()
  private readonly counters = new Map<ServerSource, GrownCounter>()
  private readonly buckets = new Map<ServerSource, GrownBuckets>()
  private readonly servers = new Set<string>()
  private readonly series = new SeriesRows()
  private sinceMs: number | null = null
  private untilMs: number | null = null

  /** `names` are further metrics to report, in addition to those that burn knows. */
  constructor(names: readonly string[]) {
    const { sources, byName } = sourcesOf(names)
    this.sources = sources
    this.byName = byName
  }

  /** True for the name of a metric that is collected. */
  readonly wants = (name: string): boolean => this.byName.has(name)

  /**
   * Adds the samples of one reply, which came `atMs` ms after the run began. `types` are the types that the reply gives its metrics. Gauges count
   * only during the load (`isLoaded`), because before and after it they say nothing about it.
   */
  take(samples: readonly PrometheusSample[], types: ReadonlyMap<string, string>, atMs: number, isLoaded = true): void {
    const first = this.sinceMs === null
    const lines = this.sorted(samples)
    const row: Record<string, number> = {}
    for (const source of this.sources) {
      const own = lines.get(source)
      if (own === undefined) continue
      if (source.server !== undefined) this.servers.add(source.server)
      const kind = source.kind ?? kindOf(source.figure, own, types)
      if (kind === 'counter') this.counterOf(source).take(plainOf(own), first)
      else if (kind === 'histogram') this.bucketsOf(source).take(own.distributions, first)
      // Of several names for one thing, the first counts.
      else if (isLoaded && row[source.figure] === undefined) this.gauge(source, own, row)
    }
    this.sinceMs ??= atMs
    this.untilMs = atMs
    this.series.take(atMs, row)
  }

  private sorted(samples: readonly PrometheusSample[]): Map<ServerSource, MetricLines> {
    const found = new Map<ServerSource, MetricLines>()
    for (const sample of samples)
      for (const { source, part } of this.byName.get(sample.name) ?? []) {
        if (source.where !== undefined && !hasLabels(sample, source.where)) continue
        let lines = found.get(source)
        if (lines === undefined) {
          lines = { values: new Map(), distributions: new Map(), isTotal: false }
          found.set(source, lines)
        }
        addLine(lines, part, sample, source.scale)
      }
    return found
  }

  private gauge({ figure, unit, combine }: ServerSource, { values }: MetricLines, row: Record<string, number>): void {
    const finite = [...values.values()].filter(Number.isFinite)
    if (finite.length === 0) return
    const sum = finite.reduce((total, value) => total + value, 0)
    const value = combine === 'max' ? Math.max(...finite) : combine === 'mean' ? sum / finite.length : sum
    const known = this.gauges.get(figure) ?? { unit, values: new GaugeValues() }
    known.values.take(value)
    this.gauges.set(figure, known)
    row[figure] = value
  }

  private counterOf(source: ServerSource): GrownCounter {
    const known = this.counters.get(source) ?? new GrownCounter()
    this.counters.set(source, known)
    return known
  }

  private bucketsOf(source: ServerSource): GrownBuckets {
    const known = this.buckets.get(source) ?? new GrownBuckets()
    this.buckets.set(source, known)
    return known
  }

  /** The last value that each gauge had under load. */
  get latest(): readonly LatestGauge[] {
    return [...this.gauges].map(([name, { unit, values }]) => ({ name, unit, value: values.last }))
  }

  /** Returns the values of one metric by its name in the result; undefined when the server does not report it. */
  figure(name: string): GaugeValues | GrownCounter | GrownBuckets | undefined {
    const grown = [...this.counters, ...this.buckets].find(([{ figure }]) => figure === name)?.[1]
    return this.gauges.get(name)?.values ?? grown
  }

  read(): ReadFigures {
    const { sinceMs, untilMs } = this
    const seconds = sinceMs === null || untilMs === null ? 0 : (untilMs - sinceMs) / 1000
    const counters = [...this.counters].map(([{ figure, unit }, { delta, resets }]) => {
      return [figure, { unit, delta, perSecond: seconds > 0 ? delta / seconds : null, resets }] as const
    })
    const histograms = [...this.buckets].map(([{ figure, unit }, grown]) => {
      const [p50, p95, p99] = [grown.quantile(0.5), grown.quantile(0.95), grown.quantile(0.99)]
      return [figure, { unit, count: grown.count, mean: grown.mean, p50, p95, p99 }] as const
    })
    const gauges = [...this.gauges].map(([figure, { unit, values }]) => {
      const { count, min, mean, max } = values
      return [figure, { unit, count, min, mean, max, p95: values.percentile(95) }] as const
    })
    return {
      server: [...this.servers],
      sinceMs,
      untilMs,
      gauges: Object.fromEntries(gauges),
      counters: firstOf(counters),
      histograms: firstOf(histograms),
      series: this.series.rows,
    }
  }
}

function hasLabels({ labels }: PrometheusSample, required: Readonly<Record<string, string>>): boolean {
  return Object.entries(required).every(([name, value]) => labels.some(([own, is]) => own === name && is === value))
}

/** Returns the entries as an object. Of several entries with the same name, the first counts. */
function firstOf<T>(entries: readonly (readonly [name: string, value: T])[]): Record<string, T> {
  const found = new Map<string, T>()
  for (const [name, value] of entries) if (!found.has(name)) found.set(name, value)
  return Object.fromEntries(found)
}

const labelKey = (labels: PrometheusSample['labels']) => JSON.stringify(labels)

function addLine(lines: MetricLines, part: LinePart, { labels, value }: PrometheusSample, scale: number): void {
  // Quantiles of a Prometheus summary are left out, because they cannot be added up.
  if (labels.some(([name]) => name === 'quantile')) return
  if (part === 'value' || part === 'total') {
    lines.values.set(labelKey(labels), value * scale)
    lines.isTotal ||= part === 'total'
    return
  }
  const key = labelKey(labels.filter(([name]) => name !== 'le'))
  const known = lines.distributions.get(key) ?? { buckets: new Map<number, number>(), sum: 0, count: 0 }
  lines.distributions.set(key, known)
  if (part === 'sum') known.sum = value * scale
  else if (part === 'count') known.count = value
  else {
    const upTo = labels.find(([name]) => name === 'le')?.[1] ?? ''
    const border = upTo === '+Inf' ? Number.POSITIVE_INFINITY : Number(upTo) * scale
    if (!Number.isNaN(border)) known.buckets.set(border, value)
  }
}

/** Returns the values of a counter. If the server reports it as a distribution, as TGI and Dynamo do with tokens, its sum counts. */
function plainOf({ values, distributions }: MetricLines): ReadonlyMap<string, number> {
  return values.size > 0 ? values : new Map([...distributions].map(([key, { sum }]) => [key, sum]))
}

function kindOf(name: string, { distributions, isTotal }: MetricLines, types: ReadonlyMap<string, string>): ServerSource['kind'] {
  if (distributions.size > 0) return 'histogram'
  return isTotal || types.get(name) === 'counter' ? 'counter' : 'gauge'
}
