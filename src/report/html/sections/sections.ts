/** Assembles all sections of the page. */
import type { Result, TimelineRow } from '../../../result/schema.ts'
import type { ShownConversations } from '../conversations/conversations.ts'
import type { Markup } from '../page/markup.ts'
import type { PageSection } from '../page/page.ts'
import { anomalyBody } from './anomalies.ts'
import { baselineBody } from './baseline.ts'
import { latencyBody, timeBody } from './charts.ts'
import { factsBody } from './facts.ts'
import { failureBody, warningBody } from './failures.ts'
import { flowBody } from './flow.ts'
import { headlineBody, validityBody } from './head.ts'
import { judgeBody, qualityBody } from './quality.ts'
import { splitBody } from './split.ts'
import { checkBody, stepBody, tagBody } from './steps.ts'
import { thresholdBody } from './thresholds.ts'

/**
 * Returns the sections of a run's HTML report in their order, without those that have no content. `rows` is the timeline for charts; `conversations`
 * is the section with conversations, to which other sections link. `baseline` holds the results of the runs that this run was compared with;
 * undefined when there are none.
 */
export function sectionsOf(
  result: Result,
  rows: readonly TimelineRow[],
  conversations: ShownConversations,
  baseline: readonly Result[] | undefined,
): PageSection[] {
  const sections: readonly (readonly [id: string, title: string, body: Markup | undefined, short?: string])[] = [
    ['figures', 'Headline figures', headlineBody(result), 'Figures'],
    ['validity', 'Validity', validityBody(result)],
    ['thresholds', 'Thresholds', thresholdBody(result)],
    ['baseline', 'Against the baseline', baselineBody(result, baseline), 'Baseline'],
    ['time', 'Over time', timeBody(result, rows)],
    ['latencies', 'Latencies', latencyBody(result)],
    ['split', 'Where the time goes', splitBody(result), 'Time split'],
    ['flow', 'Flow of the scenario', flowBody(result), 'Flow'],
    ['steps', 'Steps', stepBody(result)],
    ['tags', 'Tags', tagBody(result)],
    ['checks', 'Checks', checkBody(result)],
    ['quality', 'Quality of the replies', qualityBody(result), 'Quality'],
    ['judge', 'What a judge says of the replies', judgeBody(result), 'Judge'],
    ['failures', 'Failures', failureBody(result)],
    ['anomalies', 'Anomalies', anomalyBody(result, conversations.ids)],
    ['conversations', 'Conversations', conversations.body],
    ['warnings', 'Warnings', warningBody(result)],
    ['facts', 'Facts of the run', factsBody(result), 'Facts'],
  ]
  return sections.flatMap(([id, title, body, short = title]) => (body === undefined ? [] : [{ id, title, body, short }]))
}
