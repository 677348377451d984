/** Asks a model about replies, through the same connectors and dialects as the load, and apart from all that the run has measured. */
import { LocalError, TargetError } from '../errors.ts'
import type { JudgeAnswers } from '../metrics/judge/asked.ts'
import { pairQuestions, pairSummary, type ReplyPair } from '../metrics/judge/pairs.ts'
import { comparingTask } from '../metrics/judge/questions.ts'
import { rubricText } from '../metrics/judge/rubric.ts'
import { type DrawnReplies, type OnScore, scoreQuestions, summaryOf } from '../metrics/judge/scores.ts'
import type { JudgeSummary, PairSummary } from '../result/schema.ts'
import type { Plan, PlannedJudge } from '../scenario/compile/plan.ts'
import { type StartMock, startMocks } from './embedded-mocks.ts'
import { Asking, type KnownAnswers } from './judge/asking.ts'
import { judgePlan, type Question } from './judge/judge-plan.ts'
import type { RunState } from './outcome/run-state.ts'
import type { RunHooks } from './run-options.ts'
import { runPlan } from './run-plan.ts'
import type { Control } from './schedule/control.ts'

/** How long the judge (the model that scores replies) may still take to answer when no more questions are sent, in ms. */
const GRACE_MS = 30_000

/** The options for asking a judge model to score replies: answers from earlier runs, callbacks, and `control`, an object that stops the asking. */
export interface AskOptions extends Pick<RunHooks, 'onSecret'> {
  readonly startMock?: StartMock | undefined
  /** Returns true once a signal has come: no further question is sent. */
  readonly interrupted: () => boolean
  /** Stops the sending of questions, and cancels those that the judge has not answered yet. */
  readonly control: Control
  /** The store of answers that judges gave in earlier runs; left out: every question is asked. */
  readonly known?: KnownAnswers | undefined
  /** Called before the first question to the judge, with the number of questions. */
  readonly onQuestions?: ((count: number) => void) | undefined
}

/** The pairs of replies that a judge is asked about, and the number of pairs that they were drawn from. */
interface DrawnPairs {
  readonly sample: readonly ReplyPair[]
  readonly of: number
}

/** Asks the plan's judge model, if there is one, to score the sampled replies, and stores the summary in the state of the run. */
export async function scoreReplies(state: RunState, options: AskOptions): Promise<void> {
  const { plan, recorder, gradedSample } = state
  const { judge } = plan
  if (judge === undefined || gradedSample === undefined) return
  state.judge = await scoresOf(plan, judge, gradedSample.draw(), options, (grade, criterion) =>
    recorder.judge.add(grade, criterion),
  )
}

/**
 * Asks a judge model to score replies, and resolves with a summary. Calls `onScore` with the score of each reply and, with several criteria, with
 * its score by each criterion. Does not reject when the judge fails or cannot be reached: the summary then says so.
 */
export async function scoresOf(
  plan: Plan,
  judge: PlannedJudge,
  replies: DrawnReplies,
  options: AskOptions,
  onScore?: OnScore,
): Promise<JudgeSummary> {
  const { criteria, askTwice } = judge
  const questions = scoreQuestions(replies, askTwice, criteria, plan.seed)
  return summaryOf({ replies, questions, criteria }, await askJudge(plan, judge, questions, options), onScore)
}

/**
 * Asks a judge model which of two replies to the same message is better: the one of this run, or the one of a reference run. Each pair of replies is
 * asked about twice, in both orders. Resolves with a summary. Does not reject when the judge fails or cannot be reached: the summary then says so.
 */
export async function winnersOf(
  plan: Plan,
  judge: PlannedJudge,
  { sample, of }: DrawnPairs,
  options: AskOptions,
): Promise<PairSummary> {
  const rubric = rubricText(judge.criteria)
  const task = comparingTask(rubric)
  const questions = pairQuestions(sample, plan.seed).map((question) => ({ task, ...question }))
  return pairSummary({ sample, pairs: of, rubric }, await askJudge(plan, judge, questions, options))
}

/**
 * Asks the judge all questions that it has not answered before, each once. Never rejects when the judge fails, or when this machine lacks something
 * for it, such as a token or a port for a mock: then the questions have no answers, and `why` says why.
 */
async function askJudge(
  plan: Plan,
  judge: PlannedJudge,
  questions: readonly Question[],
  options: AskOptions,
): Promise<JudgeAnswers> {
  const asking = new Asking(judge, questions, options, plan.vars)
  try {
    if (asking.users > 0) await askAll(asking, judgePlan(plan, judge, asking.left, asking.users), options)
  } catch (error) {
    if (!(error instanceof LocalError || error instanceof TargetError)) throw error
    asking.givenUp(error.message)
  }
  return asking.read()
}

async function askAll(asking: Asking, plan: Plan, { control, startMock, onSecret, onQuestions }: AskOptions): Promise<void> {
  const mocks = await startMocks(plan.targets, startMock)
  const unsubscribe = control.onChange(() => {
    if (control.state === 'over') asking.control.cancel()
  })
  try {
    onQuestions?.(asking.left.length)
    await runPlan(plan, asking.control, {
      mockOrigins: new Map([...mocks].map(([name, { url }]) => [name, url])),
      gracefulMs: () => GRACE_MS,
      onAttempt: (attempt) => asking.settled(attempt),
      ...(onSecret && { onSecret }),
    }).finished
  } finally {
    unsubscribe()
    await Promise.all([...mocks.values()].map((mock) => mock.close()))
  }
}
