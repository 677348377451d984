/** Puts a text of its own before the prompts of each side (`--salt`), so that no server answers them from what it has cached for other prompts. */
import { createHash } from 'node:crypto'
import { UsageError } from '../../errors.ts'
import { compileTemplate, type Template } from '../../language/template/template.ts'
import type { MessageStep, Plan, PlannedStep } from '../../scenario/compile/plan.ts'

const DIGITS = 8
/** Matches the text that `salted` puts before a prompt. */
const SALT = new RegExp(`^\\[[0-9a-f]{${DIGITS}}\\] `)

/**
 * Returns a copy of a plan in which a short text stands before the system prompt or, without one, before every message. It is a hash of `name`, such
 * as the seed and side of a run. In a comparison, A and B get different texts, so that neither benefits from prompts that the other has put into the
 * target's cache.
 * @throws UsageError when the plan sends no message
 */
export function salted(plan: Plan, name: string): Plan {
  const text = `[${createHash('sha256').update(name).digest('hex').slice(0, DIGITS)}] `
  const { system } = plan.conversation
  if (!plan.exchanges.some(({ kind }) => kind === 'message'))
    throw new UsageError(
      '--salt: this scenario sends no messages',
      'requests have no prompt that burn knows: put {{uuid}} into their bodies',
    )
  if (system) return { ...plan, conversation: { ...plan.conversation, system: begun(system, text) } }
  const made = new Map<MessageStep, MessageStep>()
  const message = (step: MessageStep) => {
    const known = made.get(step) ?? { ...step, content: begunMessage(step.content, text) }
    made.set(step, known)
    return known
  }
  const walk = (steps: readonly PlannedStep[]): PlannedStep[] =>
    steps.map((step) => {
      if (step.kind === 'message') return message(step)
      if (step.kind === 'loop') return { ...step, steps: walk(step.steps) }
      return step.kind === 'if' ? { ...step, then: walk(step.then), else: walk(step.else) } : step
    })
  return {
    ...plan,
    flows: plan.flows.map((flow) => ({ ...flow, steps: walk(flow.steps) })),
    exchanges: plan.exchanges.map((step) => (step.kind === 'message' ? message(step) : step)),
  }
}

/**
 * Returns a copy of a recorded reply whose prompt lacks the text that `salted` put before it. Only then are the prompts of A and B in a comparison
 * the same again, so that their replies can be matched.
 */
export function withoutSalt<T extends { readonly prompt: string }>(reply: T): T {
  return { ...reply, prompt: reply.prompt.replace(SALT, '') }
}

const begun = (template: Template, text: string): Template => compileTemplate(text + template.source)

/** Returns the content of a message with `text` before it: as the beginning of its text, or as a further part when the content is a list of parts. */
function begunMessage(content: MessageStep['content'], text: string): MessageStep['content'] {
  return 'render' in content ? begun(content, text) : [{ text: compileTemplate(text) }, ...content]
}
