import type { Result, TimelineRow } from '../../result/schema.ts'
import type { Reporter } from '../text/reporter.ts'
import { shownVerdict, verdictWord } from '../text/verdict.ts'
import { chartRows } from './charts/rows.ts'
import { embeddedResult } from './page/embedded.ts'
import { type Markup, markup, oneLine } from './page/markup.ts'
import { type PageSection, pageOf } from './page/page.ts'
import { latencyBody, timeBody } from './sections/charts.ts'
import { factsBody } from './sections/facts.ts'
import { failureBody, warningBody } from './sections/failures.ts'
import { flowBody } from './sections/flow.ts'
import { banner, headlineBody, validityBody } from './sections/head.ts'
import { splitBody } from './sections/split.ts'
import { checkBody, stepBody, tagBody } from './sections/steps.ts'
import { thresholdBody } from './sections/thresholds.ts'

/** The report format `html`: one page that needs no network, for people who were not there. */
export const html: Reporter = {
  extension: 'html',
  describe: 'one page for a browser: verdict, thresholds, steps, failures, facts',
  render(result) {
    const verdict = verdictWord(shownVerdict(result))
    const title = `${verdict}: ${oneLine(result.scenarioName, 100)}`
    const rows = chartRows(result.timeline)
    return pageOf(title, banner(result), sectionsOf(result, rows), FOOT, embeddedResult(result, rows))
  },
}

const FOOT = markup`<p>Times are in ms since the run began unless they have a unit; percentiles come from HDR histograms, merged and never averaged. The page holds its figures as JSON in the element <code>burn-result</code>.</p>`

function sectionsOf(result: Result, rows: readonly TimelineRow[]): PageSection[] {
  const sections: readonly (readonly [id: string, title: string, body: Markup | undefined])[] = [
    ['figures', 'Headline figures', headlineBody(result)],
    ['validity', 'Validity', validityBody(result)],
    ['thresholds', 'Thresholds', thresholdBody(result)],
    ['time', 'Over time', timeBody(result, rows)],
    ['latencies', 'Latencies', latencyBody(result)],
    ['split', 'Where the time goes', splitBody(result)],
    ['flow', 'Flow of the scenario', flowBody(result)],
    ['steps', 'Steps', stepBody(result)],
    ['tags', 'Tags', tagBody(result)],
    ['checks', 'Checks', checkBody(result)],
    ['failures', 'Failures', failureBody(result)],
    ['warnings', 'Warnings', warningBody(result)],
    ['facts', 'Facts of the run', factsBody(result)],
  ]
  return sections.flatMap(([id, title, body]) => (body === undefined ? [] : [{ id, title, body }]))
}
