/** Prompts that begin with a text of their own, so that no server can answer them out of what it has cached of other prompts. */
import { createHash } from 'node:crypto'
import { UsageError } from '../../errors.ts'
import { compileTemplate, type Template } from '../../language/template/template.ts'
import type { MessageStep, Plan, PlannedStep } from '../../scenario/compile/plan.ts'

const DIGITS = 8

/**
 * Returns a copy of a plan whose prompts begin with a text that depends on `name`, so that one side's prompts are not in the target's cache for
 * the other: the system prompt or, without one, every message. @throws UsageError when the plan sends no message
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
    const known = made.get(step) ?? { ...step, content: begun(step.content, text) }
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

const begun = (template: Template, text: string): Template => compileTemplate(text + template.source)
