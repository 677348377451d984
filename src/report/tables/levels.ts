/** Makes tables from a result: one row for the run, one for each step, or one for each second. */
import { ANOMALY_COUNTS } from '../../anomalies/kinds.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../metrics/groups/catalogue.ts'
import type { Result, StepMetrics, TimelineRow } from '../../result/schema.ts'
import { failsRun } from '../../result/verdict.ts'
import type { ResultLevel } from '../text/reporter.ts'
import { shownVerdict } from '../text/verdict.ts'
import type { Column, TableForm } from './column.ts'
import { columnName, distributionColumns, GROUP_COLUMNS } from './metrics.ts'

/** The first columns of every table, which identify the run, so that tables of several runs can be joined. */
const IDENTITY: readonly Column<Result>[] = [
  { name: 'run_id', kind: 'text', of: ({ runId }) => runId },
  { name: 'scenario', kind: 'text', of: ({ scenarioName }) => scenarioName },
]

const withIdentity = <Row>(result: Result, columns: readonly Column<Row>[]): Column<Row>[] => [
  ...IDENTITY.map(({ of, ...column }) => ({ ...column, of: () => of(result) })),
  ...columns,
]

const within = <Outer, Inner>(pick: (from: Outer) => Inner, columns: readonly Column<Inner>[]) =>
  columns.map(({ of, ...column }): Column<Outer> => ({ ...column, of: (from) => of(pick(from)) }))

const iso = (epochMs: number) =>
  Number.isFinite(epochMs) && Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : null

/** The columns about connections, which are counted for the run as a whole only. */
const CONNECTIONS: readonly Column<Result['connectionMetrics']>[] = [
  { name: 'connections_opened', of: ({ successfulConnections }) => successfulConnections },
  { name: 'connections_failed', of: ({ failedConnections }) => failedConnections },
  { name: 'connections_lost', of: ({ lostConnections }) => lostConnections },
  { name: 'lost_in_flight', of: ({ lostInFlight }) => lostInFlight },
  { name: 'reconnects', of: ({ reconnectionCount }) => reconnectionCount },
]

const COST: readonly Column<Result>[] = [
  { name: 'currency', kind: 'text', of: ({ cost }) => cost?.currency ?? null },
  { name: 'cost_total', of: ({ cost }) => cost?.total ?? null },
  { name: 'cost_priced', of: ({ cost }) => cost?.priced ?? null },
  { name: 'cost_calls', of: ({ cost }) => cost?.calls ?? null },
  { name: 'cost_calls_unpriced', of: ({ cost }) => cost?.unpriced ?? null },
  { name: 'cost_failed', of: ({ cost }) => cost?.failed ?? null },
  { name: 'cost_cut', of: ({ cost }) => cost?.cut ?? null },
  { name: 'cost_looped', of: ({ cost }) => cost?.looped ?? null },
  { name: 'cost_wasted', of: ({ cost }) => cost?.wasted ?? null },
  { name: 'cost_outside', of: ({ cost }) => cost?.outside ?? null },
  { name: 'cost_per_success', of: ({ cost }) => cost?.perSuccess ?? null },
  { name: 'cost_per_thousand_sessions', of: ({ cost }) => cost?.perThousandSessions ?? null },
  { name: 'cost_per_hour', of: ({ cost }) => cost?.perHour ?? null },
  { name: 'cost_per_million_output', of: ({ cost }) => cost?.perMillionOutput ?? null },
  ...distributionColumns<Result>({ name: 'session_cost', unit: 'currency' }, ({ cost }) => cost?.perSession),
]

