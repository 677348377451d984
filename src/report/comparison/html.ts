/** Renders a comparison as one HTML page: the changes with their bounds, and charts with both sides. */
import type { Comparison } from '../../compare/comparison.ts'
import type { ChangeVerdict } from '../../compare/lines/verdict.ts'
import type { Result } from '../../result/schema.ts'
import { comparedPairTexts } from '../compared/judge-pairs.ts'
import { basisText, isBad, isGood } from '../compared/words.ts'
import { curveBody, overTimeBody } from '../html/charts/both-sides.ts'
import { dataBlock } from '../html/page/embedded.ts'
import { type Markup, markup, oneLine } from '../html/page/markup.ts'
import { pageOf } from '../html/page/page.ts'
import { changeBody } from '../html/sections/changes.ts'
import { type PairedConversations, pairBody } from './html-pairs.ts'
import { failureTable, sideFacts, stepTable } from './html-sides.ts'

/** The results of the runs of side A and of side B in a comparison. A list is empty when the results of that side were deleted. */
export interface ComparedResults {
  readonly a: readonly Result[]
  readonly b: readonly Result[]
  /** Conversations of both sides, matched by iteration; left out when a run has no journal, or the seeds of the runs differ. */
  readonly pairs?: PairedConversations
}

const MARKS: Readonly<Record<ChangeVerdict, string>> = { WORSE: '✗', BETTER: '✓', SAME: '=', SMALL: '≈', UNCLEAR: '?' }

/**
 * Returns the report of a comparison as an HTML page. When side A or B has several results, percentile curves and failures are totals over all of
 * them; steps, facts and curves over time are those of the first result.
 */
export function comparisonPage(comparison: Comparison, { a, b, pairs }: ComparedResults): string {
  const { verdict, warnings } = comparison
  const notes = warnings.length > 0 ? markup`<div class="note warn"><ul>${warnings.map(noteOf)}</ul></div>` : undefined
  const sections: readonly (readonly [id: string, title: string, body: Markup | undefined])[] = [
    ['changes', 'What changed', changeBody(comparison)],
    ['judge', 'Which replies a judge finds better', judgeBody(comparison)],
    ['notes', 'What to keep in mind', notes],
    ['percentiles', 'Percentiles, each nine in the same room', curveBody(a, b)],
    ['time', 'Over time', overTimeBody(a[0], b[0])],
    ['steps', 'Steps', stepTable(a, b)],
    ['failures', 'Failures', failureTable(a, b)],
    ['pairs', 'Conversations side by side', pairBody(pairs)],
    ['sides', 'Both sides', sideFacts(comparison, a, b)],
  ]
  const shown = sections.flatMap(([id, title, body]) => (body === undefined ? [] : [{ id, title, body }]))
  const foot = markup`<p>${oneLine(basisText(comparison).replace('the lines marked *', 'the lines that decide'), 1000)}. The page holds the comparison as JSON in the element <code>burn-comparison</code>.</p>`
  return pageOf(`${verdict}: ${namesOf(comparison)}`, banner(comparison), shown, foot, dataBlock('burn-comparison', comparison))
}

/** Returns the HTML that shows how a judge compared pairs of replies; undefined when no judge was asked. */
function judgeBody(comparison: Comparison): Markup | undefined {
  const texts = comparedPairTexts(comparison, (text) => oneLine(text, 200))
  return texts.length === 0
    ? undefined
    : markup`<ul>${texts.map(noteOf)}</ul>
<p class="note">Rubric: ${oneLine(comparison.judge?.rubric ?? '', 1000)}</p>`
}

const noteOf = (warning: string) => markup`<li>${oneLine(warning, 1000)}</li>\n`
const namesOf = ({ a, b }: Comparison) => `${oneLine(a.name, 80)} against ${oneLine(b.name, 80)}`

function banner(comparison: Comparison): Markup {
  const { verdict, reason, a, b } = comparison
  const look = isBad(verdict) ? 'bad' : isGood(verdict) ? 'good' : 'warn'
  return markup`<header class="banner ${look}">
<p class="verdict"><span aria-hidden="true">${MARKS[verdict]}</span> ${verdict}</p>
<h1>${namesOf(comparison)}</h1>
<p class="reason">${oneLine(reason, 2000)}</p>
<p class="meta"><span>A: ${oneLine(a.name, 200)}</span> <span>B: ${oneLine(b.name, 200)}</span></p>
</header>`
}
