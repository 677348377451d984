/** What a judge says of stored replies, as text for the terminal. */
import type { PairSummary } from '../../../metrics/judge/pairs.ts'
import { formatCount, formatNumber, formatShare } from '../../../report/text/format.ts'
import { judgeText } from '../../../report/text/judge.ts'
import type { Pen } from '../../../report/text/pen.ts'
import type { JudgeSummary } from '../../../result/schema.ts'

/** What a judge model says of the replies of a stored run: their scores or, if compared with a reference run, which run's replies are better. */
export interface StoredJudge {
  readonly scores?: JudgeSummary
  readonly pairs?: PairSummary
}

/** With a smaller kappa the verdicts say little, unless nearly all agree: when one side wins nearly always, chance alone gives that much. */
const GOOD_KAPPA = 0.6
const NEARLY_ALL = 0.8

/** Formats what a judge model says of a stored run, for the terminal: an empty line, then lines that end in line feeds. */
export function judgeLines({ scores, pairs }: StoredJudge, pen: Pen): string {
  const texts = [...(scores ? scoreTexts(scores, pen) : []), ...(pairs ? pairTexts(pairs, pen) : [])]
  return texts.map((text) => `${pen.wrap('', text).join('\n')}\n`).reduce((all, text) => all + text, '\n')
}

function scoreTexts(judge: JudgeSummary, pen: Pen): string[] {
  const lowest = judge.lowest.map(
    ({ step, score, message, reason }) =>
      `  ${formatNumber(score)}  ${pen.safe(step, 40)}: ${pen.safe(message, 80)} – ${pen.safe(reason, 120)}`,
  )
  return [`judge: ${judgeText({ judge }, (text) => pen.safe(text))}`, ...lowest, ...askedTexts(judge, pen)]
}

function pairTexts(pairs: PairSummary, pen: Pen): string[] {
  const { sampled, compared, wins, losses, ties, inconsistent, winRate, chance, agreement, first, wordsMore, model } = pairs
  const by = model === null ? '' : ` by ${pen.safe(model)}`
  const head = `judge: ${formatCount(compared)} of ${formatCount(sampled)} pairs compared${by}, in both orders, of ${formatCount(pairs.pairs)}`
  if (agreement === null) return [head, ...askedTexts(pairs, pen)]
  const rate =
    winRate === null
      ? []
      : [
          `better in ${formatShare(winRate.part / winRate.whole)} (${formatShare(winRate.low)} to ${formatShare(winRate.high)}) of those with a winner${chance === null ? '' : `, chance ${chance < 0.001 ? '< 0.001' : formatNumber(chance)}`}`,
        ]
  const { same, of, kappa } = agreement
  const weak =
    kappa !== null && kappa < GOOD_KAPPA && same / of < NEARLY_ALL ? ' ! with so little agreement the verdicts say little' : ''
  return [
    head,
    `better ${formatCount(wins)}, worse ${formatCount(losses)}, as good ${formatCount(ties)}, the order decides ${formatCount(inconsistent)}`,
    ...rate,
    `same verdict in both orders ${formatCount(same)} of ${formatCount(of)}${kappa === null ? '' : `, kappa ${formatNumber(kappa)}`}${weak}`,
    ...(first === null
      ? []
      : [
          `the reply that is shown first wins ${formatShare(first.part / first.whole)} (${formatShare(first.low)} to ${formatShare(first.high)})${first.low > 0.5 || first.high < 0.5 ? ' ! the judge goes by the order' : ''}`,
        ]),
    ...(wordsMore === null ? [] : [`words more than the reference: ${formatNumber(wordsMore)} on average`]),
    ...askedTexts(pairs, pen),
  ]
}

const STOPPED: Readonly<Record<NonNullable<JudgeSummary['stopped']>, string>> = {
  cost: 'no more questions: the next could have exceeded maxCost',
  signal: 'no more questions: a signal came',
  unreachable: 'the judge does not answer',
  local: 'the judge could not be asked',
}

function askedTexts(asked: JudgeSummary | PairSummary, pen: Pen): string[] {
  const { unreadable, failed, stopped, why, cost, currency } = asked
  return [
    ...(unreadable > 0 ? [`${formatCount(unreadable)} answers were not in the form asked for`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} questions had no answer`] : []),
    ...(stopped === null ? [] : [STOPPED[stopped]]),
    ...(why === null ? [] : [pen.safe(why)]),
    ...(cost === null || 'scale' in asked
      ? []
      : [`cost ${formatNumber(cost)}${currency === null ? '' : ` ${pen.safe(currency)}`}`]),
  ]
}
