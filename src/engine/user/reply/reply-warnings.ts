/** What an ok reply to a message came to: it said something, or nothing, or what it said was blocked or not found. */
import { isBlockWord } from '../../../blocking.ts'
import { type Clues, cluesOf } from '../../../dialects/reply/clues.ts'
import type { FoundText } from '../../../dialects/reply/texts.ts'
import type { Exchange } from '../../../exchange.ts'

/** One token may be the mark that ends a reply: servers count it, and it has no text. */
const END_TOKENS = 1

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Leaves a warning on a reply to a message in which nothing generated was seen, or which was blocked: `empty_reply`, `blocked`, `text_not_found`. */
export function addReplyWarnings(exchange: Exchange): void {
  if (exchange.outcome !== 'ok' || !exchange.replied) return
  const { warnings, finishReason = '', refused, spoke } = exchange
  if (refused || isBlockWord(finishReason)) warnings.push('blocked')
  else if (!spoke && !/tool|function/i.test(finishReason)) noteSilence(exchange, cluesOf(utf8.decode(exchange.rawBeginning)))
}

function noteSilence(exchange: Exchange, { blocked, callsTool, text }: Clues): void {
  if (blocked !== undefined) exchange.warnings.push('blocked')
  else if (callsTool) return
  else if (text !== undefined || unseenTokens(exchange) > END_TOKENS) {
    exchange.warnings.push('text_not_found')
    exchange.unread = unreadText(unseenTokens(exchange), text)
  } else exchange.warnings.push('empty_reply')
}

/** Visible tokens that the usage tells of. */
function unseenTokens({ usage }: Exchange): number {
  return usage === undefined || usage.source === 'estimate' ? 0 : (usage.visibleTokens ?? 0)
}

/** "usage tells of 3 visible tokens; there is text at $.choices[0].text ("San")". */
function unreadText(tokens: number, text: FoundText | undefined): string {
  const counted = tokens > 0 ? [`usage tells of ${tokens} visible token${tokens === 1 ? '' : 's'}`] : []
  const found = text === undefined ? [] : [`there is text at ${text.path} (${JSON.stringify(text.sample)})`]
  return [...counted, ...found].join('; ')
}
