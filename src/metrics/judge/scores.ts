/** Scores a sample of replies: makes the questions to a judge, and summarises its answers. */
import { createHash } from 'node:crypto'
import type { JudgeSummary } from '../../result/schema.ts'
import { cohensKappa } from '../../statistics/kappa.ts'
import { type Proportion, wilson } from '../../statistics/rates.ts'
import { mean, variance } from '../../statistics/spread.ts'
import { tQuantile } from '../../statistics/student.ts'
import { readScore, type ScoreAnswer } from './answers.ts'
import { askedCounts, type JudgeAnswers, type JudgeQuestion } from './asked.ts'
import type { DrawnGroup, DrawnReplies } from './grouped-sample.ts'
import { codeOf, type GradedReply, scoringQuestion, scoringTask } from './questions.ts'
import { type Rubric, rubricText } from './rubric.ts'

export type { DrawnReplies } from './grouped-sample.ts'

/** Number of replies with the lowest scores that a result shows; `MAX_SHOWN` is the number of characters of each text. */
const MAX_LOWEST = 5
const MAX_SHOWN = 200

/** One question about a sampled reply: the reply's index in the sample, the index of the criterion, and the texts of the question. */
interface ScoreQuestion {
  readonly index: number
  readonly criterion: number
  readonly task: string
  readonly text: string
  /** The question without the code that marks quoted texts and differs in each run. */
  readonly about: string
  readonly isAnswer: (text: string) => boolean
}

/**
 * Returns the questions to a judge model: one for each reply of the sample and each criterion. The questions about the first `askTwice` replies of
 * the random sample are asked a second time, which shows how consistent the judge is. Both times come first in the list, so that they are asked even
 * when a limit on cost leaves out later questions.
 */
export function scoreQuestions(
  { sample, drawn }: DrawnReplies,
  askTwice: number,
  criteria: readonly Rubric[],
  seed: string,
): ScoreQuestion[] {
  const tasks = criteria.map(scoringTask)
  const all = sample.flatMap((reply, index) =>
    criteria.map((rubric, criterion): ScoreQuestion => {
      const text = scoringQuestion(reply, rubric, codeOf(seed, index))
      const about = scoringQuestion(reply, rubric, '')
      return {
        index,
        criterion,
        task: tasks[criterion] ?? '',
        text,
        about,
        isAnswer: (answer) => readScore(answer, rubric) !== undefined,
      }
    }),
  )
  return [...all.filter(({ index }) => index < Math.min(askTwice, drawn)), ...all]
}

/**
 * A judge's score of a reply, its reason, and whether the score is good enough. With several criteria: the mean score, and whether the reply is
 * good enough by each of them.
 */
interface Grade extends ScoreAnswer {
  readonly isGood: boolean
  /** Name of the criterion with the lowest score; undefined for a judge with one rubric. */
  readonly worst?: string | undefined
}

/** A function that is called with a judge's score of a reply: the overall score or, with `criterion`, the score by that criterion. */
export type OnScore = (grade: Grade, criterion: string | undefined, reply: GradedReply) => void

/** A scored reply of the sample, with its first grade and, if the judge was asked twice, the second. */
interface Scored {
  readonly reply: GradedReply
  readonly first: Grade
  readonly second: Grade | undefined
}

/** The replies that were drawn for a judge, and the questions about them. */
interface ScoredSample {
  readonly replies: DrawnReplies
  readonly questions: readonly ScoreQuestion[]
  readonly criteria: readonly Rubric[]
}

/**
 * Computes a judge's mean scores, pass rate and consistency. `asked` holds the judge's answers to `questions`, in the same order. The overall numbers
 * are those of the random sample; replies that were drawn in addition for a step or flag count only for that step or flag, and in the list of the
 * lowest scores. Calls `onScore` with each score of a reply of the random sample: the overall one, and those by named criteria.
 */
export function summaryOf(
  { replies: { sample, drawn, of, groups }, questions, criteria }: ScoredSample,
  asked: JudgeAnswers,
  onScore?: OnScore,
): JudgeSummary {
  const { questions: results, ...facts } = asked
  const read = results.map((result, i) => gradeOf(result, criteria[questions[i]?.criterion ?? 0]))
  const byCriterion = criteria.map((_, criterion) => {
    const grades = sample.map((): Grade[] => [])
    questions.forEach((question, i) => {
      const grade = read[i]
      if (question.criterion === criterion && grade) grades[question.index]?.push(grade)
    })
    return grades
  })
  const byPlace = sample.map((reply, index) => scoredReply(reply, overall(byCriterion.map((grades) => grades[index] ?? []))))
  const all = byPlace.flatMap((one) => one ?? [])
  const scored = byPlace.slice(0, drawn).flatMap((one) => one ?? [])
  for (const { reply, first } of scored) onScore?.(first, undefined, reply)
  const named = criteria.flatMap((rubric, k) => {
    if (rubric.name === undefined) return []
    const own = sample.slice(0, drawn).flatMap((reply, index) => scoredReply(reply, byCriterion[k]?.[index] ?? []) ?? [])
    for (const { reply, first } of own) onScore?.(first, rubric.name, reply)
    return [{ name: rubric.name, rubric: rubric.text, pass: rubric.pass, ...figuresOf(own) }]
  })
  const [{ min, max, pass }] = criteria as readonly [Rubric]
  const answered = results.filter(({ state }) => state === 'answered').length
  return {
    ...facts,
    ...askedCounts(asked),
    rubric: rubricText(criteria),
    taskHash: createHash('sha256').update(criteria.map(scoringTask).join('\n')).digest('hex'),
    scale: { min, max },
    pass,
    unreadable: answered - read.filter((grade) => grade !== undefined).length,
    replies: of,
    sampled: drawn,
    ...(all.length > scored.length && { further: all.length - scored.length }),
    ...figuresOf(scored),
    steps: groupsOf('step', groups, byPlace).map(({ name, ...figures }) => ({ step: name, ...figures })),
    ...flagsOf(groups, byPlace),
    lowest: lowestOf(all),
    ...(named.length > 0 && { criteria: named }),
  }
}

