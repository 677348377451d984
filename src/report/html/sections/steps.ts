/** Makes the tables of steps, tags and checks. */

import { findMetric } from '../../../metrics/groups/catalogue.ts'
import type { CheckCount, GroupMetrics, Result } from '../../../result/schema.ts'
import { tagSlices, usefulColumns } from '../../console/steps.ts'
import { formatCount, formatShare } from '../../text/format.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

const MAX_ROWS = 200
const MAX_CHECKS = 300
const NAME_CHARACTERS = 120
const COUNTED = ['planned', 'ok', 'failed'] as const

type NamedSlice = readonly [name: string, slice: GroupMetrics]

/**
 * Returns, for the HTML report, the table of steps (at most 200); if there are several steps, it ends in a row for all of them together. When there
 * are none, a sentence that says so.
 */
export function stepBody(result: Result): Markup {
  if (result.steps.length === 0) return markup`<p class="dim">No step was counted.</p>`
  const rows = result.steps.slice(0, MAX_ROWS).map((step): NamedSlice => [step.name, step])
  const all: NamedSlice | undefined = result.steps.length > 1 ? ['all steps', result.total] : undefined
  return sliceTable('Step', rows, { caption: 'Metrics of each step', hidden: result.steps.length - rows.length }, all)
}

/** Returns, for the HTML report, the table of tags (at most 200), such as `flow=buy`; undefined when the result has no tags. */
export function tagBody(result: Result): Markup | undefined {
  const slices = tagSlices(result)
  if (slices.length === 0) return undefined
  const rows = slices.slice(0, MAX_ROWS)
  return sliceTable('Tag', rows, { caption: 'Metrics by tag', hidden: slices.length - rows.length })
}

function sliceTable(
  head: string,
  rows: readonly NamedSlice[],
  look: { caption: string; hidden: number },
  all?: NamedSlice,
): Markup {
  const slices = [...rows, ...(all ? [all] : [])].map(([, slice]) => slice)
  const metrics = usefulColumns(slices).filter(({ metric }) => metric !== undefined)
  const columns: TableColumn[] = [
    { head },
    { head: 'count', numeric: true, hint: 'Attempts that were due' },
    { head: 'ok', numeric: true },
    { head: 'failed', numeric: true },
    ...metrics.map(({ group, label, metric = '' }) => ({
      head: `${group} ${label}`,
      numeric: true,
      hint: findMetric(metric)?.describe ?? metric,
    })),
  ]
  const line = ([name, slice]: NamedSlice): TableCell[] => [
    oneLine(name, NAME_CHARACTERS),
    ...COUNTED.map((key) => ({ cell: formatCount(slice.counts[key]), value: slice.counts[key] })),
    ...metrics.map(({ cell, metric = '', label }) => ({
      cell: cell(slice),
      value: slice.distributions[metric]?.percentiles[label] ?? null,
    })),
  ]
  const few = slices.some(({ distributions }) =>
    metrics.some(({ metric = '', label }) => distributions[metric]?.fewSamples.includes(label)),
  )
  return markup`${tableOf(columns, rows.map(line), { ...look, sortable: true, foot: all && line(all) })}
${few && markup`<p class="more">~ few samples: fewer than 10 lie above this percentile</p>\n`}`
}

/**
 * Returns, for the HTML report, the table of checks (at most 300); checks that failed most often come first. Undefined when the scenario has no
 * checks.
 */
export function checkBody({ steps }: Result): Markup | undefined {
  const checks = steps.flatMap((step) => step.checks.map((check) => [step.name, check] as const))
  if (checks.length === 0) return undefined
  const rows = checks
    .toSorted(([, a], [, b]) => b.failed - a.failed)
    .slice(0, MAX_CHECKS)
    .map(([step, check]): TableCell[] => checkRow(step, check))
  const columns: TableColumn[] = [
    { head: 'Check' },
    { head: 'Step', width: 'mid' },
    { head: 'held', numeric: true },
    { head: 'did not hold', numeric: true },
    { head: 'share that held', numeric: true },
    { head: 'seen instead', width: 'wide' },
  ]
  const caption = 'The expect lines of the steps, and how often each held'
  return tableOf(columns, rows, { caption, sortable: true, hidden: checks.length - rows.length })
}

function checkRow(step: string, { check, countOnly, passed, failed, samples }: CheckCount): TableCell[] {
  const share = passed + failed === 0 ? null : passed / (passed + failed)
  return [
    markup`<code>${oneLine(check, 200)}</code>${countOnly === true && markup` <span class="dim">counted only</span>`}`,
    oneLine(step, NAME_CHARACTERS),
    { cell: formatCount(passed), value: passed },
    { cell: markup`<span class="${failed > 0 ? 'state bad' : ''}">${formatCount(failed)}</span>`, value: failed },
    { cell: formatShare(share), value: share },
    markup`${samples.map((sample, at) => markup`${at > 0 && ' · '}<q>${oneLine(sample, 200)}</q>`)}`,
  ]
}
