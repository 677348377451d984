/** The prompts of an audit: always the same text, after a few characters that are new for each prompt or, for repeated prompts, the same. */
import { randomBytes } from 'node:crypto'
import { compileTemplate, type Template, type Tree } from '../../language/template/template.ts'
import type { MessageStep, Plan, PlannedStep } from '../../scenario/compile/plan.ts'
import type { MessageContent } from '../../scenario/compile/planned-message.ts'
import type { PromptKind } from './reply.ts'

const SALT_BYTES = 4

const newSalt = () => `[${randomBytes(SALT_BYTES).toString('hex')}] `

/**
 * Makes the prompts of `burn audit`: the same text each time, after a random prefix of fixed length. Each new prompt has a prefix of its own; all
 * repeated prompts share one prefix, which no earlier audit used.
 */
export class AuditPrompts {
  private readonly common = newSalt()
  private readonly texts = new Map<string, string>()
  private salt = ''

  /**
   * Returns a copy of a plan whose messages get prompts of these kinds, one after the other. The plan's flow must consist of a step that sets nothing
   * and a message.
   */
  planned(plan: Plan, kinds: readonly PromptKind[]): Plan {
    let next = 0
    const choose: Tree = {
      ...NOTHING_READ,
      render: () => {
        this.salt = kinds[next % kinds.length] === 'distinct' ? newSalt() : this.common
        next += 1
        return {}
      },
    }
    const { system } = plan.conversation
    const begun = (step: MessageStep): MessageStep => ({ ...step, content: this.content(step.content, system === undefined) })
    const prepared = (step: PlannedStep): PlannedStep =>
      step.kind === 'set' ? { ...step, values: choose } : step.kind === 'message' ? begun(step) : step
    return {
      ...plan,
      readsReply: true, // Whole texts are compared.
      // Each message begins a new conversation.
      conversation: {
        ...plan.conversation,
        system: system && this.kept('system', system, true),
        keepTurns: 0,
        resetEachIteration: true,
      },
      flows: plan.flows.map((flow) => ({ ...flow, steps: flow.steps.map(prepared) })),
      exchanges: plan.exchanges.map((step) => (step.kind === 'message' && !step.setupOrTeardown ? begun(step) : step)),
    }
  }

  private content(content: MessageContent, isFirst: boolean): MessageContent {
    if ('render' in content) return this.kept('message', content, isFirst)
    const parts = content.map((part, at) => ('text' in part ? { text: this.kept(`part ${at}`, part.text, false) } : part))
    return isFirst ? [{ text: this.kept('salt', compileTemplate(''), true) }, ...parts] : parts
  }

  private kept(name: string, template: Template, isFirst: boolean): Template {
    const text: Template['render'] = (...given) => {
      const known = this.texts.get(name) ?? template.render(...given)
      this.texts.set(name, known)
      return isFirst ? this.salt + known : known
    }
    return { ...template, ...NOTHING_READ, render: text, value: text }
  }
}

const NOTHING_READ = { static: false, variables: [], reads: [] }
