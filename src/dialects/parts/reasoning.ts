import type { Exchange } from '../../exchange.ts'
import { asArray, asObject, asString, type JsonObject } from './json.ts'

/** The keys that may hold reasoning text. Some servers send the same text under several of them, so only the first counts. */
const KEYS = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_text', 'thought'] as const
/** The keys that may hold a list of reasoning parts with types, as OpenRouter and LiteLLM send them. */
const LISTS = ['reasoning_details', 'thinking_blocks'] as const
const TEXTS = ['text', 'summary', 'thinking', 'content'] as const

/**
 * Returns the reasoning text in a message of OpenAI's chat API, or in the `delta` of one streamed event; '' when it has none. If the server sends the
 * reasoning only as a summary, or encrypted, marks the exchange (request and reply) by `partialReasoning`.
 */
export function readReasoning(delta: JsonObject, exchange: Exchange): string {
  let found = ''
  for (let at = 0; at < LISTS.length; at++) {
    const parts = asArray(delta[LISTS[at] ?? ''])
    let text = ''
    for (let i = 0; i < parts.length; i++) text += partText(asObject(parts[i]), exchange)
    if (found === '') found = text
  }
  for (let at = 0; at < KEYS.length; at++) {
    const value = delta[KEYS[at] ?? '']
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'object' && value !== null && found === '') found = partText(asObject(value), exchange)
  }
  return found
}

function partText(part: JsonObject | undefined, exchange: Exchange): string {
  if (part === undefined) return ''
  const type = asString(part.type)
  if (/summary|encrypted|redacted/.test(type)) exchange.note({ partialReasoning: true })
  if (/encrypted|redacted/.test(type)) return ''
  for (let at = 0; at < TEXTS.length; at++) {
    const text = asString(part[TEXTS[at] ?? ''])
    if (text !== '') return text
  }
  return ''
}

/**
 * Adds a warning to an exchange (a request with its reply) when the model has reasoned, but the reply does not show the reasoning or does not count
 * its tokens. Metrics such as tokens per second then leave the reasoning out.
 */
export function warnOfReasoning(exchange: Exchange): void {
  const { usage, hidesReasoning, reasoningBytes } = exchange
  if (!hidesReasoning || !usage) return
  if (reasoningBytes === 0) exchange.warn('hidden_reasoning')
  if (usage.outputTokens !== null && usage.visibleTokens === null) exchange.warn('uncounted_reasoning')
}