function gradeOf(question: JudgeQuestion, rubric: Rubric | undefined): Grade | undefined {
  const answer = question.state === 'answered' && rubric ? readScore(question.text, rubric) : undefined
  return answer && rubric && { ...answer, isGood: answer.score >= rubric.pass, worst: rubric.name }
}

/** Returns a reply with its first and second grade; undefined for a reply without a grade. */
function scoredReply(reply: GradedReply, [first, second]: readonly Grade[]): Scored | undefined {
  return first && { reply, first, second }
}

/**
 * Combines the grades of a reply by all criteria: the mean score, with the reason for the lowest. The n-th grade exists only if each criterion has an
 * n-th one.
 */
function overall(byCriterion: readonly (readonly Grade[])[]): Grade[] {
  const times = Math.min(...byCriterion.map(({ length }) => length))
  return Array.from({ length: times }, (_, n): Grade => {
    const grades = byCriterion.flatMap((own) => own[n] ?? [])
    const lowest = grades.reduce((worst, grade) => (grade.score < worst.score ? grade : worst))
    return { ...lowest, score: mean(grades.map(({ score }) => score)), isGood: grades.every(({ isGood }) => isGood) }
  })
}

/** Computes the figures of a set of scores that the result states for all scores and for each criterion. */
function figuresOf(scored: readonly Scored[]) {
  return {
    scored: scored.length,
    score: scoreOf(scored.map(({ first }) => first.score)),
    passed: scored.length === 0 ? null : shareOf({ part: passedIn(scored), whole: scored.length }),
    again: againOf(scored),
  }
}

/** Returns the fraction `part` ÷ `whole` of a judge's ratings, such as the replies that passed, with its 95 % confidence interval (Wilson). */
export function shareOf({ part, whole }: Proportion): NonNullable<JudgeSummary['passed']> {
  return { part, whole, ...wilson({ part, whole }) }
}

const passedIn = (scored: readonly Scored[]) => scored.filter(({ first }) => first.isGood).length

function scoreOf(scores: readonly number[]): JudgeSummary['score'] {
  if (scores.length === 0) return null
  const centre = mean(scores)
  const reach =
    new Set(scores).size < 2 ? Number.NaN : tQuantile(0.975, scores.length - 1) * Math.sqrt(variance(scores) / scores.length)
  const [low, high] = Number.isNaN(reach) ? [null, null] : [centre - reach, centre + reach]
  return { mean: centre, low, high, min: Math.min(...scores), max: Math.max(...scores) }
}

/**
 * Returns the figures of the groups of one kind (steps or flags). A group without a score is listed too, because another part of the run may have
 * scores for it, and the number of its replies is the sum over all parts.
 */
function groupsOf(kind: DrawnGroup['by'], groups: readonly DrawnGroup[], byPlace: readonly (Scored | undefined)[]) {
  return groups.flatMap(({ by, name, replies, at }) => {
    if (by !== kind) return []
    const own = at.flatMap((place) => byPlace[place] ?? [])
    const centre = own.length === 0 ? null : mean(own.map(({ first }) => first.score))
    return [{ name, replies, scored: own.length, mean: centre, passed: passedIn(own) }]
  })
}

/** Returns the figures of the replies with each quality flag, and with none; nothing when quality was not measured. */
function flagsOf(groups: readonly DrawnGroup[], byPlace: readonly (Scored | undefined)[]): Pick<JudgeSummary, 'flags'> {
  const flags = groupsOf('flag', groups, byPlace).map(({ name, ...figures }) => ({ flag: name, ...figures }))
  return flags.length > 0 ? { flags } : {}
}

function againOf(scored: readonly Scored[]): JudgeSummary['again'] {
  const pairs = scored.flatMap(({ first, second }) => (second ? [[first, second] as const] : []))
  if (pairs.length === 0) return null
  const verdict = ({ isGood }: Grade) => (isGood ? 'good' : 'bad')
  const verdicts = pairs.map(([a, b]) => [verdict(a), verdict(b)] as const)
  return {
    replies: pairs.length,
    same: verdicts.filter(([a, b]) => a === b).length,
    kappa: cohensKappa(verdicts),
    difference: mean(pairs.map(([a, b]) => Math.abs(a.score - b.score))),
  }
}

function lowestOf(scored: readonly Scored[]): JudgeSummary['lowest'] {
  return scored
    .filter(({ first }) => !first.isGood)
    .sort((a, b) => a.first.score - b.first.score)
    .slice(0, MAX_LOWEST)
    .map(({ reply, first }) => ({
      step: reply.step,
      message: shown(reply.prompt),
      reply: shown(reply.text),
      score: first.score,
      reason: shown(first.reason),
      ...(first.worst !== undefined && { criterion: first.worst }),
    }))
}

/** Returns the beginning of a text, cut between words: half a secret could not be recognised and masked. */
function shown(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).replace(/\S*$/, '')}…`
}
