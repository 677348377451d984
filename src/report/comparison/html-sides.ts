/** Compares both sides in tables: their steps, their failures, and the facts about their runs. */

import type { ComparedSide, Comparison } from '../../compare/comparison.ts'
import type { GroupMetrics, Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { type Markup, markup, oneLine } from '../html/page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../html/page/table.ts'
import { attemptsText } from '../text/faults.ts'
import { formatCount, formatMoment, formatPercentile, formatShare } from '../text/format.ts'
import { shownVerdict, verdictWord } from '../text/verdict.ts'

const MAX_ROWS = 200
const NAME_CHARACTERS = 120

/**
 * Returns the table, in the HTML report of a comparison, of the steps of A and B (at most 200), matched by name; when a side has several results, the
 * first one is used. Undefined when neither side has steps.
 */
export function stepTable([a]: readonly Result[], [b]: readonly Result[]): Markup | undefined {
  const names = [...new Set([a, b].flatMap((side) => side?.steps.map(({ name }) => name) ?? []))]
  if (names.length === 0) return undefined
  const columns: TableColumn[] = [
    { head: 'Step' },
    ...['count', 'ok', 'response p50', 'response p95', 'ttft p95'].flatMap((head) =>
      ['A', 'B'].map((side) => ({ head: `${side} ${head}`, numeric: true })),
    ),
  ]
  const rows = names.slice(0, MAX_ROWS).map((name): TableCell[] => {
    const sides = [a, b].map((side) => side?.steps.find((step) => step.name === name))
    const both = (cell: (step: GroupMetrics) => TableCell): TableCell[] =>
      sides.map((step) => (step === undefined ? '' : cell(step)))
    const latency = (metric: string, percentile: string) =>
      both(({ distributions }) => ({
        cell: formatPercentile(distributions[metric], percentile),
        value: distributions[metric]?.percentiles[percentile] ?? null,
      }))
    return [
      oneLine(name, NAME_CHARACTERS),
      ...both(({ counts }) => ({ cell: formatCount(counts.planned), value: counts.planned })),
      ...both(({ counts }) => {
        const share = counts.planned === 0 ? null : counts.ok / counts.planned
        return { cell: formatShare(share), value: share }
      }),
      ...latency('response_time', 'p50'),
      ...latency('response_time', 'p95'),
      ...latency('ttft', 'p95'),
    ]
  })
  return tableOf(columns, rows, { caption: 'Steps of both sides, by name', sortable: true, hidden: names.length - rows.length })
}

/**
 * Returns the table, in the HTML report of a comparison, of the failures of A and B: a row for each group of like failures (at most 200), with its
 * count on each side over all results. Groups whose counts differ most come first. Undefined when nothing failed.
 */
export function failureTable(a: readonly Result[], b: readonly Result[]): Markup | undefined {
  const groups = new Map<string, { name: string; step: string; sample: string; counts: [number, number] }>()
  for (const [side, results] of [a, b].entries())
    for (const error of results.flatMap(({ errors }) => errors)) {
      const key = JSON.stringify([error.class, error.step, error.fingerprint])
      const group = groups.get(key) ?? { name: error.class, step: error.step, sample: error.sample, counts: [0, 0] }
      group.counts[side === 0 ? 0 : 1] += error.count
      groups.set(key, group)
    }
  if (groups.size === 0) return undefined
  const apart = ({ counts: [one, other] }: { counts: [number, number] }) => Math.abs(other - one)
  const shown = [...groups.values()].sort((one, other) => apart(other) - apart(one)).slice(0, MAX_ROWS)
  const columns: TableColumn[] = [
    { head: 'Failure' },
    { head: 'Step', width: 'mid' },
    { head: 'A', numeric: true },
    { head: 'B', numeric: true },
    { head: 'Example', width: 'wide' },
  ]
  const rows = shown.map(({ name, step, sample, counts }): TableCell[] => [
    markup`<code>${oneLine(name, 80)}</code>`,
    oneLine(step, NAME_CHARACTERS),
    ...counts.map((count) => ({ cell: formatCount(count), value: count })),
    oneLine(sample),
  ])
  return tableOf(columns, rows, {
    caption: 'Failures of both sides that are alike',
    sortable: true,
    hidden: groups.size - rows.length,
  })
}

/**
 * Returns the table, in the HTML report of a comparison, of facts about the runs of A and B, such as scenario, seed, load and target; when a side has
 * several results, of the first one. Undefined when the results of both sides were deleted.
 */
export function sideFacts({ a, b }: Comparison, ofA: readonly Result[], ofB: readonly Result[]): Markup | undefined {
  if (ofA.length === 0 && ofB.length === 0) return undefined
  const facts: readonly (readonly [name: string, of: (result: Result, side: ComparedSide) => string])[] = [
    ['Run', (_, { runId }) => runId],
    ['Verdict of its own', (result) => verdictWord(shownVerdict(result))],
    ['Attempts', (_, side) => attemptsText(side)],
    ['Measurement', ({ validity }) => validity.state],
    ['Started', ({ startTime }) => formatMoment(startTime)],
    ['Measured', ({ windowMs, durationMs }) => `${formatMs(windowMs)} of ${formatMs(durationMs)}`],
    ['Scenario', ({ scenarioName, scenarioFile }) => `${scenarioName}${scenarioFile === null ? '' : ` (${scenarioFile})`}`],
    ['Scenario hash', ({ scenarioHash }) => scenarioHash.slice(0, 16)],
    ['Seed', ({ seed }) => seed],
    ['Load', ({ phases }) => phases.map(({ name, load }) => `${name}: ${load}`).join('; ')],
    ['Target', ({ target }) => target.map(({ url }) => url).join(', ')],
    ['Machine', ({ environment: { hostname, os, cpus } }) => `${hostname}, ${os}, ${cpus} CPUs`],
    ['Versions', ({ environment: { burn, node } }) => `burn ${burn}, Node ${node}`],
  ]
  const [first, second] = [ofA[0], ofB[0]]
  const rows = facts.map(([name, of]): TableCell[] => [
    name,
    first ? oneLine(of(first, a)) : '',
    second ? oneLine(of(second, b)) : '',
  ])
  const of = (results: readonly Result[]) => (results.length > 1 ? ` (the first of ${results.length})` : '')
  const columns: TableColumn[] = [
    { head: 'Fact' },
    { head: `A: ${oneLine(a.name, 80)}${of(ofA)}`, width: 'wide' },
    { head: `B: ${oneLine(b.name, 80)}${of(ofB)}`, width: 'wide' },
  ]
  return tableOf(columns, rows, { caption: 'What ran on each side' })
}
