/** Shows the thresholds in a table: the limit, the observed value, and the distance between both. */
import type { Result, ThresholdResult } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { failedFirst, observedText } from '../../console/thresholds.ts'
import { formatCount, formatShare, formatValue } from '../../text/format.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

const MAX_THRESHOLDS = 200

const COLUMNS: readonly TableColumn[] = [
  { head: 'Threshold' },
  { head: 'State' },
  { head: 'Observed', numeric: true },
  { head: 'Limit', numeric: true },
  { head: 'Margin', hint: 'How far the observed value is from the limit, in per cent of the limit' },
  { head: 'Samples', numeric: true },
  { head: 'Remarks', width: 'wide' },
]

const STATES: Record<ThresholdResult['state'], readonly [look: string, words: string]> = {
  passed: ['good', '✓ passed'],
  failed: ['bad', '✗ failed'],
  no_samples: ['bad', '✗ no samples'],
  undecided: ['bad', '✗ undecided'],
  skipped: ['dim', '○ skipped'],
}

/**
 * Returns, for the HTML report, the table of thresholds (at most 200), failed ones first; when the scenario has no thresholds, a sentence that says
 * so.
 */
export function thresholdBody({ thresholds }: Result): Markup {
  if (thresholds.length === 0)
    return markup`<p class="dim">The scenario sets no thresholds: the verdict comes from the default rules alone.</p>`
  const rows = failedFirst(thresholds).slice(0, MAX_THRESHOLDS).map(rowOf)
  const caption = 'Thresholds with limit, observed value and margin'
  return tableOf(COLUMNS, rows, { caption, sortable: true, hidden: thresholds.length - rows.length })
}

function rowOf(threshold: ThresholdResult): TableCell[] {
  const [look, words] = STATES[threshold.state]
  const isWarning = threshold.severity === 'warn'
  return [
    markup`<code>${oneLine(threshold.threshold)}</code>`,
    markup`<span class="state ${isWarning && look === 'bad' ? 'warn' : look}">${words}${isWarning && ' (warns only)'}</span>`,
    { cell: observedText(threshold), value: threshold.observed },
    { cell: formatValue(threshold.limit, threshold.unit), value: threshold.limit },
    { cell: marginOf(threshold, look), value: threshold.limit === 0 ? null : (threshold.observed ?? 0) / threshold.limit },
    { cell: formatCount(threshold.samples), value: threshold.samples },
    remarksOf(threshold),
  ]
}

/** Shows how far the observed value is from the limit: in words, and as a bar in which the limit is marked at two thirds of the length. */
function marginOf({ observed, limit, state }: ThresholdResult, look: string): Markup | string {
  if (observed === null || state === 'no_samples' || state === 'skipped') return ''
  if (limit <= 0) return observed === limit ? 'at the limit' : markup`${observed > limit ? 'above' : 'below'} the limit`
  const ratio = observed / limit
  const away = Math.abs(ratio - 1)
  const words =
    away < 5e-5
      ? 'at the limit'
      : ratio > 3
        ? `${factorText(ratio)} the limit`
        : `${formatShare(away)} ${ratio > 1 ? 'above' : 'below'}`
  const width = Math.min(100, Math.max(1, (ratio * 200) / 3)).toFixed(1)
  return markup`<span class="margin"><svg class="bar ${look}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="fill" width="${width}" height="10"/><rect class="limit" x="66" width="1.6" height="10"/></svg> ${words}</span>`
}

function factorText(ratio: number): string {
  return `${ratio >= 10 ? formatCount(ratio) : ratio.toFixed(1)} ×`
}

function remarksOf({ reason, worstWindow, aborted, fewSamples }: ThresholdResult): string {
  const parts = [
    reason === undefined ? undefined : oneLine(reason),
    worstWindow && `worst from ${formatMs(worstWindow.fromMs)} to ${formatMs(worstWindow.toMs)}`,
    aborted === true ? 'ended the run' : undefined,
    fewSamples ? 'few samples: fewer than 10 lie above this percentile' : undefined,
  ]
  return parts.filter((part) => part !== undefined).join(' · ')
}
