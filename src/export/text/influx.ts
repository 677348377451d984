/** Writes metrics in the line protocol of InfluxDB. @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/ */
import type { Pieces } from '../../pieces.ts'
import type { ExportPoint, ExportSnapshot } from '../points/point.ts'

/** The cost of writing one line, in work units (see `Pieces`). */
const UNITS_PER_LINE = 200

/**
 * Returns the exported metrics of a run as lines in the line protocol of InfluxDB. They are totals since the start of the run, with the time of the
 * snapshot in ns.
 */
export function* influxLines({ metrics, atMs, resource }: ExportSnapshot): Pieces<string[]> {
  const time = `${Math.round(atMs)}000000`
  // A field, as a tag with a new value for each run would grow without end.
  const run = `run_id="${(resource['service.instance.id'] ?? '').replace(/["\\\n]/g, '_')}"`
  const lines: string[] = []
  for (const { row, points } of metrics)
    for (const point of points) {
      const tags = Object.entries(point.attributes).map(([key, value]) => tag(key, value))
      lines.push(`${escaped(row.name, /[, ]/g)}${tags.join('')} ${fieldsOf(point)},${run} ${time}`)
      yield UNITS_PER_LINE
    }
  return lines
}

/** Returns a tag as text; '' for an empty value, because the protocol has no empty tags. */
function tag(key: string, value: string): string {
  const text = escaped(value, /[,= ]/g)
  return text === '' ? '' : `,${escaped(key, /[,= ]/g)}=${text}`
}

/**
 * Escapes special characters. Control characters become spaces, because a line feed would end the line; backslashes at the end become slashes,
 * because they would escape what follows.
 */
function escaped(text: string, special: RegExp): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
  return clean.replace(/\\+$/, (slashes) => '/'.repeat(slashes.length)).replace(special, '\\$&')
}

/** Returns the fields of a point. All numbers are written as floats, because InfluxDB fixes the type of a field at its first value. */
function fieldsOf(point: ExportPoint): string {
  if ('value' in point) return `value=${point.value}`
  const { count, sum, min, max, percentiles } = point.spread
  return Object.entries({ count, sum, min, max, ...percentiles })
    .map(([name, value]) => `${name.replace('.', '_')}=${value}`)
    .join(',')
}
