/** Formats the report on the quality of replies as text for the terminal. */
import { formatCount, formatNumber, formatShare } from '../../report/text/format.ts'
import type { Pen } from '../../report/text/pen.ts'
import { columnWidths } from '../../report/text/table.ts'
import { displayWidth } from '../../text/display-width.ts'
import type { QualityReport } from './quality.ts'
import type { UnderLoad } from './under-load.ts'

/** The probability by chance below which a difference is marked with `!`. */
const SURE = 0.01

/** The names of measures and flags in the text, where they differ from those in the result. */
const WORDS: Readonly<Record<string, string>> = {
  rep4: 'repeated groups of 4',
  longestRepeat: 'longest repeat',
  turnSimilarity: 'as earlier answers',
  truncated: 'cut off',
  refusal: 'refused',
  wrongLanguage: 'in another language',
  sameAnswer: 'same answer again',
  sessionSimilarity: 'as in other sessions',
  sharedAnswer: 'same answer in other sessions',
  checksFailed: 'checks failed',
}
const wordOf = (name: string) => WORDS[name] ?? name

/** Formats the report on the quality of a run's replies for the terminal; lines end in line feeds. */
export function qualityLines(
  { run, replies, kept, total, steps, underLoad, referencePeak = 0 }: QualityReport,
  pen: Pen,
): string {
  if (kept === 0) return `${pen.wrap('', noneText(run, replies, pen)).join('\n')}\n`
  const missing = kept < replies ? `, of ${formatCount(replies)}: the journal has no others (run with --log all)` : ''
  const measures = Object.entries(total.measures).map(([name, { count, mean, p5, p50, p95 }]) => [
    wordOf(name),
    ...[mean, p5, p50, p95].map(formatNumber),
    formatCount(count),
  ])
  const names = Object.keys(steps)
  const rows = Object.entries(steps).map(([name, { measured, measures, flags }]) => [
    pen.safe(name, 40),
    formatNumber(measures.overall?.mean ?? Number.NaN),
    ...['stuck', 'truncated', 'refusal'].map((flag) => shareOf(flags[flag])),
    formatCount(measured),
  ])
  const lines = [
    ...pen.wrap('', `quality of ${formatCount(kept)} replies in ${pen.safe(run)}, heuristic${missing}`),
    '',
    ...table(['', 'mean', 'p5', 'p50', 'p95', 'replies'], measures, pen),
    '',
    ...table(['', 'share', 'replies', 'of'], Object.entries(total.flags).map(flagRow), pen),
    ...(names.length < 2 ? [] : ['', ...table(['step', 'overall', 'stuck', 'cut off', 'refused', 'replies'], rows, pen)]),
    ...(underLoad === undefined ? [] : ['', ...notAlone(underLoad, referencePeak, pen), ...loadLines(underLoad, pen)]),
  ]
  return `${lines.join('\n')}\n`
}

function noneText(run: string, replies: number, pen: Pen): string {
  if (replies === 0) return `${pen.safe(run)} has no replies to messages`
  const hint = `run with --log all; \`burn report ${pen.safe(run)}\` shows what was measured during the run`
  return `the journal of ${pen.safe(run)} holds none of its ${formatCount(replies)} replies to messages: ${hint}`
}

interface Flagged {
  readonly flagged: number
  readonly of: number
}

const shareOf = (counts: Flagged | undefined) => formatShare(counts && counts.flagged / counts.of)

function flagRow([name, counts]: readonly [string, Flagged]): string[] {
  return [wordOf(name), shareOf(counts), formatCount(counts.flagged), formatCount(counts.of)]
}

/**
 * Returns a warning when the reference run was itself under load (more than one user at once), because a difference from it then says less than it
 * seems; empty otherwise.
 */
function notAlone({ reference }: UnderLoad, peak: number, pen: Pen): string[] {
  if (peak <= 1) return []
  const text = `${pen.safe(reference)} is no run of one user: up to ${formatCount(peak)} were busy at once, so that it was under load itself; run it with -c 1 -n 100`
  return pen.wrap('', text)
}

function loadLines(load: UnderLoad, pen: Pen): string[] {
  const { reference, pairs, unpaired, messages, similarity, similarityAlone, measures, flags } = load
  const without = unpaired === 0 ? '' : `; ${formatCount(unpaired)} have none`
  const head = `${formatCount(pairs)} replies beside those of ${pen.safe(reference)} to the same ${formatCount(messages)} messages${without}`
  if (similarity === null) return pen.wrap('', head)
  const alone = similarityAlone === null ? '' : `; two without load: ${formatNumber(similarityAlone.mean)}`
  const changed = Object.entries(measures).map(([name, { alone, loaded, p }]) => [
    wordOf(name),
    formatNumber(alone),
    formatNumber(loaded),
    chance(p, pen),
  ])
  const flipped = Object.entries(flags).map(([name, { onlyAlone, onlyLoaded, of, p }]) => [
    wordOf(name),
    formatCount(onlyAlone),
    formatCount(onlyLoaded),
    formatCount(of),
    chance(onlyAlone + onlyLoaded === 0 ? null : p, pen),
  ])
  return [
    ...pen.wrap('', head),
    ...pen.wrap('', `alike by words: ${formatNumber(similarity.mean)} mean, ${formatNumber(similarity.median)} median${alone}`),
    '',
    ...table(['', 'without load', 'under load', 'chance'], changed, pen),
    '',
    ...table(['', 'only without', 'only under load', 'messages', 'chance'], flipped, pen),
  ]
}

/** Formats the probability that a difference arose by chance, with a mark `!` when it is below 0.01. */
function chance(p: number | null, pen: Pen): string {
  if (p === null) return pen.ink('–')
  return `${p < 0.001 ? '< 0.001' : formatNumber(p)}${p < SURE ? ' !' : ''}`
}

/** Returns the lines of a table whose first column is left-aligned and whose others are right-aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[], pen: Pen): string[] {
  const widths = columnWidths([head, ...rows])
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell + gap(cell, widths[i]) : gap(cell, widths[i]) + cell)).join('  ')
  return [pen.dim(`  ${line(head)}`), ...rows.map((row) => `  ${pen.ink(line(row))}`)]
}

const gap = (cell: string, width = 0) => ' '.repeat(Math.max(0, width - displayWidth(cell)))
