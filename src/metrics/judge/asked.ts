/** Types and counts for how the questions to a judge ended. */
import type { JudgeSummary } from '../../result/schema.ts'

/**
 * The outcome of one question to a judge model: `answered` with a text (`remembered` if the text was stored by an earlier run), `failed` with a
 * failure class, or `unasked` if the question was never sent.
 */
export type JudgeQuestion =
  | { readonly state: 'answered'; readonly text: string; readonly remembered?: true }
  | { readonly state: 'failed'; readonly class: string }
  | { readonly state: 'unasked' }

/** The outcomes of all questions to a judge model, in the order of the questions, with the name of the model and the cost. */
export interface JudgeAnswers extends Pick<JudgeSummary, 'model' | 'stopped' | 'why' | 'cost' | 'currency' | 'unpriced'> {
  readonly questions: readonly JudgeQuestion[]
}

/**
 * Counts how many questions were sent to a judge, how many were answered from an earlier run instead (`remembered`), and how many failed, in all and
 * by failure class.
 */
export function askedCounts({
  questions,
}: Pick<JudgeAnswers, 'questions'>): Pick<JudgeSummary, 'asked' | 'remembered' | 'failed' | 'failures'> {
  const failures: Record<string, number> = {}
  for (const question of questions)
    if (question.state === 'failed') failures[question.class] = (failures[question.class] ?? 0) + 1
  const remembered = questions.filter((question) => 'remembered' in question).length
  return {
    asked: questions.filter(({ state }) => state !== 'unasked').length - remembered,
    ...(remembered > 0 && { remembered }),
    failed: questions.filter(({ state }) => state === 'failed').length,
    failures,
  }
}
