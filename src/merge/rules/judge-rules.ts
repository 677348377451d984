/** Merge rules for the scores of a judge (a model that scores replies). Each part had a sample of its own replies scored. */
import type { JudgeSummary } from '../../result/schema.ts'
import { wilson } from '../../statistics/rates.ts'
import { tQuantile } from '../../statistics/student.ts'
import {
  allOrNull,
  fields,
  first,
  inOrder,
  largest,
  later,
  listBy,
  type MergeRule,
  orNull,
  record,
  type Some,
  smallest,
  sum,
  zipped,
} from './values.ts'

/** How many replies with the lowest scores a result lists. */
const MAX_LOWEST = 5
const CONFIDENT = 0.975

type Score = NonNullable<JudgeSummary['score']>
type JudgeStepSummary = JudgeSummary['steps'][number]
type Flag = NonNullable<JudgeSummary['flags']>[number]
type Again = NonNullable<JudgeSummary['again']>

/** Returns the mean over all parts: each part's mean is weighted by the number of values from which it was computed. */
function pooled<T>(parts: readonly T[], mean: (one: T) => number, count: (one: T) => number): number {
  const whole = parts.reduce((total, one) => total + count(one), 0)
  return whole === 0 ? 0 : parts.reduce((total, one) => total + mean(one) * count(one), 0) / whole
}

/**
 * Merges the statistics of a score. The variance of all scores is computed from the variance within each part, which follows from its Student bounds,
 * and the variance between the means of the parts.
 */
function scoreOf(parts: readonly { readonly score: Score; readonly scored: number }[]): Score {
  const mean = pooled(
    parts,
    ({ score }) => score.mean,
    ({ scored }) => scored,
  )
  const count = parts.reduce((total, { scored }) => total + scored, 0)
  const squares = parts.reduce((total, { score, scored }) => {
    const reach = score.high === null ? 0 : score.high - score.mean
    const variance = scored < 2 ? 0 : (reach / tQuantile(CONFIDENT, scored - 1)) ** 2 * scored
    return total + variance * (scored - 1) + scored * (score.mean - mean) ** 2
  }, 0)
  const reach =
    count < 2 || squares === 0 ? undefined : tQuantile(CONFIDENT, count - 1) * Math.sqrt(squares / (count - 1) / count)
  return {
    mean,
    low: reach === undefined ? null : mean - reach,
    high: reach === undefined ? null : mean + reach,
    min: Math.min(...parts.map(({ score }) => score.min)),
    max: Math.max(...parts.map(({ score }) => score.max)),
  }
}

/** Merges the scores of a group of replies, such as those of one step, over all parts, except their mean. */
const grouped = fields<Omit<JudgeStepSummary, 'step'>>({ replies: sum, scored: sum, mean: later, passed: sum })
const groupOf = (parts: Some<Omit<JudgeStepSummary, 'step'>>) => {
  const withScores = parts.flatMap(({ mean, scored }) => (mean === null ? [] : [{ mean, scored }]))
  const mean = pooled(
    withScores,
    (one) => one.mean,
    ({ scored }) => scored,
  )
  return { ...grouped(parts), mean: withScores.length === 0 ? null : mean }
}

const steps = listBy<JudgeStepSummary>(
  ({ step }) => step,
  (parts) => ({ step: first(parts).step, ...groupOf(parts) }),
)
const flags = listBy<Flag>(
  ({ flag }) => flag,
  (parts) => ({ flag: first(parts).flag, ...groupOf(parts) }),
)

/** Merges how consistent the judge was when it scored the same replies twice. Cohen's kappa cannot be computed from the parts, so it becomes null. */
const again: MergeRule<Again> = (parts) => {
  if (parts.length === 1) return first(parts)
  const { replies, same } = fields<Again>({ replies: sum, same: sum, kappa: later, difference: later })(parts)
  return {
    replies,
    same,
    kappa: null,
    difference: pooled(
      parts,
      ({ difference }) => difference,
      (one) => one.replies,
    ),
  }
}

type Criterion = NonNullable<JudgeSummary['criteria']>[number]

const passed = orNull<NonNullable<JudgeSummary['passed']>>((shares) => {
  const { part, whole } = fields<NonNullable<JudgeSummary['passed']>>({ part: sum, whole: sum, low: later, high: later })(shares)
  return { part, whole, ...wilson({ part, whole }) }
})

const addedCriterion = fields<Criterion>({
  name: first,
  rubric: first,
  pass: first,
  scored: sum,
  score: later,
  passed,
  again: orNull(again),
})

const added = fields<JudgeSummary>({
  model: first,
  rubric: first,
  taskHash: first,
  asked: sum,
  remembered: sum,
  unreadable: sum,
  failed: sum,
  failures: record(sum),
  stopped: orNull(first),
  why: orNull(first),
  cost: allOrNull(sum),
  currency: orNull(first),
  unpriced: sum,
  scale: fields({ min: smallest, max: largest }),
  pass: first,
  replies: sum,
  sampled: sum,
  further: sum,
  scored: sum,
  score: later,
  passed,
  steps,
  flags,
  again: orNull(again),
  criteria: zipped<Criterion>((parts) => ({ ...addedCriterion(parts), score: scoreIn(parts) })),
  lowest: inOrder((a, b) => a.score - b.score, MAX_LOWEST),
})

/** Merges the scores and costs of a judge model over a run's shards. */
export const judge: MergeRule<JudgeSummary> = (parts) =>
  parts.length === 1 ? first(parts) : { ...added(parts), score: scoreIn(parts) }

function scoreIn(parts: Some<Pick<JudgeSummary, 'score' | 'scored'>>): Score | null {
  const withScores = parts.flatMap(({ score, scored }) => (score === null ? [] : [{ score, scored }]))
  return withScores.length === 0 ? null : scoreOf(withScores)
}
