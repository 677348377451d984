import { ExpressionError } from '../../language/expression/expression.ts'
import { TemplateError } from '../../language/template/template.ts'
import type { Random } from '../../random.ts'
import type { Plan, PlannedGroup } from '../../scenario/compile/plan.ts'
import type { Conversation } from './conversation.ts'
import type { Variables } from './variables.ts'

/** The value of `reply` before the first reply of an iteration. */
const NO_REPLY = Object.freeze({
  text: '',
  reasoning: '',
  status: null,
  headers: Object.freeze({}),
  ok: false,
  error: null,
  finish: null,
  tokens: null,
  inputTokens: null,
  ttftMs: null,
  serviceMs: null,
  responseMs: null,
  json: null,
})

/** The variables that are the same in every iteration of a user. */
export type UserScope = Readonly<Pick<Variables, 'user' | 'vu' | 'model' | 'run'>>

/** Returns the variables that are the same in every iteration of a user. */
export function userScope(plan: Plan, userId: number, group: PlannedGroup | undefined): UserScope {
  return {
    user: { id: userId, number: userId + 1, group: group?.name ?? '' },
    vu: userId,
    model: plan.targets[0]?.chat.model ?? '',
    run: { name: plan.name, seed: plan.seed },
  }
}

/** What the variables of an iteration are filled from. */
interface IterationFacts {
  readonly plan: Plan
  readonly own: UserScope
  readonly group: PlannedGroup | undefined
  readonly iteration: number
  /** Number of iterations that this user has made before. */
  readonly ofUser: number
  readonly random: Random
  /** Variables that setup has captured. */
  readonly shared: Variables
  /** The iteration's row of each data file, by its name in `data:`. */
  readonly rows: Variables
}

/** Returns the variables with which an iteration begins, such as `user` and `iteration`. */
export function newScope(facts: IterationFacts, conversation: Conversation): Variables {
  const { plan, own, group, iteration, ofUser, random } = facts
  const scope: Variables = {
    user: own.user,
    vu: own.vu,
    iteration: { index: iteration, count: iteration + 1, ofUser },
    model: own.model,
    run: own.run,
    reply: NO_REPLY,
    conversation: conversation.described,
  }
  Object.assign(scope, facts.rows, facts.shared)
  for (const { name, value } of (group ?? plan).vars) {
    // What setup captured wins: a variable of the same name is its default.
    if (!Object.hasOwn(facts.shared, name)) scope[name] = value.render(scope, random)
  }
  return scope
}

/** True when an error comes from evaluating a template or a condition of the scenario. */
export function isScenarioError(error: unknown): error is TemplateError | ExpressionError {
  return error instanceof TemplateError || error instanceof ExpressionError
}
