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

/** What the variables of an iteration are filled from. */
interface IterationFacts {
  readonly plan: Plan
  readonly userId: number
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

/** Empties `scope`, the variables of a user, and fills it for a new iteration. */
export function fillScope(scope: Variables, facts: IterationFacts, conversation: Conversation): void {
  for (const name of Object.keys(scope)) delete scope[name]
  const { plan, userId, group, iteration, ofUser, random } = facts
  scope.user = { id: userId, number: userId + 1, group: group?.name ?? '' }
  scope.vu = userId
  scope.iteration = { index: iteration, count: iteration + 1, ofUser }
  scope.model = plan.targets[0]?.chat.model ?? ''
  scope.run = { name: plan.name, seed: plan.seed }
  scope.reply = NO_REPLY
  describeConversation(scope, conversation)
  Object.assign(scope, facts.rows, facts.shared)
  for (const { name, value } of (group ?? plan).vars) {
    // What setup captured wins: a variable of the same name is its default.
    if (!Object.hasOwn(facts.shared, name)) scope[name] = value.render(scope, random)
  }
}

/** Sets the variable `conversation` in the scope: counts, id, the last two turns and the history as text. */
export function describeConversation(scope: Variables, conversation: Conversation): void {
  const { history, id, trimmed, tokens } = conversation
  scope.conversation = {
    id: id ?? '',
    messageCount: history.length,
    messageIndex: Math.floor(history.length / 2),
    tokens,
    trimmed,
    lastUser: history.at(-2)?.content ?? '',
    lastAssistant: history.at(-1)?.content ?? '',
    history: history.map((turn) => `${turn.role}: ${turn.content}`).join('\n'),
  }
}

/** Whether an error comes from evaluating a template or a condition. */
export function isScenarioError(error: unknown): error is TemplateError | ExpressionError {
  return error instanceof TemplateError || error instanceof ExpressionError
}
