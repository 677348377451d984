/** Describes the scores that a judge (a model) gave to a sample of the replies. */
import { NO_FLAG } from '../../metrics/judge/grouped-sample.ts'
import type { Result } from '../../result/schema.ts'
import { formatCount, formatNumber, formatShare, UNKNOWN } from './format.ts'

/**
 * Describes the scores that a judge model gave to replies: "4.2 of 5 (3.9 to 4.5) · 92% with 4 or more (81% to 97%) · 50 sampled of 1,240 replies ·
 * …"; '' when no judge was asked. `safe` makes a text of the scenario or the model safe to print.
 */
export function judgeText({ judge }: Pick<Result, 'judge'>, safe: (text: string) => string): string {
  if (judge === undefined) return ''
  const {
    score,
    passed,
    scale,
    pass,
    scored,
    sampled,
    further = 0,
    replies,
    again,
    remembered = 0,
    unreadable,
    failed,
    cost,
    currency,
    model,
    criteria = [],
  } = judge
  const bounds = score?.low == null || score.high == null ? '' : ` (${formatNumber(score.low)} to ${formatNumber(score.high)})`
  const drawn = sampled === scored ? formatCount(scored) : `${formatCount(scored)} of ${formatCount(sampled)}`
  const facts = [
    score === null ? 'no score' : `${formatNumber(score.mean)} of ${formatNumber(scale.max)}${bounds}`,
    passed &&
      `${formatShare(passed.part / passed.whole)} ${criteria.length > 0 ? 'good enough by each criterion' : `with ${formatNumber(pass)} or more`} (${formatShare(passed.low)} to ${formatShare(passed.high)})`,
    ...criteria.map(({ name, score }) => `${safe(name)} ${score === null ? UNKNOWN : formatNumber(score.mean)}`),
    `${drawn} sampled of ${formatCount(replies)} replies`,
    further > 0 && `${formatCount(further)} more of rare steps and flags`,
    ...judgeFlags(judge).map(
      ({ flag, mean }) => `${flag === NO_FLAG ? 'no flag' : safe(flag)} ${mean === null ? UNKNOWN : formatNumber(mean)}`,
    ),
    again && `same verdict again ${formatCount(again.same)} of ${formatCount(again.replies)}`,
    remembered > 0 && `${formatCount(remembered)} answers known from before`,
    unreadable > 0 && `${formatCount(unreadable)} unreadable`,
    failed > 0 && `${formatCount(failed)} failed`,
    model !== null && `by ${safe(model)}`,
    cost !== null && `cost ${formatNumber(cost)}${currency === null ? '' : ` ${safe(currency)}`}`,
  ]
  return facts.filter((fact) => typeof fact === 'string').join(' · ')
}

/**
 * Returns the scores that a judge model gave, grouped by the defects that burn itself found in the replies (flags, such as `truncated`); the group
 * `none` has the replies without a defect. Each group states its flag, the number of scored replies, their mean score, and how many are good enough.
 * Empty when no reply has a flag.
 */
export function judgeFlags({ flags = [] }: NonNullable<Result['judge']>): NonNullable<NonNullable<Result['judge']>['flags']> {
  return flags.some(({ flag }) => flag !== NO_FLAG) ? flags : []
}
