/** Embeds the result in the page as data, without its large parts, so that the page can be sent by mail. */
import type { Result, TimelineRow } from '../../../result/schema.ts'
import { safeJson } from '../../../text/escape.ts'
import { Markup } from './markup.ts'

/** The longest text of the result that is embedded in the page, in characters; longer ones are cut. */
const MAX_TEXT = 1000
/** The largest number of error groups, of steps and of tags that are embedded in the page. */
const MAX_ITEMS = 200

/**
 * Returns, for the HTML report, the result as JSON in a data block, `<script type="application/json" id="burn-result">`, for programs that read the
 * report. It has the form of result.json, with the given rows as `timeline`. Histograms are empty texts and blocks are left out; texts are cut to
 * 1,000 characters; of error groups, steps and tags, it has the first 200 of each.
 */
export function embeddedResult(result: Result, timeline: readonly TimelineRow[]): Markup {
  const kept = {
    ...result,
    timeline,
    blocks: undefined,
    errors: result.errors.slice(0, MAX_ITEMS),
    steps: result.steps.slice(0, MAX_ITEMS),
    tags: Object.fromEntries(Object.entries(result.tags).slice(0, MAX_ITEMS)),
  }
  return dataBlock('burn-result', JSON.parse(JSON.stringify(kept, shortened)))
}

/**
 * Returns, for the HTML report, a `<script>` element that contains `value` as JSON, for programs that read the report. `id` is the element's HTML id.
 * Browsers do not run it.
 */
export function dataBlock(id: string, value: unknown): Markup {
  // A script element can only be ended, and a comment in it only be opened, by a "<".
  return new Markup(`<script type="application/json" id="${id}">${safeJson(value).replaceAll('<', '\\u003c')}</script>`)
}

function shortened(key: string, value: unknown): unknown {
  if (key === 'histogram') return ''
  return typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
}
