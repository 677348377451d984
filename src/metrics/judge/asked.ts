/** What became of the questions to a judge. */
import type { JudgeSummary } from '../../result/schema.ts'

/** One question: its answer, or why there is none. `unasked` ones were never sent. */
export type JudgeQuestion =
  | { readonly state: 'answered'; readonly text: string }
  | { readonly state: 'failed'; readonly class: string }
  | { readonly state: 'unasked' }

/** Everything that was asked, in the order of the questions. */
export interface JudgeAnswers extends Pick<JudgeSummary, 'model' | 'stopped' | 'why' | 'cost' | 'currency' | 'unpriced'> {
  readonly questions: readonly JudgeQuestion[]
}

/** Counts the questions that were sent and those without an answer. */
export function askedCounts({ questions }: Pick<JudgeAnswers, 'questions'>): Pick<JudgeSummary, 'asked' | 'failed' | 'failures'> {
  const failures: Record<string, number> = {}
  for (const question of questions)
    if (question.state === 'failed') failures[question.class] = (failures[question.class] ?? 0) + 1
  return {
    asked: questions.filter(({ state }) => state !== 'unasked').length,
    failed: questions.filter(({ state }) => state === 'failed').length,
    failures,
  }
}
