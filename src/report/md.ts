import type { GroupMetrics, Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import { comparisonRows } from './compared/md-rows.ts'
import { connectionsMatter, connectionsText } from './console/connections.ts'
import { tagSlices, usefulColumns } from './console/steps.ts'
import { failedFirst, observedText } from './console/thresholds.ts'
import { errorsText, runFacts } from './console/totals.ts'
import { adviceList, errorTable, warningTable } from './md/lists.ts'
import { cell, table } from './md/markdown.ts'
import { anomalyTexts } from './text/anomalies.ts'
import { formatCount, formatMoment, formatPercentile, formatRate, formatShare, formatValue } from './text/format.ts'
import type { Reporter } from './text/reporter.ts'
import { shownVerdict, verdictWord } from './text/verdict.ts'

const MAX_STEPS = 50
const MAX_TAGS = 50
const MAX_THRESHOLDS = 50

/**
 * The report format `md`, GitHub Markdown: verdict, thresholds, steps, errors and environment. Its length is limited, because GitHub
 * rejects long step summaries.
 */
export const md: Reporter = {
  render(result) {
    const blocks = [
      heading(result),
      validity(result),
      thresholds(result),
      baseline(result),
      headline(result),
      adviceList(result),
      steps(result),
      tags(result),
      errorTable(result),
      warningTable(result),
      connections(result),
      environment(result),
      files(result),
    ]
    return `${blocks
      .filter((block) => block.length > 0)
      .map((block) => block.join('\n'))
      .join('\n\n')}\n`
  },
}

function heading(result: Result): string[] {
  return [
    `## ${verdictWord(shownVerdict(result))}: ${cell(result.scenarioName)}`,
    '',
    `${cell(result.reason)} (${formatMs(result.durationMs)}, ${formatMoment(result.startTime)})`,
  ]
}

function validity(result: Result): string[] {
  const { state, reasons } = result.validity
  if (state === 'ok') return []
  return [
    `**Measurement ${state}**`,
    '',
    ...reasons.map(
      (reason) => `- ${reason.level}: ${cell(reason.message)}${reason.hint === '' ? '' : ` (${cell(reason.hint)})`}`,
    ),
  ]
}

function thresholds(result: Result): string[] {
  if (result.thresholds.length === 0) return []
  const rows = failedFirst(result.thresholds)
    .slice(0, MAX_THRESHOLDS)
    .map((t) => [
      cell(t.threshold),
      t.severity === 'warn' && t.state !== 'passed' ? `${t.state} (warn only)` : t.state.replace('_', ' '),
      observedText(t),
      formatValue(t.limit, t.unit),
      formatCount(t.samples),
    ])
  return [
    '### Thresholds',
    '',
    ...table(['threshold', 'state', 'observed', 'limit', 'samples'], rows, result.thresholds.length - rows.length, 2),
  ]
}

function baseline({ baseline: compared }: Result): string[] {
  if (!compared) return []
  const { verdict, reason, a, values } = compared
  return [
    `### Baseline: ${verdict}`,
    '',
    `${cell(reason)} (A: ${cell(a.name)}, B: this run)`,
    '',
    ...comparisonRows(values.filter(({ gate }) => gate)),
  ]
}

function headline(result: Result): string[] {
  const { total, warmup } = result
  const { rate, started_rate } = total.values
  const texts: Readonly<Record<string, string>> = {
    load: '',
    rate: `${formatRate(rate)} ok, ${formatRate(started_rate)} started, errors ${errorsText(result)}`,
  }
  const facts = runFacts(result, cell).map(({ name, text }) => [name, texts[name] ?? text] as const)
  const warm = warmup === null ? '' : `${formatCount(warmup.counts.started)} attempts, kept out of the totals`
  const shown = [...facts, ['warm-up', warm] as const].filter(([, text]) => text !== '')
  return [
    ...shown.map(([label, text]) => `- ${label}: ${text}`),
    ...anomalyTexts(result, cell).map((text) => `- anomaly: ${text}`),
  ]
}

/** Returns a table with one row for each group of metrics, such as a step. The names of the groups must be escaped already. */
function sliceTable(title: string, slices: readonly (readonly [name: string, slice: GroupMetrics])[], hidden: number): string[] {
  const columns = usefulColumns(slices.map(([, slice]) => slice)).filter(({ metric }) => metric !== undefined)
  const rows = slices.map(([name, slice]) => [
    name,
    formatCount(slice.counts.planned),
    formatCount(slice.counts.ok),
    formatCount(slice.counts.failed),
    ...columns.map((column) => column.cell(slice)),
  ])
  const header = [title, 'count', 'ok', 'failed', ...columns.map(({ metric, label }) => `${metric} ${label}`)]
  const legend = rows.some((cells) => cells.some((text) => text.startsWith('~')))
    ? ['', '~ few samples: fewer than 10 lie above this percentile']
    : []
  return [...table(header, rows, hidden), ...legend]
}

function steps(result: Result): string[] {
  if (result.steps.length === 0) return []
  const shown = result.steps.slice(0, MAX_STEPS).map((step) => [cell(step.name), step] as const)
  const all = result.steps.length > 1 ? [['**all steps**', result.total] as const] : []
  return ['### Steps', '', ...sliceTable('step', [...shown, ...all], result.steps.length - shown.length)]
}

function tags(result: Result): string[] {
  const slices = tagSlices(result).map(([tag, slice]) => [cell(tag), slice] as const)
  if (slices.length === 0) return []
  return ['### Tags', '', ...sliceTable('tag', slices.slice(0, MAX_TAGS), Math.max(0, slices.length - MAX_TAGS))]
}

function connections(result: Result): string[] {
  const c = result.connectionMetrics
  if (c.totalConnections === 0 && !connectionsMatter(result)) return []
  const times = [
    ['connect', c.connectTime],
    ['TLS', c.tlsTime],
    ['handshake', c.handshakeTime],
    ['recovery', c.recoveryTime],
  ] as const
  const rows = times.flatMap(([name, of]) =>
    of === undefined
      ? []
      : [
          [
            name,
            formatCount(of.count),
            ...['p50', 'p95', 'p99'].map((p) => formatPercentile(of, p)),
            formatValue(of.max, of.unit),
          ],
        ],
  )
  const timed = rows.length === 0 ? [] : ['', ...table(['time', 'count', 'p50', 'p95', 'p99', 'max'], rows)]
  return ['### Connections', '', connectionsText(c), ...timed]
}

function environment(result: Result): string[] {
  const { environment: e, generator: g } = result
  const targets = result.target.map(
    (t) =>
      `${cell(t.url)} (${cell(t.protocol)}${t.client === undefined ? '' : `, client ${cell(t.client)}`}${t.proxy === undefined ? '' : `, proxy ${cell(t.proxy)}`}${t.insecureTls ? ', TLS not checked' : ''})`,
  )
  return [
    '### Environment',
    '',
    `- target: ${targets.join(', ')}`,
    `- burn ${cell(e.burn)}, Node ${cell(e.node)}, ${cell(e.os)}, ${e.cpus} CPUs, seed \`${cell(result.seed)}\``,
    ...Object.entries(result.labels).map(([name, value]) => `- ${cell(name)}: ${cell(value)}`),
    `- generator: lag p99 ${formatPercentile(g.lag, 'p99')}, event loop ${formatShare(g.loopUtilization)} busy`,
    ...result.notes.map((note) => `- note: ${cell(note)}`),
  ]
}

function files(result: Result): string[] {
  if (result.files.length === 0) return []
  return ['### Files', '', ...result.files.map((file) => `- ${cell(file.path)}: ${cell(file.holds)}`)]
}
