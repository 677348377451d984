/** All sections of the page. */
import type { Result, TimelineRow } from '../../../result/schema.ts'
import type { Markup } from '../page/markup.ts'
import type { PageSection } from '../page/page.ts'
import { latencyBody, timeBody } from './charts.ts'
import { factsBody } from './facts.ts'
import { failureBody, warningBody } from './failures.ts'
import { flowBody } from './flow.ts'
import { headlineBody, validityBody } from './head.ts'
import { qualityBody } from './quality.ts'
import { splitBody } from './split.ts'
import { checkBody, stepBody, tagBody } from './steps.ts'
import { thresholdBody } from './thresholds.ts'

/** Returns the sections of the page in their order; one without anything to show is left out. `rows` are those that charts draw. */
export function sectionsOf(result: Result, rows: readonly TimelineRow[]): PageSection[] {
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
    ['quality', 'Quality of the replies', qualityBody(result)],
    ['failures', 'Failures', failureBody(result)],
    ['warnings', 'Warnings', warningBody(result)],
    ['facts', 'Facts of the run', factsBody(result)],
  ]
  return sections.flatMap(([id, title, body]) => (body === undefined ? [] : [{ id, title, body }]))
}
