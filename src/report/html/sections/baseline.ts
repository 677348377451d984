import type { Result } from '../../../result/schema.ts'
import { isBad, isGood } from '../../compared/words.ts'
import { curveBody, overTimeBody } from '../charts/both-sides.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { changeBody } from './changes.ts'

const NO_CHARTS = markup`<p>There are no charts of both, because the result of A was not found where it was, or has changed since.</p>
`

/**
 * Returns the section of the HTML report that compares the run with its baseline: verdict, changes and warnings, and charts with both runs when the
 * `results` of the baseline still exist. Undefined for a run without a baseline.
 */
export function baselineBody(result: Result, results: readonly Result[] = []): Markup | undefined {
  const { baseline } = result
  if (baseline === undefined) return undefined
  const { verdict, reason, a, warnings } = baseline
  const look = isBad(verdict) ? 'bad' : isGood(verdict) ? 'good' : 'warn'
  const notes = warnings.map((warning) => markup`<li>${oneLine(warning, 1000)}</li>\n`)
  return markup`<div class="note ${look}">
<p><strong>${verdict}.</strong> ${oneLine(reason, 1000)}. A is ${oneLine(a.name, 200)}, B this run.</p>
${notes.length > 0 && markup`<ul>\n${notes}</ul>\n`}</div>
${changeBody(baseline)}
${results.length === 0 && NO_CHARTS}${curveBody(results, [result])}${overTimeBody(results[0], result)}`
}
