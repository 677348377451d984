/** Splits the mean response time of ok attempts into its parts, from when an attempt was due to the end of its reply. */
import type { GroupMetrics, Result } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { percent } from '../charts/frame.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

const MAX_STEPS = 30
/** The share of attempts that may lack a metric (0.01 is 1 %). Means can be subtracted from each other only if they are of the same attempts. */
const MISSING_SHARE = 0.01

interface TimePart {
  readonly color: string
  readonly label: string
  readonly hint: string
}

const BEFORE: readonly TimePart[] = [
  { color: 'c6', label: 'wait for a user', hint: 'queue_wait: an arrival waited for a free user' },
  { color: 'c5', label: 'connect, lag', hint: 'start_delay − queue_wait: connecting, and the lateness of burn itself' },
]
/** The two parts of the time to first token as burn measures them. */
const SEEN: readonly TimePart[] = [
  { color: 'c2', label: 'first byte', hint: 'ttfb: from the request to the first byte of the reply' },
  { color: 'c1', label: 'first token', hint: 'ttft − ttfb: from the first byte to the first token' },
]
/** The three parts of the time to first token as the server states them in its replies. */
const STATED: readonly TimePart[] = [
  { color: 'c2', label: 'server queue', hint: 'server_queue: wait in the server before it began' },
  { color: 'c1', label: 'prefill', hint: 'server_prefill: reading the prompt, in the server' },
  { color: 'c4', label: 'network', hint: 'ttft − server_queue − server_prefill: the network, and gateways' },
]
const AFTER: readonly TimePart[] = [
  { color: 'c3', label: 'rest', hint: 'from the first token (of replies without tokens: from the first byte) to the end' },
]

/**
 * Returns, for the HTML report, a table that splits the mean response time of ok attempts into its parts: waiting, connecting, first byte, first
 * token and the rest. If the server states its queue and prefill times in nearly all replies, these and the network replace first byte and first
 * token. It has one row for each step (at most 30) and, when there are several steps, one for all of them; rows whose parts are not known are left
 * out. Undefined without rows.
 */
export function splitBody({ total, steps }: Result): Markup | undefined {
  const named = steps.slice(0, MAX_STEPS).map((step) => [step.name, step] as const)
  const groups = [...(named.length === 1 ? [] : [['all steps', total] as const]), ...named]
  const isStated = groups.every(([, group]) => statedParts(group) !== undefined)
  const kinds = [...BEFORE, ...(isStated ? STATED : SEEN), ...AFTER]
  const rows = groups.flatMap(([name, group]) => {
    const parts = partsOf(group, isStated)
    return parts === undefined ? [] : [{ name, parts, sum: parts.reduce((all, part) => all + part, 0) }]
  })
  if (rows.length === 0) return undefined
  const longest = Math.max(...rows.map(({ sum }) => sum))
  const columns: TableColumn[] = [
    { head: 'Step' },
    { head: 'Mean response time', width: 'wide' },
    { head: 'sum', numeric: true, hint: 'The mean of response_time' },
    ...kinds.map(({ label, hint }) => ({ head: label, numeric: true, hint })),
  ]
  const cells = rows.map(({ name, parts, sum }): TableCell[] => [
    oneLine(name, 120),
    barOf(parts, longest, kinds),
    { cell: formatMs(sum), value: sum },
    ...parts.map((part) => ({ cell: formatMs(part), value: part })),
  ])
  const keys = kinds.map(
    ({ color, label }) =>
      markup`<li><svg class="key ${color}" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10"/></svg> ${label}</li>`,
  )
  return markup`<ul class="legend">${keys}</ul>
${tableOf(columns, cells, { caption: 'Means of ok attempts, from when they were due; the parts add up', hidden: steps.length - named.length })}`
}

/** Returns a function that gives the mean of a metric in ms; undefined for a metric that more than 1 % of the ok attempts lack. */
function meansOf({ distributions }: GroupMetrics): (name: string) => number | undefined {
  const count = distributions.response_time?.count ?? 0
  return (name) => {
    const of = distributions[name]
    return of !== undefined && of.count >= count * (1 - MISSING_SHARE) ? (of.mean ?? undefined) : undefined
  }
}

/**
 * Returns the times in the server's queue, in prefill and in the network, in ms, as the server states them in its replies. Undefined unless nearly
 * all replies state them, and their sum is at most the time to first token.
 */
function statedParts(group: GroupMetrics): number[] | undefined {
  const [ttft, queue, prefill] = ['ttft', 'server_queue', 'server_prefill'].map(meansOf(group))
  if (ttft === undefined || queue === undefined || prefill === undefined || queue + prefill > ttft) return undefined
  return [queue, prefill, ttft - queue - prefill]
}

/**
 * Returns the mean of each part of the response time in ms, in the order of the columns; undefined when not all metrics are known for the same
 * attempts.
 */
function partsOf(group: GroupMetrics, isStated: boolean): number[] | undefined {
  const meanOf = meansOf(group)
  const [service, ttfb] = [meanOf('service_time'), meanOf('ttfb')]
  const response = meanOf('response_time')
  if (response === undefined || service === undefined || ttfb === undefined) return undefined
  const queue = Math.min(meanOf('queue_wait') ?? 0, Math.max(0, response - service))
  const ttft = meanOf('ttft') ?? ttfb
  const first = (isStated ? statedParts(group) : undefined) ?? [ttfb, ttft - ttfb]
  return [queue, response - service - queue, ...first, service - ttft].map((part) => Math.max(0, part))
}

function barOf(parts: readonly number[], longest: number, kinds: readonly TimePart[]): Markup {
  let at = 0
  const rects = parts.map((part, i) => {
    const from = at
    at += longest > 0 ? part / longest : 0
    return (
      part > 0 &&
      markup`<rect class="part ${kinds[i]?.color ?? ''}" x="${percent(from)}" width="${percent(at - from)}" height="100%"/>`
    )
  })
  return markup`<svg class="split" aria-hidden="true">${rects}</svg>`
}
