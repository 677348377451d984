/** What observed servers told, put beside the rows that charts draw, so that all charts have one cursor. */
import type { Result, ServerEndpoint, TimelineRow } from '../../../result/schema.ts'

/** A row of the timeline with the means of what each server told in its time; shares in percent. */
export interface ChartRow extends TimelineRow {
  readonly server?: readonly Readonly<Record<string, number>>[]
}

/** Returns the rows with what servers told in the time of each. A row in which one told nothing has no values of it. */
export function rowsWithServers(rows: readonly TimelineRow[], server: Result['server']): readonly ChartRow[] {
  if (server === undefined || server.every(({ series }) => series.length === 0)) return rows
  return rows.map((row) => ({ ...row, server: server.map((one) => meansIn(one, row)) }))
}

function meansIn({ series, gauges }: ServerEndpoint, { atMs, lengthMs }: TimelineRow): Record<string, number> {
  const within = series.filter(({ t }) => t >= atMs && t < atMs + lengthMs)
  const means = Object.entries(gauges).flatMap(([name, { unit }]) => {
    const values = within.flatMap((moment) => moment.values[name] ?? [])
    if (values.length === 0) return []
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return [[name, unit === 'ratio' ? mean * 100 : mean] as const]
  })
  return Object.fromEntries(means)
}
