/** What a judge answered before, so that no question is paid for twice. */
import { createHash } from 'node:crypto'
import type { JudgeAnswers, JudgeQuestion } from '../../metrics/judge/asked.ts'
import type { PlannedJudge } from '../../scenario/compile/plan.ts'
import type { Question } from './judge-plan.ts'

/** Answers of judges by the key of their question. */
export interface KnownAnswers {
  get(key: string): string | undefined
  /** Keeps an answer. Does not throw when it cannot be kept. */
  add(key: string, answer: string): void
}

/** Questions to a judge, some of which have been answered before. */
export class Remembered {
  /** Those that are to be asked. */
  readonly left: readonly Question[]
  private readonly known: KnownAnswers | undefined
  private readonly questions: readonly Question[]
  private readonly keys: readonly string[]
  private readonly answers: readonly (string | undefined)[]

  /** `known` undefined, or a judge without `cache`: all are to be asked. */
  constructor(judge: PlannedJudge, questions: readonly Question[], known: KnownAnswers | undefined) {
    this.known = judge.cache ? known : undefined
    this.questions = questions
    this.keys = this.known ? keysOf(judge, questions) : []
    this.answers = this.keys.map((key) => this.known?.get(key))
    this.left = questions.filter((_, i) => this.answers[i] === undefined)
  }

  /** Returns the answers to all questions, of which those that were asked have `given` ones, and keeps these: those that can be read. */
  with(given: JudgeAnswers): JudgeAnswers {
    const rest = given.questions[Symbol.iterator]()
    const questions = this.questions.map((question, i): JudgeQuestion => {
      const text = this.answers[i]
      if (text !== undefined) return { state: 'answered', text, remembered: true }
      const answer: JudgeQuestion = rest.next().value ?? { state: 'unasked' }
      if (answer.state === 'answered' && question.isAnswer(answer.text)) this.known?.add(this.keys[i] ?? '', answer.text)
      return answer
    })
    return { ...given, questions }
  }
}

/**
 * The keys of questions: equal for the same model with the same settings that is asked the same of the same texts. Who is asked twice on purpose
 * has two keys.
 */
function keysOf({ target }: PlannedJudge, questions: readonly Question[]): string[] {
  const { dialectName, url, chat, mock } = target
  const counts = new Map<string, number>()
  return questions.map(({ task, about }) => {
    const key = createHash('sha256')
      .update(JSON.stringify([dialectName, url.source, chat, mock ?? null, task, about]))
      .digest('hex')
    const before = counts.get(key) ?? 0
    counts.set(key, before + 1)
    return before === 0 ? key : `${key}-${before + 1}`
  })
}
