/**
 * Writes metrics as OTLP in JSON, where 64-bit numbers are texts and enumerations are numbers. @see
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import type { Pieces } from '../../pieces.ts'
import type { Attributes, ExportPoint, ExportRow, ExportSnapshot, Spread } from '../points/point.ts'

/** The OTLP number for values that count from the start of the run, not from the snapshot before. */
const CUMULATIVE = 2
/** The largest number of buckets in an exponential histogram; FINEST_SCALE has the resolution of the ranges in a `Spread`. */
const MAX_BUCKETS = 160
const FINEST_SCALE = 5
/** The units of sums that may have fractions. */
const PARTS: ReadonlySet<string> = new Set(['{currency}', 'J'])
/** The cost of writing one point, in work units (see `Pieces`). */
const UNITS_PER_POINT = 500

/** Choices of the caller about the OTLP text. */
interface OtlpForm {
  /** Attributes of the resource in addition to those of the run. They replace attributes of the same name. */
  readonly resource: Attributes
  readonly isExponential: boolean
}

/** Returns the body of an OTLP request with the exported metrics of a run at one moment: pieces of JSON text, to be sent one after the other. */
export function* otlpJson(snapshot: ExportSnapshot, { resource, isExponential }: OtlpForm): Pieces<string[]> {
  const times = { startTimeUnixNano: nanos(snapshot.startMs), timeUnixNano: nanos(snapshot.atMs) }
  const scope = JSON.stringify({ name: 'burn', version: snapshot.resource['service.version'] ?? '' })
  const attributes = JSON.stringify(pairsOf({ ...snapshot.resource, ...resource }))
  const parts = [`{"resourceMetrics":[{"resource":{"attributes":${attributes}},"scopeMetrics":[{"scope":${scope},"metrics":[`]
  for (const [i, { row, points }] of snapshot.metrics.entries()) {
    const { name, unit, describe: description } = row
    const head = JSON.stringify({ name, unit, description }).slice(0, -1)
    const [before, behind] = aroundPoints(row, isExponential)
    parts.push(`${i === 0 ? '' : ','}${head},${before}`)
    for (const [n, point] of points.entries()) {
      const data = { attributes: pairsOf(point.attributes), ...times, ...numbersOf(row, point, isExponential) }
      parts.push(n === 0 ? JSON.stringify(data) : `,${JSON.stringify(data)}`)
      yield UNITS_PER_POINT
    }
    parts.push(`${behind}}`)
  }
  parts.push(']}]}]}')
  return parts
}

const nanos = (ms: number) => `${Math.round(ms)}000000`
const pairsOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value.toWellFormed() } }))

/** Returns the JSON text before and after the points of a metric. */
function aroundPoints({ kind }: ExportRow, isExponential: boolean): [string, string] {
  if (kind === 'gauge') return ['"gauge":{"dataPoints":[', ']}']
  const temporality = `],"aggregationTemporality":${CUMULATIVE}`
  if (kind === 'sum') return ['"sum":{"dataPoints":[', `${temporality},"isMonotonic":true}`]
  return [`"${isExponential ? 'exponentialHistogram' : 'histogram'}":{"dataPoints":[`, `${temporality}}`]
}

function numbersOf({ kind, unit, bounds }: ExportRow, point: ExportPoint, isExponential: boolean): object {
  if ('value' in point)
    return kind === 'sum' && !PARTS.has(unit) ? { asInt: String(Math.round(point.value)) } : { asDouble: point.value }
  const { count, sum, min, max } = point.spread
  const common = { count: String(count), sum, min, max }
  if (isExponential) return { ...common, ...exponential(point.spread) }
  return { ...common, bucketCounts: point.spread.within.map(String), explicitBounds: bounds }
}

/**
 * Returns an exponential histogram with scale s, whose bucket bounds are powers of 2^(2^-s). The scale is as fine as the limit on the number of
 * buckets allows.
 */
function exponential({ steps }: Spread): object {
  const above = steps.filter(({ index }) => index > Number.NEGATIVE_INFINITY)
  const [lowest = 0, highest = 0] = [above[0]?.index, above.at(-1)?.index]
  let scale = FINEST_SCALE
  const indexOf = (index: number) => Math.floor(index / 2 ** (FINEST_SCALE - scale))
  while (indexOf(highest) - indexOf(lowest) >= MAX_BUCKETS) scale -= 1
  const offset = indexOf(lowest)
  const counts = new Array<number>(above.length === 0 ? 0 : indexOf(highest) - offset + 1).fill(0)
  for (const { index, count } of above) counts[indexOf(index) - offset] = (counts[indexOf(index) - offset] ?? 0) + count
  const zeros = steps.reduce((sum, { index, count }) => (index === Number.NEGATIVE_INFINITY ? sum + count : sum), 0)
  return { scale, zeroCount: String(zeros), positive: { offset, bucketCounts: counts.map(String) } }
}
