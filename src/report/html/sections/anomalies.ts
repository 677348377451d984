/** Shows the anomalies of a run: slow, stalled and costly attempts, bursts of failures and drifts, with the worst cases of each. */
import type { AnomalyGroup, Result } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { formatCount, formatShare, formatValue } from '../../text/format.ts'
import { percent } from '../charts/frame.ts'
import { conversationId } from '../conversations/conversations.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

const MAX_GROUPS = 100

const COLUMNS: readonly TableColumn[] = [
  { head: 'Kind' },
  { head: 'Where', width: 'mid' },
  { head: 'Metric' },
  { head: 'count', numeric: true },
  { head: 'median', numeric: true },
  { head: 'limit', numeric: true, hint: 'Above it one stands out' },
  { head: 'The worst', width: 'wide' },
  { head: 'When', width: 'mid', hint: 'The worst of them, within the run' },
]

/**
 * Returns, for the HTML report, the table of anomalies, a row for each kind, metric and place (step, target or phase), the most frequent first (at
 * most 100), below the numbers of repeated and empty replies; undefined when there are none. Failed attempts are left out, because they have a
 * section of their own; bursts of failures are not. `ids` are the HTML ids of the conversations in the report, to which the worst cases link.
 */
export function anomalyBody(
  result: Pick<Result, 'anomalies' | 'anomalyGroups' | 'durationMs'>,
  ids: ReadonlySet<string>,
): Markup | undefined {
  const { anomalies, anomalyGroups = [], durationMs } = result
  const { repeated, empty = 0 } = anomalies
  const counted = [
    ...(repeated > 0 ? [`${formatCount(repeated)} replies begin as the one before in the same conversation`] : []),
    ...(empty > 0 ? [`${formatCount(empty)} replies are empty`] : []),
  ]
  if (anomalyGroups.length + counted.length === 0) return undefined
  const groups = anomalyGroups.toSorted((a, b) => b.count - a.count).slice(0, MAX_GROUPS)
  const look = {
    caption: 'Attempts that stand out from the others of their place',
    sortable: true,
    hidden: anomalyGroups.length - groups.length,
  }
  const rows = groups.map((group) => rowOf(group, durationMs, ids))
  return markup`${counted.length > 0 && markup`<p>${counted.join('; ')}.</p>\n`}${rows.length > 0 && tableOf(COLUMNS, rows, look)}
${rows.length > 0 && markup`<p class="more">burn tail --vu USER shows the conversation of a user, as far as the journal has it.</p>\n`}`
}

function rowOf(group: AnomalyGroup, durationMs: number, ids: ReadonlySet<string>): TableCell[] {
  const { kind, step, metric, unit, count, median, limit, worst } = group
  const isPlain = kind !== 'drift' && kind !== 'burst'
  return [
    kind,
    oneLine(step, 120),
    markup`<code>${oneLine(metric, 80)}</code>`,
    { cell: formatCount(count), value: count },
    { cell: isPlain ? formatValue(median, unit) : '', value: isPlain ? median : null },
    { cell: isPlain ? formatValue(limit, unit) : '', value: isPlain ? limit : null },
    markup`${worst.map((one, at) => markup`${at > 0 && ', '}<span class="nowrap">${worstText(group, one, ids)}</span>`)}`,
    { cell: ticksOf(worst, durationMs), value: worst[0]?.endedAtMs ?? null },
  ]
}

function worstText(
  { kind, unit }: AnomalyGroup,
  { value, user, iteration = 0 }: AnomalyGroup['worst'][number],
  ids: ReadonlySet<string>,
): Markup | string {
  if (kind === 'burst') return `${formatCount(value)} failures`
  if (kind === 'drift') return `${value > 0 ? '+' : '−'}${formatShare(Math.abs(value))}`
  if (user === undefined) return formatValue(value, unit)
  const id = conversationId({ user, iteration })
  const who = `user ${user} #${iteration}`
  return markup`${formatValue(value, unit)} (${ids.has(id) ? markup`<a href="#${id}">${who}</a>` : who})`
}

/** Shows when the worst cases of an anomaly happened during the run: as marks on a strip, and as times. */
function ticksOf(worst: AnomalyGroup['worst'], durationMs: number): Markup {
  const end = Math.max(1, durationMs, ...worst.map(({ endedAtMs }) => endedAtMs))
  const ticks = worst.map(
    ({ endedAtMs }) =>
      markup`<rect class="fill" x="${percent(Math.min(0.985, Math.max(0, endedAtMs / end)))}" width="1.5%" height="100%"/>`,
  )
  const words = worst.map(({ endedAtMs }) => formatMs(Math.round(endedAtMs))).join(', ')
  return markup`<svg class="bar warn" aria-hidden="true"><rect class="track" width="100%" height="100%"/>${ticks}</svg> ${words}`
}
