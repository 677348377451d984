/** Metrics in the line protocol of InfluxDB. @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/ */
import type { ExportPoint, ExportSnapshot } from '../points/point.ts'

/** Returns a line for each point: the sums since the start of the run, at the moment of the state, in ns. */
export function influxLines({ metrics, atMs, resource }: ExportSnapshot): string[] {
  const time = `${Math.round(atMs)}000000`
  // A field, as a tag with a new value for each run would grow without end.
  const run = `run_id="${(resource['service.instance.id'] ?? '').replace(/["\\\n]/g, '_')}"`
  return metrics.flatMap(({ row, points }) =>
    points.map((point) => {
      const tags = Object.entries(point.attributes).map(([key, value]) => tag(key, value))
      return `${escaped(row.name, /[, ]/g)}${tags.join('')} ${fieldsOf(point)},${run} ${time}`
    }),
  )
}

/** Empty tags are no tags. */
function tag(key: string, value: string): string {
  const text = escaped(value, /[,= ]/g)
  return text === '' ? '' : `,${escaped(key, /[,= ]/g)}=${text}`
}

/** Control characters, of which a line feed would end the line, become spaces; a backslash at the end would escape what follows. */
function escaped(text: string, special: RegExp): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
  return clean.replace(/\\+$/, (slashes) => '/'.repeat(slashes.length)).replace(special, '\\$&')
}

/** All numbers are floats: a field keeps the type of its first value. */
function fieldsOf(point: ExportPoint): string {
  if ('value' in point) return `value=${point.value}`
  const { count, sum, min, max, percentiles } = point.spread
  return Object.entries({ count, sum, min, max, ...percentiles })
    .map(([name, value]) => `${name.replace('.', '_')}=${value}`)
    .join(',')
}
