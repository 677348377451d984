/** Shows the failures of a run, grouped by similar messages, and the warnings about replies that did not fail. */
import type { ErrorGroup, Result } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { byCount, hintText } from '../../console/errors.ts'
import { warningsOf } from '../../console/warnings.ts'
import { formatCount } from '../../text/format.ts'
import { cutText, type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

const MAX_GROUPS = 100
const MAX_WARNINGS = 100
/** The largest number of bars in the drawing of when failures happened. burn stores 40; an edited result may have more. */
const MAX_STRETCHES = 100
/** The longest example of a failure's message, in characters. */
const SAMPLE_CHARACTERS = 1000
/** The longest example message, in characters, that is shown at once; a longer one is folded up. */
const SHORT_CHARACTERS = 200

const COLUMNS: readonly TableColumn[] = [
  { head: 'Failure' },
  { head: 'Step', width: 'mid' },
  { head: 'count', numeric: true },
  { head: 'Example, and what to do', width: 'wide' },
  { head: 'When', width: 'mid', hint: 'From the first to the last of them, within the run' },
]

/**
 * Returns, for the HTML report, the table of failures, a row for each group of like errors (at most 100), the most frequent group first; when there
 * are none, a sentence that says so.
 */
export function failureBody({ errors, durationMs, total }: Result): Markup {
  if (errors.length === 0 && total.counts.ok === 0)
    return markup`<p class="dim">No failure was counted, and no success either.</p>`
  if (errors.length === 0) return markup`<p class="note good">No attempt failed.</p>`
  const end = Math.max(durationMs, ...errors.map(({ lastMs }) => lastMs))
  const rows = byCount(errors)
    .slice(0, MAX_GROUPS)
    .map((group): TableCell[] => [
      markup`<code>${oneLine(group.class, 80)}</code><br><span class="dim">in ${oneLine(group.phase, 40)}</span>`,
      oneLine(group.step, 120),
      { cell: formatCount(group.count), value: group.count },
      exampleOf(group),
      { cell: stripOf(group, end), value: group.firstMs },
    ])
  const caption = 'Failures that are alike, with one message of each'
  return tableOf(COLUMNS, rows, { caption, sortable: true, hidden: errors.length - rows.length })
}

function exampleOf(group: ErrorGroup): Markup {
  const sample = cutText(group.sample, SAMPLE_CHARACTERS)
  const hint = hintText(group)
  const isShort = sample.length <= SHORT_CHARACTERS
  return markup`${
    isShort
      ? markup`<pre>${sample}</pre>`
      : markup`<details><summary>${oneLine(group.sample, SHORT_CHARACTERS)}</summary><pre>${sample}</pre></details>`
  }${hint !== '' && markup`<p class="dim">→ ${oneLine(hint)}</p>`}`
}

/**
 * Shows when the failures of a group happened during the run: as bars on a strip, and as a range of times. Results of older versions contain only the
 * times of the first and the last.
 */
function stripOf(
  { firstMs, lastMs, count, overTime = { widthMs: lastMs - firstMs, counts: [count] } }: ErrorGroup,
  endMs: number,
): Markup {
  const counts = overTime.counts.slice(0, MAX_STRETCHES)
  const most = Math.max(1, ...counts)
  const at = (ms: number) => (endMs <= 0 ? 0 : Math.min(98.5, Math.max(0, (ms / endMs) * 100)))
  const bars = counts.map((failures, stretch) => {
    const from = at(firstMs + stretch * overTime.widthMs)
    const width = Math.max(1.5, at(Math.min(lastMs, firstMs + (stretch + 1) * overTime.widthMs)) - from)
    const height = Math.max(2, (failures / most) * 10)
    return (
      failures > 0 &&
      markup`<rect class="fill" x="${from.toFixed(1)}" y="${(10 - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`
    )
  })
  const words = lastMs - firstMs < 1 ? `at ${formatMs(firstMs)}` : `${formatMs(firstMs)} to ${formatMs(lastMs)}`
  return markup`<svg class="bar tall bad" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/>${bars}</svg> <span class="nowrap">${words}</span>`
}

/** Returns, for the HTML report, the table of warnings (at most 100), the most frequent first; undefined when there are none. */
export function warningBody(result: Result): Markup | undefined {
  const found = warningsOf(result)
  if (found.length === 0) return undefined
  const columns: TableColumn[] = [{ head: 'Warning' }, { head: 'count', numeric: true }, { head: 'Meaning', width: 'wide' }]
  const rows = found
    .slice(0, MAX_WARNINGS)
    .map(({ name, count, text }): TableCell[] => [
      markup`<code>${oneLine(name, 80)}</code>`,
      { cell: formatCount(count), value: count },
      oneLine(text),
    ])
  const caption = 'Oddities in replies that did not make them fail'
  return tableOf(columns, rows, { caption, sortable: true, hidden: found.length - rows.length })
}
