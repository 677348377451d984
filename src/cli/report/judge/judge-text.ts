/** Formats for the terminal what a judge says about stored replies. */

import { askedTexts, pairTexts } from '../../../report/compared/judge-pairs.ts'
import { formatCount, formatNumber } from '../../../report/text/format.ts'
import { judgeText } from '../../../report/text/judge.ts'
import type { Pen } from '../../../report/text/pen.ts'
import type { JudgeSummary, PairSummary } from '../../../result/schema.ts'
import type { LabelAgreement } from './labels.ts'

/**
 * How a judge model rated the replies of a stored run: the scores; with a reference run, how often the judge found the run's replies better than
 * those of the reference run; and with labels that people gave to replies, how far the judge agrees with them.
 */
export interface StoredJudge {
  readonly scores?: JudgeSummary
  readonly pairs?: PairSummary
  /** How far the scores of the judge agree with labels that people gave. */
  readonly labels?: LabelAgreement
}

/**
 * Formats how a judge model rated the replies of a stored run (see `StoredJudge`), for the terminal: an empty line, then lines that end in line
 * feeds.
 */
export function judgeLines({ scores, pairs, labels }: StoredJudge, pen: Pen): string {
  const texts = [
    ...(scores ? scoreTexts(scores, pen) : []),
    ...(pairs ? pairTexts(pairs, (text) => pen.safe(text)) : []),
    ...(labels ? labelTexts(labels) : []),
  ]
  return texts.map((text) => `${pen.wrap('', text).join('\n')}\n`).reduce((all, text) => all + text, '\n')
}

/** The agreement beyond chance (Cohen's kappa) below which the report says that the scores hardly show what people think. */
const LEAST_KAPPA = 0.6
/** The number of labels below which an agreement is said to be possibly luck. */
const FEW_LABELS = 20

function labelTexts({ labelled, compared, same, kappa, tooStrict, tooLenient }: LabelAgreement): string[] {
  if (compared === 0) return [`labels: the judge scored none of ${formatCount(labelled)} labelled replies`]
  const beyond = kappa === null ? '' : `, kappa ${formatNumber(kappa)}`
  const differs = [
    ...(tooStrict > 0 ? [`stricter on ${formatCount(tooStrict)}`] : []),
    ...(tooLenient > 0 ? [`more lenient on ${formatCount(tooLenient)}`] : []),
  ]
  const isWeak = kappa === null ? same < compared : kappa < LEAST_KAPPA
  return [
    `labels: the judge agrees with people on ${formatCount(same)} of ${formatCount(compared)} replies${beyond}${differs.map((text) => ` · ${text}`).join('')}`,
    ...(isWeak ? [`! that is little (kappa below ${LEAST_KAPPA}): its scores say little of what people think`] : []),
    ...(compared < FEW_LABELS ? [`! few labels: with fewer than ${FEW_LABELS} it may be luck`] : []),
  ]
}

function scoreTexts(judge: JudgeSummary, pen: Pen): string[] {
  const lowest = judge.lowest.map(
    ({ step, score, message, reason }) =>
      `  ${formatNumber(score)}  ${pen.safe(step, 40)}: ${pen.safe(message, 80)} – ${pen.safe(reason, 120)}`,
  )
  return [`judge: ${judgeText({ judge }, (text) => pen.safe(text))}`, ...lowest, ...askedTexts(judge, (text) => pen.safe(text))]
}
