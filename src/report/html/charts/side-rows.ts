/** Adds what servers, machines and health checks reported during the run to the timeline rows of charts, so that all charts have the same cursor. */
import type { Result, TimelineRow } from '../../../result/schema.ts'

type Means = Readonly<Record<string, number>>
interface MeansSeries {
  readonly series: readonly { readonly t: number; readonly values: Means }[]
}

/** The metrics of a watched machine that have a chart; the others are left out, so that the page stays small. */
const DRAWN: ReadonlySet<string> = new Set(['cpu', 'memory', 'swap', 'net_received_bytes', 'net_sent_bytes', 'loopback_bytes'])

/**
 * A row of a run's timeline for charts, with the mean values of what was measured beside the load in that time. `server`, `machine` and `health` each
 * hold one object of metrics per observed server, machine and health check, in the order of the result. Ratios are in percent.
 */
export interface ChartRow extends TimelineRow {
  readonly server?: readonly Means[]
  readonly machine?: readonly Means[]
  readonly health?: readonly Means[]
}

/**
 * Returns the timeline rows with the mean values that observed servers, machines and health checks had during each row's time; of machines, only the
 * metrics that have a chart. A server, machine or health check without a value in that time has an empty object in the row. Returns the rows
 * unchanged when nothing was observed.
 */
export function rowsBeside(
  rows: readonly TimelineRow[],
  { server = [], machine = [], health = [] }: Pick<Result, 'server' | 'machine' | 'health'>,
): readonly ChartRow[] {
  const hasAny = [...server, ...machine, ...health].some(({ series }) => series.length > 0)
  if (!hasAny) return rows
  const unitsOf = (gauges: Readonly<Record<string, { readonly unit: string } | null>>) => (name: string) =>
    gauges[name]?.unit === 'ratio'
  return rows.map((row) => ({
    ...row,
    server: server.map((one) => meansIn(one, row, unitsOf(one.gauges))),
    machine: machine.map((one) => meansIn(one, row, unitsOf(one.gauges), DRAWN)),
    health: health.map((one) => meansIn(one, row, (name) => name === 'up')),
  }))
}

function meansIn(
  { series }: MeansSeries,
  { atMs, lengthMs }: TimelineRow,
  isShare: (name: string) => boolean,
  drawn?: ReadonlySet<string>,
): Record<string, number> {
  const within = series.filter(({ t }) => t >= atMs && t < atMs + lengthMs)
  const names = new Set(within.flatMap(({ values }) => Object.keys(values)).filter((name) => drawn?.has(name) ?? true))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = within.flatMap((moment) => moment.values[name] ?? [])
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return [name, isShare(name) ? mean * 100 : mean]
    }),
  )
}
