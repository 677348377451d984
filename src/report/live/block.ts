/** Shows the live view of a run on a terminal: a head, and as many panes as fit into the window, in two columns when it is wide. */
import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from '../../text/display-width.ts'
import { formatMs } from '../../text/units.ts'
import { makePen, type Pen } from '../text/pen.ts'
import { compactLines, enlargedPane, PANES, type PaneName, paneLines } from './panes.ts'
import type { LiveView } from './view.ts'
import { leftText, shareOf, wholePercent } from './words.ts'

const BAR_COLUMNS = 20
/** The terminal width in columns below which the progress bar is half as long, so that the rest of its line fits. */
const NARROW = 60
/** The terminal width in columns from which panes are shown in two columns. */
const WIDE = 110
const GAP = 2
/** The height of the window in lines that is assumed when it is not known. */
const USUAL_ROWS = 24

/** How the live view should look on a terminal: the terminal's size, whether it has colour and Unicode, and which panes to show. */
export interface BlockLook {
  readonly width: number
  /** The height of the window in lines, of which the live view leaves one free; 24 when left out. */
  readonly height?: number
  readonly color: boolean
  readonly unicode: boolean
  /** The only pane to show; when left out, all panes that fit are shown. */
  readonly pane?: PaneName
}

/**
 * Returns the lines of the live view: fewer lines than the window has, and none wider than `look.width` (a width below 40 counts as 40). On small
 * terminals some names and panes are left out.
 */
export function renderLive(view: LiveView, look: BlockLook): string[] {
  const pen = makePen(look)
  const room = Math.max(1, (look.height ?? USUAL_ROWS) - 1)
  const head = [headLine(view, pen), ...phaseLines(view, pen), ...warningLines(view, pen)].slice(0, room)
  const rest = room - head.length
  if (look.pane !== undefined) return [...head, ...(rest > 1 ? enlargedPane(look.pane, view, pen, rest) : [])]
  return [...head, ...(pen.width >= WIDE ? sideBySide(view, look, rest) : below(view, pen, rest))]
}

/**
 * Returns the panes below each other, the most important first, as long as each fits as a whole into `room` lines. In a low window, returns the
 * figures without titles and charts.
 */
function below(view: LiveView, pen: Pen, room: number): string[] {
  const panes = PANES.map((name) => paneLines(name, view, pen))
  const [load = [], latency = [], errors = []] = panes
  if (load.length + latency.length + Math.min(2, errors.length) > room) return compactLines(view, pen).slice(0, room)
  const lines: string[] = []
  for (const pane of panes) {
    const left = room - lines.length
    // The pane of errors may be cut: its first lines are the most frequent ones.
    if (pane.length <= left || (pane === errors && left > 1)) lines.push(...pane.slice(0, left))
  }
  return lines
}

/** Returns the panes in two columns; each pane goes into the column that has more room. */
function sideBySide(view: LiveView, look: BlockLook, room: number): string[] {
  const width = Math.floor((look.width - GAP) / 2)
  const pen = makePen({ ...look, width })
  const columns: [string[], string[]] = [[], []]
  for (const name of PANES) {
    const [left, right] = columns
    const shorter = right.length < left.length ? right : left
    shorter.push(...paneLines(name, view, pen).slice(0, Math.max(0, room - shorter.length)))
  }
  const [left, right] = columns
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const line = left[row] ?? ''
    const other = right[row] ?? ''
    const pad = ' '.repeat(Math.max(0, width + GAP - displayWidth(stripVTControlCharacters(line))))
    return other === '' ? line : line + pad + other
  })
}

function headLine(view: LiveView, pen: Pen): string {
  const share = shareOf(view.total)
  const left = view.draining ? 'draining' : leftText(view.total)
  const tail = ` ${String(wholePercent(view.total)).padStart(3)}%  ${formatMs(Math.floor(view.total.elapsedMs / 1000) * 1000)}${left === '' ? '' : `  ${left}`}`
  const columns = pen.width < NARROW ? BAR_COLUMNS / 2 : BAR_COLUMNS
  const room = pen.width - columns - 4 - displayWidth(tail)
  const name = pen.cut(pen.safe(view.name), Math.max(0, room))
  return `${pen.bold(name)}  ${bar(share, columns, pen)}${pen.cut(tail, pen.width - columns - 2 - displayWidth(name))}`
}

function bar(share: number, columns: number, pen: Pen): string {
  const full = Math.floor(share * columns)
  return pen.good(pen.marks.full.repeat(full)) + pen.dim(pen.marks.empty.repeat(columns - full))
}

/** Returns the line about the current phase; empty for a run with only one phase. */
function phaseLines({ phase }: LiveView, pen: Pen): string[] {
  if (phase.count < 2) return []
  const left = leftText(phase.progress)
  const parts = [
    `phase ${phase.index + 1}/${phase.count} ${pen.safe(phase.name, 40)}`,
    ...(phase.warmup ? ['warm-up'] : []),
    ...(left === '' ? [] : [left]),
  ]
  return pen.facts('  ', parts.join(' · '))
}

function warningLines({ warnings: [warning, ...others] }: LiveView, pen: Pen): string[] {
  if (warning === undefined) return []
  const more = others.length > 0 ? ` (+${others.length})` : ''
  return pen.wrap(`  ${pen.marks.warn} `, pen.safe(warning, 120) + more).map(pen.warn)
}
