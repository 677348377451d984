/** Shows the changes of a comparison in a table, with a drawing of each change, its bounds and its limit. */
import type { ComparedValue, Comparison } from '../../../compare/comparison.ts'
import { boundsText, changeText, deltaText, isBad, isGood, limitText, valueText, verdictText } from '../../compared/words.ts'
import { percent } from '../charts/frame.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

/** The largest change that the drawing can show (1 is a change by 100 %); larger ones are drawn at its end. */
const MAX_SHOWN = 1

const COLUMNS: readonly TableColumn[] = [
  { head: 'Metric' },
  { head: 'A', numeric: true },
  { head: 'B', numeric: true },
  { head: 'change', numeric: true, hint: 'From A to B; points for shares' },
  { head: 'Bounds beside the limit', width: 'wide' },
  { head: 'bounds', numeric: true },
  { head: 'limit', numeric: true, hint: 'The smallest change that matters' },
  { head: 'delta', numeric: true, hint: "Cliff's delta: how much more often a value of B is larger than one of A" },
  { head: 'Verdict' },
]

/**
 * Returns, for the HTML report, the table of a comparison's metrics with their changes; the metrics that decide the verdict come first. When there
 * are none, a sentence that says so.
 */
export function changeBody({ values }: Pick<Comparison, 'values'>): Markup {
  if (values.length === 0) return markup`<p class="dim">Neither side has a metric to compare.</p>`
  const ordered = [...values.filter(({ gate }) => gate), ...values.filter(({ gate }) => !gate)]
  const rows = ordered.map((value): TableCell[] => [
    markup`<code>${oneLine(value.metric)}</code>${value.gate && markup` <span class="dim">decides</span>`}`,
    { cell: valueText(value.a, value), value: value.a },
    { cell: valueText(value.b, value), value: value.b },
    { cell: changeText(value.change, value), value: value.change },
    pictureOf(value, ends(values, value)),
    boundsText(value),
    { cell: limitText(value), value: value.tolerance },
    { cell: deltaText(value), value: value.delta },
    markup`<span class="state wrapped ${lookOf(value)}">${verdictText(value)}</span>`,
  ])
  return markup`${tableOf(COLUMNS, rows, { caption: 'Metrics of both sides, and the change from A to B', sortable: true })}
<p class="more">In the picture the middle is no change, the grey stretch are changes within the limit, the line reaches from the lower to the upper bound, the mark is the change.</p>
`
}

function lookOf({ verdict }: ComparedValue): string {
  if (isBad(verdict)) return 'bad'
  return isGood(verdict) ? 'good' : 'warn'
}

/** Returns how large a change is at each end of its drawing. All shares have the same scale, and all other metrics have another one. */
function ends(values: readonly ComparedValue[], { unit }: ComparedValue): number {
  const alike = values.filter((other) => (other.unit === 'ratio') === (unit === 'ratio'))
  const reach = alike.flatMap(({ change, low, high, tolerance }) =>
    [change, low, high, 1.5 * tolerance].map((value) => Math.abs(value ?? 0)),
  )
  return Math.min(MAX_SHOWN, Math.max(1e-9, ...reach)) * 1.05
}

function pictureOf(value: ComparedValue, reach: number): Markup {
  const { change, low, high, tolerance } = value
  const at = (change: number) => Math.min(1, Math.max(0, 0.5 + change / reach / 2))
  const [from, to] = [at(-tolerance), at(tolerance)]
  const bounds =
    low !== null &&
    high !== null &&
    markup`<rect class="range" x="${percent(at(low))}" width="${percent(Math.max(0.004, at(high) - at(low)))}" y="40%" height="20%"/>`
  const mark =
    change !== null &&
    markup`<rect class="change" x="${percent(Math.max(0, at(change) - 0.006))}" width="1.2%" y="15%" height="70%"/>`
  return markup`<svg class="split interval ${lookOf(value)}" aria-hidden="true"><rect class="within" x="${percent(from)}" width="${percent(to - from)}" height="100%"/><line class="grid" x1="50%" x2="50%" y2="100%"/>${bounds}${mark}</svg>`
}
