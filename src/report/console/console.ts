/**
 * Prints the summary at the end of a run, short enough to be pasted into a chat. Its lists are shortened until it has at most 40 lines (more on a
 * terminal narrower than 80 columns). Messages, reasons and hints are wrapped, never cut. No line is wider than the terminal.
 */
import type { Result } from '../../result/schema.ts'
import { isUnmet } from '../../result/verdict.ts'
import { baselineLines } from '../compared/baseline.ts'
import { makePen, type Pen } from '../text/pen.ts'
import type { RenderOptions, Reporter } from '../text/reporter.ts'
import { errorLines } from './errors.ts'
import { connectionLines, exportLines, fileLines, generatorLines, legend, noteLines, warmupLines } from './foot.ts'
import { targetLine, validityLines, verdictLines } from './head.ts'
import { stepLines, tagLines } from './steps.ts'
import { thresholdLines } from './thresholds.ts'
import { adviceLines, certifiedLines, totalLines } from './totals.ts'
import { warningLines } from './warnings.ts'

const MAX_LINES = 40
/** The terminal width in columns from which a summary has at most `MAX_LINES` lines. On a narrower terminal it may have more, in proportion. */
const USUAL_WIDTH = 80

const LISTS = ['reasons', 'thresholds', 'steps', 'tags', 'errors', 'warnings', 'notes'] as const
/** The number of items shown of each list of the summary. */
type StartLimits = Record<(typeof LISTS)[number], number>

/** The smallest number of items shown of each list of the summary. Failed thresholds have a higher minimum: `FAILED_KEPT`. */
const FLOOR: StartLimits = { reasons: 1, thresholds: 2, steps: 2, tags: 2, errors: 2, warnings: 1, notes: 1 }
/** The largest number of items shown of each list of the summary. */
const CEILING: StartLimits = { reasons: 4, thresholds: 15, steps: 20, tags: 12, errors: 5, warnings: 5, notes: 4 }
const FAILED_KEPT = 8

/** The report format `console`: a summary of the run for the terminal, in at most about 40 lines of text; more on a narrow terminal. */
export const console: Reporter = {
  render(result, options) {
    const pen = makePen(options)
    const limits = startLimits(result)
    const floor = floorOf(result)
    const certified = certifiedLines(result, pen)
    let lines = compose(result, pen, limits, options, [...certified, ...adviceLines(result, pen)])
    const maxLines = Math.ceil((MAX_LINES * USUAL_WIDTH) / Math.min(USUAL_WIDTH, pen.width))
    while (lines.length > maxLines && shrink(limits, floor)) lines = compose(result, pen, limits, options, certified)
    if (lines.length > maxLines) lines = compose(result, pen, limits, options, [])
    return `${lines.join('\n')}\n`
  },
}

function sizes(result: Result): StartLimits {
  return {
    reasons: result.validity.state === 'ok' ? 0 : result.validity.reasons.length,
    thresholds: result.thresholds.length,
    steps: result.steps.length,
    tags: Object.keys(result.tags).length,
    errors: result.errors.length,
    warnings: Object.keys(result.warnings).length,
    notes: result.notes.length,
  }
}

function startLimits(result: Result): StartLimits {
  const limits = sizes(result)
  for (const list of LISTS) limits[list] = Math.min(limits[list], CEILING[list])
  return limits
}

function floorOf(result: Result): StartLimits {
  const failed = result.thresholds.filter(isUnmet).length
  return { ...FLOOR, thresholds: Math.max(FLOOR.thresholds, Math.min(FAILED_KEPT, failed)) }
}

/** Reduces by one the number of items shown of the list that is furthest above its minimum. Returns false when every list is at its minimum. */
function shrink(limits: StartLimits, floor: StartLimits): boolean {
  let longest: keyof StartLimits = 'steps'
  for (const list of LISTS) if (limits[list] - floor[list] > limits[longest] - floor[longest]) longest = list
  if (limits[longest] <= floor[longest]) return false
  limits[longest] -= 1
  return true
}

function compose(result: Result, pen: Pen, limits: StartLimits, options: RenderOptions, extra: readonly string[]): string[] {
  const all = sizes(result)
  const list = (name: keyof StartLimits, lines: string[], what: string) => [
    ...lines,
    ...moreLine(all[name] - limits[name], what, pen),
  ]
  const lines = joinBlocks([
    [
      ...verdictLines(result, pen),
      ...targetLine(result, pen),
      ...list('reasons', validityLines(result, pen, limits.reasons), 'reason'),
    ],
    list('thresholds', thresholdLines(result, pen, limits.thresholds), 'threshold'),
    baselineLines(result, pen),
    [...totalLines(result, pen), ...extra],
    list('steps', stepLines(result, pen, limits.steps), 'step'),
    list('tags', tagLines(result, pen, limits.tags), 'tag'),
    list('errors', errorLines(result, pen, limits.errors), 'kind of error'),
    list('warnings', warningLines(result, pen, limits.warnings), 'kind of warning'),
    [
      ...connectionLines(result, pen),
      ...generatorLines(result, pen),
      ...warmupLines(result, pen),
      ...exportLines(result, pen),
      ...list('notes', noteLines(result, pen, limits.notes), 'note'),
      ...fileLines(result, pen, options.directory),
    ],
  ])
  return [...lines, ...legend(lines, pen)]
}

/** Returns the line that says how many items are not shown; '' for none. `what` names one such item, such as "step" or "kind of error". */
function moreLine(hidden: number, what: string, pen: Pen): string[] {
  const words = hidden === 1 ? what : what.replace(/^\w+/, '$&s')
  return hidden > 0 ? pen.wrap(`  ${pen.marks.cut} `, `${hidden} more ${words} (see result.json)`).map(pen.dim) : []
}

/** Joins blocks of lines with an empty line between them, leaving out empty blocks. */
function joinBlocks(blocks: readonly string[][]): string[] {
  return blocks.filter((block) => block.length > 0).flatMap((block, i) => (i === 0 ? block : ['', ...block]))
}
