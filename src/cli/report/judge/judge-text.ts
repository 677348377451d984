/** What a judge says of stored replies, as text for the terminal. */

import { askedTexts, pairTexts } from '../../../report/compared/judge-pairs.ts'
import { formatNumber } from '../../../report/text/format.ts'
import { judgeText } from '../../../report/text/judge.ts'
import type { Pen } from '../../../report/text/pen.ts'
import type { JudgeSummary, PairSummary } from '../../../result/schema.ts'

/** What a judge model says of the replies of a stored run: their scores or, if compared with a reference run, which run's replies are better. */
export interface StoredJudge {
  readonly scores?: JudgeSummary
  readonly pairs?: PairSummary
}

/** Formats what a judge model says of a stored run, for the terminal: an empty line, then lines that end in line feeds. */
export function judgeLines({ scores, pairs }: StoredJudge, pen: Pen): string {
  const texts = [...(scores ? scoreTexts(scores, pen) : []), ...(pairs ? pairTexts(pairs, (text) => pen.safe(text)) : [])]
  return texts.map((text) => `${pen.wrap('', text).join('\n')}\n`).reduce((all, text) => all + text, '\n')
}

function scoreTexts(judge: JudgeSummary, pen: Pen): string[] {
  const lowest = judge.lowest.map(
    ({ step, score, message, reason }) =>
      `  ${formatNumber(score)}  ${pen.safe(step, 40)}: ${pen.safe(message, 80)} – ${pen.safe(reason, 120)}`,
  )
  return [`judge: ${judgeText({ judge }, (text) => pen.safe(text))}`, ...lowest, ...askedTexts(judge, (text) => pen.safe(text))]
}
