/** Types and counts for how the questions to a judge ended. */
import type { JudgeSummary } from '../../result/schema.ts'

/**
 * How a question to a judge model ended: `answered` with the text (`remembered` when it comes from the store of an earlier run), `failed` with the
 * failure class, or `unasked`, because it was never sent.
 */
export type JudgeQuestion =
  | { readonly state: 'answered'; readonly text: string; readonly remembered?: true }
  | { readonly state: 'failed'; readonly class: string }
  | { readonly state: 'unasked' }

/** How all questions to a judge ended, in the order of the questions, with the model and what they cost. */
export interface JudgeAnswers extends Pick<JudgeSummary, 'model' | 'stopped' | 'why' | 'cost' | 'currency' | 'unpriced'> {
  readonly questions: readonly JudgeQuestion[]
}

/** Counts how many questions were sent to a judge and how many of them failed, in all and by failure class. */
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
