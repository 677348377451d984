import { ExpressionError } from '../../language/expression/expression.ts'
import { TemplateError } from '../../language/template/template.ts'
import type { Random } from '../../random.ts'
import type { Plan, PlannedGroup } from '../../scenario/compile/plan.ts'
import type { IterationStart } from '../schedule/scheduled-user.ts'
import type { Conversation } from './conversation.ts'
import type { RunContext } from './run-context.ts'
import type { Variables } from './variables.ts'

/** The value of the variable `reply` before the first reply of an iteration. */
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
type UserScope = Readonly<Pick<Variables, 'user' | 'vu' | 'model' | 'run'>>

/** Returns the variables whose values are the same in every iteration of a user, such as `user` and `run`. */
export function userScope(plan: Plan, userId: number, group: PlannedGroup | undefined): UserScope {
  return {
    user: { id: userId, number: userId + 1, group: group?.name ?? '' },
    vu: userId,
    model: plan.targets[0]?.chat.model ?? '',
    run: { name: plan.name, seed: plan.seed },
  }
}

/** The facts from which the variables of an iteration are made. */
interface IterationFacts {
  readonly plan: Plan
  readonly own: UserScope
  readonly group: PlannedGroup | undefined
  readonly iteration: number
  /** Number of iterations that this user has made before. */
  readonly ofUser: number
  readonly random: Random
  /** Variables that the steps of setup have captured, for all users. */
  readonly shared: Variables
  /** The iteration's row of each data file, by its name in `data:`. */
  readonly rows: Variables
}

/** Returns the variables that templates can read at the start of an iteration, such as `user` and `iteration`. */
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
    // A value captured by setup takes precedence over the scenario's variable of the same name, which is its default.
    if (!Object.hasOwn(facts.shared, name)) scope[name] = value.render(scope, random)
  }
  return scope
}

/** The parts of a user that its variables are made from. */
interface ScopeUser {
  readonly id: number
  readonly group: PlannedGroup | undefined
  readonly random: Random
  readonly conversation: Conversation
}

/** Creates the variables of each new iteration of one user. */
export class Scopes {
  private readonly run: RunContext
  private readonly user: ScopeUser
  private readonly own: UserScope
  /** True when a source of credentials may give the user an identity. */
  private readonly hasIdentity: boolean

  constructor(run: RunContext, user: ScopeUser) {
    this.run = run
    this.user = user
    this.own = userScope(run.plan, user.id, user.group)
    this.hasIdentity = run.plan.targets.some((_, target) => run.credentials(target) !== undefined)
  }

  /** Returns the variables of an iteration; undefined when a data file has no row left for it. `ofUser`: iterations the user made before. */
  next(start: IterationStart, ofUser: number): Variables | undefined {
    const { run, user, own } = this
    const { setupOrTeardown, iteration } = start
    // Setup and teardown are no iterations: they take no rows.
    const rows = setupOrTeardown ? {} : run.nextRows(user.id, start)
    if (!rows) return undefined
    const { group, random, conversation } = user
    const all = this.hasIdentity ? { ...rows, ...this.identity() } : rows
    return newScope({ plan: run.plan, own, group, iteration, ofUser, random, shared: run.shared, rows: all }, conversation)
  }

  /** Returns the variable `identity`, the user's own row of credentials, if a target gives one to each user; otherwise no variable. */
  private identity(): Variables {
    for (const target of this.run.plan.targets.keys()) {
      const identity = this.run.credentials(target)?.identity(Math.max(0, this.user.id))
      if (identity) return { identity }
    }
    return {}
  }
}

/** True when an error comes from evaluating a template or a condition of the scenario. */
export function isScenarioError(error: unknown): error is TemplateError | ExpressionError {
  return error instanceof TemplateError || error instanceof ExpressionError
}
