/** Scores for a sample of replies: the questions, and what their answers come to. */
import { createHash } from 'node:crypto'
import type { JudgeSummary } from '../../result/schema.ts'
import { cohensKappa } from '../../statistics/kappa.ts'
import { type Share, wilson } from '../../statistics/rates.ts'
import { mean, variance } from '../../statistics/spread.ts'
import { tQuantile } from '../../statistics/student.ts'
import { readScore, type ScoreAnswer } from './answers.ts'
import { askedCounts, type JudgeAnswers } from './asked.ts'
import { codeOf, type GradedReply, scoringQuestion, scoringTask } from './questions.ts'
import type { Rubric } from './rubric.ts'

/** Replies with low scores that a result shows, and characters of each text of them. */
const MAX_LOWEST = 5
const MAX_SHOWN = 200

/** One question about a sample: the place of its reply in the sample, and the text. */
interface ScoreQuestion {
  readonly index: number
  readonly text: string
}

/**
 * Returns one question for each reply of the sample. The first `askTwice` replies are asked about once more, at the very beginning, so that
 * a limit on cost does not leave out the second answers, which show how consistent the judge is.
 */
export function scoreQuestions(sample: readonly GradedReply[], askTwice: number, rubric: Rubric, seed: string): ScoreQuestion[] {
  const all = sample.map((reply, index) => ({ index, text: scoringQuestion(reply, rubric, codeOf(seed, index)) }))
  return [...all.slice(0, askTwice), ...all]
}

/** A scored reply of the sample: its first score and, when it was asked twice, the second. */
interface Scored {
  readonly reply: GradedReply
  readonly first: ScoreAnswer
  readonly second: ScoreAnswer | undefined
}

/** What was asked of how many replies. */
interface ScoredSample {
  readonly sample: readonly GradedReply[]
  readonly questions: readonly ScoreQuestion[]
  /** Replies that the sample was drawn from. */
  readonly replies: number
  readonly rubric: Rubric
}

/**
 * Computes the judge's scores, pass rate and consistency from the answers (`asked`) to `questions`, in the same order. Calls `onScore` with
 * the score of each reply.
 */
export function summaryOf(
  { sample, questions, replies, rubric }: ScoredSample,
  asked: JudgeAnswers,
  onScore?: (score: number) => void,
): JudgeSummary {
  const { questions: results, ...facts } = asked
  const read = results.map((result) => (result.state === 'answered' ? readScore(result.text, rubric) : undefined))
  const scored = sample.flatMap((reply, index): Scored[] => {
    const [first, second] = questions.flatMap((question, i) => (question.index === index ? (read[i] ?? []) : []))
    return first ? [{ reply, first, second }] : []
  })
  for (const { first } of scored) onScore?.(first.score)
  const answered = results.filter(({ state }) => state === 'answered').length
  return {
    ...facts,
    ...askedCounts(asked),
    rubric: rubric.text,
    taskHash: createHash('sha256').update(scoringTask(rubric)).digest('hex'),
    scale: { min: rubric.min, max: rubric.max },
    pass: rubric.pass,
    unreadable: answered - read.filter((answer) => answer !== undefined).length,
    replies,
    sampled: sample.length,
    scored: scored.length,
    score: scoreOf(scored.map(({ first }) => first.score)),
    passed: scored.length === 0 ? null : shareOf({ part: passedIn(scored, rubric), whole: scored.length }),
    steps: stepsOf(scored, rubric),
    again: againOf(scored, rubric),
    lowest: lowestOf(scored, rubric),
  }
}

/** Returns a share, such as that of the replies that passed, with the 95 % bounds of Wilson's score. */
export function shareOf({ part, whole }: Share): NonNullable<JudgeSummary['passed']> {
  return { part, whole, ...wilson({ part, whole }) }
}

const passedIn = (scored: readonly Scored[], { pass }: Rubric) => scored.filter(({ first }) => first.score >= pass).length

function scoreOf(scores: readonly number[]): JudgeSummary['score'] {
  if (scores.length === 0) return null
  const centre = mean(scores)
  const reach =
    new Set(scores).size < 2 ? Number.NaN : tQuantile(0.975, scores.length - 1) * Math.sqrt(variance(scores) / scores.length)
  const [low, high] = Number.isNaN(reach) ? [null, null] : [centre - reach, centre + reach]
  return { mean: centre, low, high, min: Math.min(...scores), max: Math.max(...scores) }
}

function stepsOf(scored: readonly Scored[], rubric: Rubric): JudgeSummary['steps'] {
  const steps = [...Map.groupBy(scored, ({ reply }) => reply.step)].sort(([a], [b]) => (a < b ? -1 : 1))
  return steps.map(([step, own]) => ({
    step,
    scored: own.length,
    mean: mean(own.map(({ first }) => first.score)),
    passed: passedIn(own, rubric),
  }))
}

function againOf(scored: readonly Scored[], { pass }: Rubric): JudgeSummary['again'] {
  const pairs = scored.flatMap(({ first, second }) => (second ? [[first.score, second.score] as const] : []))
  if (pairs.length === 0) return null
  const verdict = (score: number) => (score >= pass ? 'good' : 'bad')
  const verdicts = pairs.map(([a, b]) => [verdict(a), verdict(b)] as const)
  return {
    replies: pairs.length,
    same: verdicts.filter(([a, b]) => a === b).length,
    kappa: cohensKappa(verdicts),
    difference: mean(pairs.map(([a, b]) => Math.abs(a - b))),
  }
}

function lowestOf(scored: readonly Scored[], { pass }: Rubric): JudgeSummary['lowest'] {
  return scored
    .filter(({ first }) => first.score < pass)
    .sort((a, b) => a.first.score - b.first.score)
    .slice(0, MAX_LOWEST)
    .map(({ reply, first }) => ({
      step: reply.step,
      message: shown(reply.prompt),
      reply: shown(reply.text),
      score: first.score,
      reason: shown(first.reason),
    }))
}

/** The beginning of a text. No word is cut: half a secret could not be recognised, and masked. */
function shown(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).replace(/\S*$/, '')}…`
}
