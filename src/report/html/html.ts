import type { Reporter } from '../text/reporter.ts'
import { shownVerdict, verdictWord } from '../text/verdict.ts'
import { chartRows } from './charts/rows.ts'
import { rowsBeside } from './charts/side-rows.ts'
import { shownConversations } from './conversations/conversations.ts'
import { embeddedResult } from './page/embedded.ts'
import { markup, oneLine } from './page/markup.ts'
import { pageOf } from './page/page.ts'
import { banner } from './sections/head.ts'
import { sectionsOf } from './sections/sections.ts'

/** The report format `html`: one page that loads nothing from the network, for people who did not see the run. */
export const html: Reporter = {
  render(result, { conversations, baseline }) {
    const verdict = verdictWord(shownVerdict(result))
    const title = `${verdict}: ${oneLine(result.scenarioName, 100)}`
    const rows = rowsBeside(chartRows(result.timeline), result)
    return pageOf(
      title,
      banner(result),
      sectionsOf(result, rows, shownConversations(conversations, result), baseline),
      FOOT,
      embeddedResult(result, rows),
    )
  },
}

const FOOT = markup`<p>Times are in ms since the run began unless they have a unit; percentiles come from HDR histograms, merged and never averaged. The page holds its figures as JSON in the element <code>burn-result</code>.</p>`
