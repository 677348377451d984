import { TemplateError } from '../../language/template/template.ts'
import type { Random } from '../../random.ts'
import type { AttemptStep, LoopStep, MessageStep, PlannedStep } from '../../scenario/compile/plan.ts'
import type { PlannedTools } from '../../scenario/compile/planned-message.ts'
import type { Conversation } from './conversation.ts'
import { runTools, type ToolUser } from './message/tool-results.ts'
import type { Variables } from './variables.ts'

/** The callbacks by which `walk` runs the steps of an iteration: `begin` starts a step, `finish` waits for its end. Both return whether to go on. */
export interface StepTaker {
  /** True when a step of the iteration has failed, so that a later one may be skipped. */
  hasFailed(): boolean
  /** Begins a step. Returns false when the iteration is over. */
  begin(step: PlannedStep): boolean | Promise<boolean>
  /** Waits for the end of a step that has begun. Resolves with whether the iteration goes on. */
  finish(begun: Promise<boolean>): Promise<boolean>
}

/**
 * Runs the steps of a user's iteration one after the other. The result is true when all steps were run, false when the iteration ended early; it is
 * a promise only when a step has to be waited for.
 */
export function walk(steps: readonly PlannedStep[], taker: StepTaker): boolean | Promise<boolean> {
  for (let at = 0; at < steps.length; at += 1) {
    const step = steps[at]
    if (!step) break
    const begun = taker.begin(step)
    if (begun === false) return false
    if (begun === true) continue
    // The usual iteration has one step and needs no promise of its own, because only after a failure can steps be skipped.
    const isAlone = steps.length === 1 && !taker.hasFailed() && (step.kind === 'request' || step.kind === 'message')
    return isAlone ? begun : walkOn(begun, steps.slice(at + 1), taker)
  }
  return true
}

/** Waits for a step that has begun, and walks through those after it. */
async function walkOn(first: Promise<boolean>, rest: readonly PlannedStep[], taker: StepTaker): Promise<boolean> {
  if (!(await taker.finish(first))) return false
  for (const step of rest) {
    const begun = taker.begin(step)
    if (!(typeof begun === 'boolean' ? begun : await taker.finish(begun))) return false
  }
  return true
}

/** A user that repeats a step in rounds, as long as its replies call tools. */
interface RoundTaker extends ToolUser {
  readonly conversation: Conversation
  /** Makes the attempts of a step. Like `delay`, which waits, it resolves with whether the iteration goes on. */
  attempt(step: AttemptStep, first: boolean): Promise<boolean>
  delay(ms: number): Promise<boolean>
}

/**
 * Makes the attempts of one message or request step. When the reply calls tools and the scenario has results for them, it sends these as the next
 * attempt, until a reply calls no tool. `first` is true for the first such step of the iteration. Resolves with whether the iteration goes on.
 */
export function takeStep(step: AttemptStep, first: boolean, user: RoundTaker): Promise<boolean> {
  const isInRounds = step.kind === 'message' && step.tools?.replies !== undefined
  return isInRounds && step.tools ? takeRounds(step, step.tools, first, user) : user.attempt(step, first)
}

/**
 * Repeats a step with the results of tools as long as its replies call tools. Resolves with whether the iteration goes on. The time that tools take
 * is in no latency, because the next attempt is due only when they are done.
 */
async function takeRounds(step: MessageStep, tools: PlannedTools, first: boolean, user: RoundTaker): Promise<boolean> {
  const { conversation } = user
  conversation.beginStep()
  try {
    let goesOn = await user.attempt(step, first)
    while (goesOn && conversation.calls.length > 0) {
      const { results, tookMs } = runTools(conversation.calls, tools, user)
      if (tookMs > 0 && !(await user.delay(tookMs))) return false
      conversation.answerCalls(results)
      goesOn = await user.attempt(step, false)
    }
    return goesOn
  } finally {
    conversation.beginStep()
  }
}

/** The user's variables and random streams, from which the number of rounds of a loop is computed. */
interface Rounds {
  readonly scope: Variables
  /** The user's random stream for templates. */
  readonly random: Random
  streamOf(purpose: 'rounds'): Random
}

/**
 * Returns the number of rounds of a loop step: its `times` or, without that, its `max`.
 * @throws TemplateError when `times` does not render to a whole number
 */
export function roundsOf({ times, max }: LoopStep, user: Rounds): number {
  if (typeof times !== 'object') return times ?? max
  if ('draw' in times) return times.draw(user.streamOf('rounds'))
  const text = times.render(user.scope, user.random)
  const count = Number(text)
  if (Number.isInteger(count) && count >= 0 && text.trim() !== '') return count
  throw new TemplateError(`loop.times is "${text.slice(0, 40)}", expected a whole number`, { line: 1, column: 1 })
}

/** Gives a loop's variable back the value that it had before the loop. If `value` is undefined, the variable is removed. */
export function restore(scope: Variables, name: string, value: unknown): void {
  if (value === undefined) delete scope[name]
  else scope[name] = value
}
