import { isBlockWord } from '../../../blocking.ts'
import { type Clues, cluesOf } from '../../../dialects/reply/clues.ts'
import type { FoundText } from '../../../dialects/reply/texts.ts'
import type { Exchange } from '../../../exchange.ts'

export { completeServerTimes } from '../../../dialects/parts/server-times.ts'

/** Number of visible tokens that the target may count for a reply without text: many servers count the token that ends a reply. */
const END_TOKENS = 1

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Adds a warning to an ok reply to a message, if one applies: `blocked` when the model refused or a content filter stepped in. A reply without text
 * gets `text_not_found` when it seems to hold a text that burn did not find, and otherwise `empty_reply`, unless it calls a tool.
 */
export function addReplyWarnings(exchange: Exchange): void {
  if (exchange.outcome !== 'ok' || !exchange.replied) return
  const { finishReason = '', refused, spoke } = exchange
  if (refused || isBlockWord(finishReason)) exchange.warn('blocked')
  else if (!spoke && !/tool|function/i.test(finishReason)) noteSilence(exchange, cluesOf(utf8.decode(exchange.rawBeginning)))
}

function noteSilence(exchange: Exchange, { blocked, callsTool, text }: Clues): void {
  if (blocked !== undefined) exchange.warn('blocked')
  else if (callsTool) return
  else if (text !== undefined || unseenTokens(exchange) > END_TOKENS) {
    exchange.warn('text_not_found')
    exchange.note({ unread: unreadText(unseenTokens(exchange), text) })
  } else exchange.warn('empty_reply')
}

/** Returns the number of visible tokens in the provider's usage record; 0 when it is missing or an estimate. */
function unseenTokens({ usage }: Exchange): number {
  return usage === undefined || usage.source === 'estimate' ? 0 : (usage.visibleTokens ?? 0)
}

/** Describes generated text that was not found: "usage tells of 3 visible tokens; there is text at $.choices[0].text ("San")". */
function unreadText(tokens: number, text: FoundText | undefined): string {
  const counted = tokens > 0 ? [`usage tells of ${tokens} visible token${tokens === 1 ? '' : 's'}`] : []
  const found = text === undefined ? [] : [`there is text at ${text.path} (${JSON.stringify(text.sample)})`]
  return [...counted, ...found].join('; ')
}
