/** Writes metrics in the text format of Prometheus, version 0.0.4. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { Pieces } from '../../pieces.ts'
import { lineSafe } from '../../text/escape.ts'
import type { Attributes, ExportPoint, ExportRow, ExportSnapshot } from '../points/point.ts'

/** The endings of metric names by unit, as Prometheus itself forms them for metrics from OTLP. Units in braces have none. */
const SUFFIXES: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes', J: '_joules', '{token}/s': '_per_second' }

/** Returns the name that an exported metric has in Prometheus, such as `burn_ttft_seconds` or `burn_attempts_total`. */
export function prometheusName({ name, unit, kind }: Pick<ExportRow, 'name' | 'unit' | 'kind'>): string {
  const words = name.replace(/\W/g, '_')
  const suffix = SUFFIXES[unit] ?? (unit === '1' && kind === 'gauge' ? '_ratio' : '')
  return `${words}${suffix}${kind === 'sum' ? '_total' : ''}`
}

/** The cost of writing one line, in work units (see `Pieces`). */
const UNITS_PER_SAMPLE = 100

const TYPES = { sum: 'counter', gauge: 'gauge', histogram: 'histogram' } as const

/**
 * Returns the exported metrics of a run as lines in the text format of Prometheus. Names of steps and the like are escaped, so that the text is also
 * safe to print.
 */
export function* prometheusLines({ resource, metrics }: ExportSnapshot): Pieces<string[]> {
  const scenario = { 'burn.scenario': resource['burn.scenario'] ?? '' }
  const run = { run_id: resource['service.instance.id'] ?? '', version: resource['service.version'] ?? '' }
  const lines = [
    '# HELP burn_run_info The run that these numbers are of',
    '# TYPE burn_run_info gauge',
    `burn_run_info{${labelsOf({ ...scenario, ...run })}} 1`,
  ]
  for (const { row, points } of metrics) {
    const name = prometheusName(row)
    lines.push(`# HELP ${name} ${row.describe.replaceAll('\\', '\\\\')}`, `# TYPE ${name} ${TYPES[row.kind]}`)
    for (const point of points) {
      lines.push(...samplesOf(name, row, point))
      yield UNITS_PER_SAMPLE * (row.bounds.length + 1)
    }
  }
  return lines
}

function samplesOf(name: string, { bounds }: ExportRow, point: ExportPoint): string[] {
  const labels = labelsOf(point.attributes)
  if ('value' in point) return [`${name}{${labels}} ${point.value}`]
  const { count, sum } = point.spread
  let below = 0
  const buckets = point.spread.within.map((within, i) => {
    below += within
    return `${name}_bucket{${labels}${labels === '' ? '' : ','}le="${bounds[i] ?? '+Inf'}"} ${below}`
  })
  return [...buckets, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`]
}

const labelsOf = (attributes: Attributes) =>
  Object.entries(attributes)
    .map(([key, text]) => `${key.replace(/\W/g, '_')}="${escaped(text)}"`)
    .join(',')

const escaped = (text: string) => lineSafe(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
