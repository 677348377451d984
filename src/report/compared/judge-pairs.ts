/** Describes in sentences how a judge (a model) compared pairs of replies. */
import type { Comparison } from '../../compare/comparison.ts'
import type { JudgeSummary, PairSummary } from '../../result/schema.ts'
import { formatCount, formatNumber, formatShare } from '../text/format.ts'

/**
 * The kappa (agreement beyond chance) below which the verdicts of a judge are called uncertain, unless nearly all verdicts agree: when one side wins
 * nearly always, kappa is low by itself.
 */
const GOOD_KAPPA = 0.6
const NEARLY_ALL = 0.8

/** The words for the two sides of a comparison by a judge, as the sentences use them. */
interface PairNames {
  /** The word before `better`, with a space after it: `B ` in a live comparison, '' for a stored run. */
  readonly run: string
  readonly reference: string
  /** The words before the number of all pairs, such as `at most `, when only an upper limit of that number is known; left out when it is exact. */
  readonly most?: string
}

/** The words for the sides A and B of a live comparison; the sentences are about B. */
const LIVE: PairNames = { run: 'B ', reference: 'A', most: 'at most ' }

/**
 * Describes in sentences whose replies a judge model found better in a live comparison of A and B, which both got the same messages; empty when no
 * judge was asked. `safe` escapes untrusted text.
 */
export function comparedPairTexts({ judge }: Pick<Comparison, 'judge'>, safe: (text: string) => string): string[] {
  return judge === undefined ? [] : pairTexts(judge, safe, LIVE)
}

/** The words for a stored run and its reference replies; the sentences are about the run. */
const STORED: PairNames = { run: '', reference: 'the reference' }

/**
 * Describes in sentences how a judge model compared pairs of replies to the same message: how many pairs, whose reply is better, how often the
 * verdict stays the same when the two replies are swapped, and whether the reply shown first is preferred; then the sentences of `askedTexts`.
 * Without a verdict, only the number of pairs and `askedTexts` are left. `names` are the words for the two sides; when left out, the sentences are
 * about a run and its stored reference. `safe` escapes untrusted text.
 */
export function pairTexts(pairs: PairSummary, safe: (text: string) => string, names = STORED): string[] {
  const { sampled, compared, wins, losses, ties, inconsistent, winRate, chance, agreement, first, wordsMore, model } = pairs
  const by = model === null ? '' : ` by ${safe(model)}`
  const head = `judge: ${formatCount(compared)} of ${formatCount(sampled)} pairs compared${by}, in both orders, of ${names.most ?? ''}${formatCount(pairs.pairs)}`
  if (agreement === null)
    return [head, ...(sampled === 0 ? ['no two replies answer the same message'] : []), ...askedTexts(pairs, safe)]
  const rate =
    winRate === null
      ? []
      : [
          `${names.run}better in ${formatShare(winRate.part / winRate.whole)} (${formatShare(winRate.low)} to ${formatShare(winRate.high)}) of those with a winner${chance === null ? '' : `, chance ${chance < 0.001 ? '< 0.001' : formatNumber(chance)}`}`,
        ]
  const { same, of, kappa } = agreement
  const weak =
    kappa !== null && kappa < GOOD_KAPPA && same / of < NEARLY_ALL ? ' ! with so little agreement the verdicts say little' : ''
  return [
    head,
    `${names.run}better ${formatCount(wins)}, worse ${formatCount(losses)}, as good ${formatCount(ties)}, the order decides ${formatCount(inconsistent)}`,
    ...rate,
    `same verdict in both orders ${formatCount(same)} of ${formatCount(of)}${kappa === null ? '' : `, kappa ${formatNumber(kappa)}`}${weak}`,
    ...(first === null
      ? []
      : [
          `the reply that is shown first wins ${formatShare(first.part / first.whole)} (${formatShare(first.low)} to ${formatShare(first.high)})${first.low > 0.5 || first.high < 0.5 ? ' ! the judge goes by the order' : ''}`,
        ]),
    ...(wordsMore === null ? [] : [`words more than ${names.reference}: ${formatNumber(wordsMore)} on average`]),
    ...askedTexts(pairs, safe),
  ]
}

const STOPPED: Readonly<Record<NonNullable<JudgeSummary['stopped']>, string>> = {
  cost: 'no more questions: the next could have exceeded maxCost',
  signal: 'no more questions: a signal came',
  unreachable: 'the judge does not answer',
  local: 'the judge could not be asked',
}

/**
 * Describes in sentences how many questions to a judge model gave no verdict and why; empty when there is nothing to report. If the model compared
 * pairs of replies, also states what the questions cost and how many answers were known from earlier runs. `safe` escapes untrusted text.
 */
export function askedTexts(asked: JudgeSummary | PairSummary, safe: (text: string) => string): string[] {
  const { remembered = 0, unreadable, failed, stopped, why, cost, currency } = asked
  return [
    ...(remembered > 0 && !('scale' in asked) ? [`${formatCount(remembered)} answers known from before`] : []),
    ...(unreadable > 0 ? [`${formatCount(unreadable)} answers were not in the form asked for`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} questions had no answer`] : []),
    ...(stopped === null ? [] : [STOPPED[stopped]]),
    ...(why === null ? [] : [safe(why)]),
    ...(cost === null || 'scale' in asked ? [] : [`cost ${formatNumber(cost)}${currency === null ? '' : ` ${safe(currency)}`}`]),
  ]
}
