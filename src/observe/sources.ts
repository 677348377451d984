/** Finds which lines of a reply belong to which metric. */
import { MEANINGS, type MeaningName, type ServerFigureKind, type ServerUnit } from './meanings.ts'
import { SERVERS } from './servers.ts'

/**
 * How burn computes one metric of an observed server from lines of its metrics endpoint: the metric's name, unit and kind in burn's result, the
 * labels that a line must have, and how values are scaled and combined. The names of the lines are not in it; they are the keys of `SourcesByName`.
 */
export interface ServerSource {
  /** The name of the metric in the result: burn's own name, or the name that the user wrote. */
  readonly figure: string
  /** The server that uses this name; undefined for a metric that the user named. */
  readonly server: string | undefined
  /** The kind of the metric; undefined when only the reply says it. */
  readonly kind: ServerFigureKind | undefined
  readonly unit: ServerUnit
  readonly combine: 'sum' | 'max' | 'mean'
  readonly scale: number
  readonly where: Readonly<Record<string, string>> | undefined
}

/** The kind of number that one line of a Prometheus reply gives for a metric: its value, a counter's total, or a histogram's bucket, sum or count. */
export type LinePart = 'value' | 'total' | 'bucket' | 'sum' | 'count'

/**
 * An index for reading the reply of a Prometheus metrics endpoint. The key is the name at the start of a line, such as `vllm:num_requests_waiting`;
 * the value lists the metrics of burn that are computed from such lines.
 */
export type SourcesByName = ReadonlyMap<string, readonly { readonly source: ServerSource; readonly part: LinePart }[]>

const PARTS: readonly (readonly [suffix: string, part: LinePart])[] = [
  ['', 'value'],
  ['_total', 'total'],
  ['_bucket', 'bucket'],
  ['_sum', 'sum'],
  ['_count', 'count'],
]

/**
 * Returns how burn computes metrics from the reply of a server's metrics endpoint. The list `sources` has an entry for each name under which a known
 * server reports a metric, and for each metric that the user has `named`. `byName` is the index for reading a reply: it maps the name at the start of
 * a line to the entries that need the line.
 */
export function sourcesOf(named: readonly string[]): { sources: readonly ServerSource[]; byName: SourcesByName } {
  const byName = new Map<string, { source: ServerSource; part: LinePart }[]>()
  const sources: ServerSource[] = []
  const add = (name: string, source: ServerSource, part: LinePart) =>
    byName.set(name, [...(byName.get(name) ?? []), { source, part }])
  for (const { server, names } of SERVERS)
    for (const [figure, rows] of Object.entries(names))
      for (const row of rows) {
        const { name, scale, where, per } = typeof row === 'string' ? { name: row } : { where: undefined, per: undefined, ...row }
        const source = knownSource(figure as MeaningName, server, scale, where) // the keys of a row are names of meanings
        sources.push(source)
        if (per === undefined) for (const [suffix, part] of PARTS) add(name + suffix, source, part)
        else for (const suffix of ['', '_total']) add(name + suffix, source, 'sum')
        if (per !== undefined) for (const suffix of ['', '_total']) add(per + suffix, source, 'count')
      }
  for (const figure of named) {
    const source: ServerSource = {
      figure,
      server: undefined,
      kind: undefined,
      unit: '',
      combine: 'sum',
      scale: 1,
      where: undefined,
    }
    sources.push(source)
    const base = figure.replace(/_total$/, '')
    for (const [suffix, part] of PARTS) add(base + suffix, source, part)
  }
  return { sources, byName }
}

function knownSource(figure: MeaningName, server: string, scale: number | undefined, where: ServerSource['where']): ServerSource {
  const meaning: { kind: ServerFigureKind; unit: ServerUnit; combine?: ServerSource['combine'] } = MEANINGS[figure]
  const { kind, unit, combine = 'sum' } = meaning
  return { figure, server, kind, unit, combine, scale: scale ?? (kind === 'histogram' ? 1000 : 1), where }
}
