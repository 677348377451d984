import type { Assignment } from '../../language/template/variables.ts'
import type { JudgeAnswers, JudgeQuestion } from '../../metrics/judge/asked.ts'
import type { PlannedJudge } from '../../scenario/compile/plan.ts'
import { Control } from '../schedule/control.ts'
import type { SettledAttempt } from '../user/run-context.ts'
import type { Question } from './judge-plan.ts'
import { type KnownAnswers, Remembered } from './known-answers.ts'
import { Spending } from './spending.ts'

export type { KnownAnswers } from './known-answers.ts'

/** Number of failed questions, without any answer before, after which the judge counts as unreachable and is not asked any more. */
const MOST_FAILURES = 3

/**
 * Collects the answers of a judge model, which scores replies. No more questions are sent when the limit on cost is reached, when the first questions
 * have all failed, or after a signal such as Ctrl-C.
 */
export class Asking {
  /** Stops the sending of questions to the judge, and cancels those in flight. */
  readonly control = new Control()
  /** The questions that still have to be asked: all that have no stored answer. */
  readonly left: readonly Question[]
  /** How many questions may be sent to the judge at once; 0 when none may be sent, for instance because of the limit on cost. */
  readonly users: number
  private readonly judge: PlannedJudge
  private readonly interrupted: () => boolean
  private readonly results: JudgeQuestion[]
  private readonly spending: Spending
  private readonly remembered: Remembered
  private answers = 0
  private failures = 0
  private stopped: JudgeAnswers['stopped'] = null
  private why: string | null = null

  /**
   * Prepares the questions to a judge. `interrupted` returns true once a signal (such as Ctrl-C) has come; `known` holds stored answers of earlier
   * runs; `vars` are the variables of the scenario.
   */
  constructor(
    judge: PlannedJudge,
    all: readonly Question[],
    { interrupted, known }: { readonly interrupted: () => boolean; readonly known?: KnownAnswers | undefined },
    vars: readonly Assignment[],
  ) {
    const { target, maxCost, concurrency } = judge
    this.remembered = new Remembered(judge, all, known, vars)
    const questions = this.remembered.left
    this.left = questions
    const longest = questions.reduce((most, { task, text }) => Math.max(most, task.length + text.length), 0)
    this.judge = judge
    this.interrupted = interrupted
    this.results = questions.map(() => ({ state: 'unasked' }))
    this.spending = new Spending(maxCost, target.pricing, longest, target.chat.maxTokens)
    const affordable = Math.min(this.spending.atOnce(concurrency), questions.length)
    if (affordable === 0) this.stop('cost')
    if (interrupted()) this.stop('signal')
    this.users = this.control.state === 'running' ? affordable : 0
  }

  /** Stops asking the judge because something on this machine prevents it; `why` is the reason in words. */
  givenUp(why: string): void {
    this.stop('local')
    this.why ??= why
  }

  /**
   * Takes the answer to a question and stores it at once, so that a run which is killed keeps the answers that were paid for. The number of the
   * question is that of the iteration.
   */
  settled({ exchange, start }: SettledAttempt): void {
    const { failure, outcome, text, cost } = exchange
    if (outcome === 'ok') {
      this.answers += 1
      this.results[start.iteration] = { state: 'answered', text }
      this.remembered.keep(start.iteration, text)
    } else {
      this.failures += 1
      this.why ??= failure?.message ?? 'the question was cut off'
      this.results[start.iteration] = { state: 'failed', class: failure?.class ?? 'cut' }
    }
    if (outcome === 'ok' || cost !== undefined) this.spending.add(cost)
    if (this.interrupted()) this.stop('signal')
    else if (this.answers === 0 && this.failures >= MOST_FAILURES) this.stop('unreachable')
    // The questions in flight may cost as much as this one, and the next one would begin now.
    else if (this.spending.exceededBy(Math.min(this.users, this.open()))) this.stop('cost')
  }

  /** Returns the judge's answers to all questions, new and stored ones, in the order of the questions. Call it once, after the last answer. */
  read(): JudgeAnswers {
    const { target } = this.judge
    const { spent, unpriced } = this.spending
    return this.remembered.with({
      model: target.chat.model ?? null,
      stopped: this.results.some(({ state }) => state === 'unasked') ? this.stopped : null,
      why: this.why,
      cost: target.pricing ? spent : null,
      currency: target.billing?.currency ?? null,
      unpriced: target.pricing ? unpriced : 0,
      questions: this.results,
    })
  }

  /** Returns the number of questions without an answer, including those that were sent and are not answered yet. */
  private open(): number {
    return this.results.length - this.answers - this.failures
  }

  private stop(why: NonNullable<JudgeAnswers['stopped']>): void {
    this.stopped ??= why
    this.control.stop('finished')
  }
}