const RUN: readonly Column<Result>[] = [
  ...IDENTITY,
  { name: 'scenario_file', kind: 'text', of: ({ scenarioFile }) => scenarioFile },
  { name: 'scenario_hash', kind: 'text', of: ({ scenarioHash }) => scenarioHash },
  { name: 'seed', kind: 'text', of: ({ seed }) => seed },
  { name: 'labels', kind: 'text', of: ({ labels }) => (Object.keys(labels).length === 0 ? null : JSON.stringify(labels)) },
  { name: 'targets', kind: 'text', of: ({ target }) => target.map(({ url }) => url).join(' ') },
  { name: 'status', kind: 'text', of: ({ status }) => status },
  { name: 'verdict', kind: 'text', of: (result) => shownVerdict(result) },
  { name: 'exit_code', of: ({ exitCode }) => exitCode },
  { name: 'reason', kind: 'text', of: ({ reason }) => reason },
  { name: 'validity', kind: 'text', of: ({ validity }) => validity.state },
  { name: 'start_time', kind: 'text', of: ({ startTime }) => iso(startTime) },
  { name: 'end_time', kind: 'text', of: ({ endTime }) => iso(endTime) },
  { name: 'duration_ms', of: ({ durationMs }) => durationMs },
  ...COST,
  ...within(({ total }: Result) => total, GROUP_COLUMNS),
  ...within(({ connectionMetrics }: Result) => connectionMetrics, CONNECTIONS),
  { name: 'iterations_planned', of: ({ iterations }) => iterations.planned },
  { name: 'iterations_completed', of: ({ iterations }) => iterations.completed },
  { name: 'iterations_failed', of: ({ iterations }) => iterations.failed },
  { name: 'iterations_expired', of: ({ iterations }) => iterations.expired ?? null },
  { name: 'iterations_cut', of: ({ iterations }) => iterations.cut },
  { name: 'iterations_dropped', of: ({ iterations }) => iterations.dropped },
  { name: 'retries', of: ({ retries }) => retries?.attempts ?? 0 },
  { name: 'thresholds_passed', of: ({ thresholds }) => thresholds.filter(({ state }) => state === 'passed').length },
  { name: 'thresholds_failed', of: ({ thresholds }) => thresholds.filter(failsRun).length },
  { name: 'anomalies', of: ({ anomaliesDetected }) => anomaliesDetected },
  ...ANOMALY_COUNTS.map(
    (kind): Column<Result> => ({ name: `anomalies_${kind}`, of: ({ anomalies }) => anomalies[kind] ?? null }),
  ),
  { name: 'judge_scored', of: ({ judge }) => judge?.scored ?? null },
  { name: 'judge_score_mean', of: ({ judge }) => judge?.score?.mean ?? null },
  { name: 'judge_passed_ratio', of: ({ judge }) => (judge?.passed ? judge.passed.part / judge.passed.whole : null) },
  { name: 'error_types', of: ({ errorTypes }) => errorTypes },
  { name: 'peak_in_flight', of: ({ timeline }) => timeline.reduce((peak, row) => Math.max(peak, row.peakInFlight), 0) },
  ...distributionColumns<Result>({ name: 'connect_time', unit: 'ms' }, ({ connectionMetrics: c }) => c.connectTime),
  ...distributionColumns<Result>({ name: 'tls_time', unit: 'ms' }, ({ connectionMetrics: c }) => c.tlsTime),
  ...distributionColumns<Result>({ name: 'handshake_time', unit: 'ms' }, ({ connectionMetrics: c }) => c.handshakeTime),
  ...distributionColumns<Result>({ name: 'recovery_time', unit: 'ms' }, ({ connectionMetrics: c }) => c.recoveryTime),
  ...distributionColumns<Result>({ name: 'lag', unit: 'ms' }, ({ generator }) => generator.lag),
  { name: 'loop_utilization_ratio', of: ({ generator }) => generator.loopUtilization },
  { name: 'max_rss_bytes', of: ({ generator }) => generator.maxRssBytes },
  { name: 'burn', kind: 'text', of: ({ environment }) => environment.burn },
  { name: 'node', kind: 'text', of: ({ environment }) => environment.node },
  { name: 'os', kind: 'text', of: ({ environment }) => environment.os },
  { name: 'hostname', kind: 'text', of: ({ environment }) => environment.hostname },
]

const STEP: readonly Column<StepMetrics>[] = [
  { name: 'step', kind: 'text', of: ({ name }) => name },
  { name: 'kind', kind: 'text', of: ({ kind }) => kind },
  { name: 'checks_passed', of: ({ checks }) => checks.reduce((sum, { passed }) => sum + passed, 0) },
  { name: 'checks_failed', of: ({ checks }) => checks.reduce((sum, { failed }) => sum + failed, 0) },
  ...GROUP_COLUMNS,
]

const SECOND: readonly Column<TimelineRow>[] = [
  { name: 'at_ms', of: ({ atMs }) => atMs },
  { name: 'length_ms', of: ({ lengthMs }) => lengthMs },
  { name: 'phase', kind: 'text', of: ({ phase }) => phase },
  { name: 'users', of: ({ users }) => users },
  { name: 'in_flight_mean', of: ({ inFlight }) => inFlight },
  { name: 'in_flight_peak', of: ({ peakInFlight }) => peakInFlight },
  { name: 'started', of: ({ started }) => started },
  { name: 'ok', of: ({ ok }) => ok },
  { name: 'failed', of: ({ failed }) => failed },
  { name: 'failed_injected', of: ({ injected = 0 }) => injected },
  { name: 'failed_refused', of: ({ refused = 0 }) => refused },
  { name: 'cut', of: ({ cut }) => cut },
  { name: 'dropped', of: ({ dropped }) => dropped },
  { name: 'ok_per_second', of: ({ ok, lengthMs }) => (lengthMs > 0 ? (ok * 1000) / lengthMs : null) },
  { name: 'output_tokens', of: ({ outputTokens }) => outputTokens },
  ...ATTEMPT_DISTRIBUTIONS.filter(({ inTimeline }) => inTimeline).flatMap(({ name, unit }) =>
    (['p50', 'p95', 'max'] as const).map(
      (figure): Column<TimelineRow> => ({
        name: columnName(name, unit, figure),
        of: ({ latencies }) => latencies[name]?.[figure] ?? null,
      }),
    ),
  ),
]

/**
 * Makes a table of a result, passes its columns and rows to `use`, and returns what `use` returns. `level` says what a row stands for: the whole run,
 * a step or a second (several seconds in a long run). All results have the same columns; a table may have no rows.
 */
export function withTable<Made>(
  result: Result,
  level: ResultLevel,
  use: <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => Made,
): Made {
  switch (level) {
    case 'run':
      return use(RUN, [result])
    case 'step':
      return use(withIdentity(result, STEP), result.steps)
    case 'second':
      return use(withIdentity(result, SECOND), result.timeline)
  }
}

/** Returns a result as the text of a table. `level` says what a row stands for; `form` is the format, such as CSV. */
export function tableText(result: Result, level: ResultLevel, form: TableForm): string {
  return withTable(result, level, (columns, rows) => form.head(columns) + rows.map((row) => form.row(columns, row)).join(''))
}
