/** Metrics as OTLP in JSON. Numbers of 64 bits are texts, enumerations numbers. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import type { Attributes, ExportPoint, ExportRow, ExportSnapshot, Spread } from '../points/point.ts'
import { countsWithin } from '../points/spread.ts'

/** Since the start of the run, as opposed to since the last time. */
const CUMULATIVE = 2
/** Most buckets of an exponential histogram, and the finest that is tried: 2^(2^-6), 1.1 % wide. */
const MAX_BUCKETS = 160
const FINEST_SCALE = 6

/** What the caller decides of the form. */
interface OtlpForm {
  /** Attributes of the resource beside those of the run, which they replace. */
  readonly resource: Attributes
  readonly isExponential: boolean
}

/** Returns the body of a request with the state of all metrics. */
export function otlpJson(snapshot: ExportSnapshot, { resource, isExponential }: OtlpForm): string {
  const times = { startTimeUnixNano: nanos(snapshot.startMs), timeUnixNano: nanos(snapshot.atMs) }
  const metrics = snapshot.metrics.map(({ row, points }) => ({
    name: row.name,
    unit: row.unit,
    description: row.describe,
    ...dataOf(
      row,
      points.map((point) => ({ attributes: pairsOf(point.attributes), ...times, ...numbersOf(row, point, isExponential) })),
      isExponential,
    ),
  }))
  const scope = { name: 'burn', version: snapshot.resource['service.version'] ?? '' }
  const attributes = pairsOf({ ...snapshot.resource, ...resource })
  return JSON.stringify({ resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ scope, metrics }] }] })
}

const nanos = (ms: number) => `${Math.round(ms)}000000`
const pairsOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value.toWellFormed() } }))

function dataOf({ kind }: ExportRow, dataPoints: readonly object[], isExponential: boolean): object {
  if (kind === 'gauge') return { gauge: { dataPoints } }
  if (kind === 'sum') return { sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }
  return { [isExponential ? 'exponentialHistogram' : 'histogram']: { dataPoints, aggregationTemporality: CUMULATIVE } }
}

function numbersOf({ kind, unit, bounds }: ExportRow, point: ExportPoint, isExponential: boolean): object {
  if ('value' in point)
    return kind === 'sum' && unit !== '{currency}' ? { asInt: String(Math.round(point.value)) } : { asDouble: point.value }
  const { count, sum, min, max } = point.spread
  const common = { count: String(count), sum, min, max }
  if (isExponential) return { ...common, ...exponential(point.spread) }
  return { ...common, bucketCounts: countsWithin(point.spread, bounds).map(String), explicitBounds: bounds }
}

/** Buckets with borders at powers of 2^(2^-scale): bucket i holds what is above the i-th and up to the next; as fine as the number of buckets allows. */
function exponential({ buckets }: Spread): object {
  const values = buckets.filter((value, i) => i % 2 === 0 && value > 0)
  let scale = FINEST_SCALE
  const indexOf = (value: number) => Math.ceil(Math.log2(value) * 2 ** scale) - 1
  const [lowest = 1, highest = 1] = [values[0], values.at(-1)]
  while (indexOf(highest) - indexOf(lowest) >= MAX_BUCKETS) scale -= 1
  const offset = indexOf(lowest)
  const counts = new Array<number>(values.length === 0 ? 0 : indexOf(highest) - offset + 1).fill(0)
  let zeroCount = 0
  for (let i = 0; i < buckets.length; i += 2) {
    const [value = 0, count = 0] = [buckets[i], buckets[i + 1]]
    if (value > 0) counts[indexOf(value) - offset] = (counts[indexOf(value) - offset] ?? 0) + count
    else zeroCount += count
  }
  return { scale, zeroCount: String(zeroCount), positive: { offset, bucketCounts: counts.map(String) } }
}
