/** Compiles the keys about conversations: what users remember, how long answers they ask for, and how the quality of replies is measured. */
import type { Template } from '../../language/template/template.ts'
import type { Scenario } from '../schema/schema.ts'
import { compileSource } from './captures.ts'
import type { PlannedConversation } from './plan.ts'
import type { Texts } from './texts.ts'

export { qualitySettings as compileQuality } from '../../metrics/quality/schema.ts'

const SUFFIXES = {
  minimal: ' Answer in one short sentence.',
  normal: undefined,
  verbose: ' Please explain in detail, with examples.',
  extreme:
    ' Please give the longest and most detailed answer you can, with examples, background, alternatives and a summary at the end.',
} as const

/**
 * Compiles the key `verbosity` of a scenario, which asks for short or long replies, to the template that is added to each message; undefined when
 * nothing is added.
 */
export function compileVerbosity(block: Scenario['verbosity'], texts: Texts): Template | undefined {
  const suffix = typeof block === 'object' ? block.suffix : block && SUFFIXES[block]
  return suffix === undefined ? undefined : texts.template(suffix, ['verbosity', 'suffix'])
}

/** Compiles the `conversation` block of a scenario. Missing keys get their defaults, also when the whole block is missing. */
export function compileConversation(block: Scenario['conversation'], texts: Texts): PlannedConversation {
  const memory = block?.memory ?? 'full'
  return {
    system: block?.system === undefined ? undefined : texts.template(block.system, ['conversation', 'system']),
    keepTurns: memory === 'full' ? Number.POSITIVE_INFINITY : memory === 'none' ? 0 : memory.last,
    maxTokens: block?.window?.maxTokens ?? Number.POSITIVE_INFINITY,
    maxMessages: block?.window?.maxMessages ?? Number.POSITIVE_INFINITY,
    id: block?.id && {
      source: compileSource(block.id.from, ['conversation', 'id', 'from'], texts),
      sendAs: sendAs(block.id.sendAs),
    },
    cookies: block?.cookies ?? false,
    resetEachIteration: (block?.reset ?? 'iteration') === 'iteration',
  }
}

function sendAs(text: string | undefined) {
  if (text === undefined) return undefined
  const at = text.indexOf(':')
  return { in: text.slice(0, at) === 'query' ? ('query' as const) : ('header' as const), name: text.slice(at + 1) }
}
