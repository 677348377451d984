import type { Exchange } from '../../../exchange.ts'
import type { Pricing } from '../../../scenario/compile/plan.ts'
import type { Usage } from '../../../usage.ts'

/**
 * Computes the cost of an attempt and stores it on the attempt. Does nothing for a target without prices. A reply with generated text but without
 * token counts gets the warning `unknown_cost`. `isTextless` is true for an API that generates no text, such as embeddings: then only the input
 * tokens are charged.
 */
export function price(exchange: Exchange, pricing: Pricing | undefined, isTextless = false): void {
  if (!pricing) return
  const { usage } = exchange
  const cost = costOf(usage && isTextless ? { ...usage, outputTokens: 0 } : usage, pricing)
  exchange.note({ cost })
  if (cost === undefined && exchange.frames > 0) exchange.warn('unknown_cost')
}

/**
 * Returns the cost of a reply in the currency of the prices; undefined without token counts. Tokens read from or written to a cache count as
 * input, reasoning as output.
 */
export function costOf(usage: Usage | undefined, prices: Pricing): number | undefined {
  const { inputTokens, outputTokens } = usage ?? {}
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined
  const pricing = prices.above && inputTokens > prices.above.tokens ? prices.above.pricing : prices
  const read = Math.min(usage?.cachedInputTokens ?? 0, inputTokens)
  const written = Math.min(usage?.cacheWriteTokens ?? 0, inputTokens - read)
  const hour = Math.min(usage?.cacheWrite1hTokens ?? 0, written)
  const reasoning = Math.min(usage?.reasoningTokens ?? 0, outputTokens)
  const sum =
    (inputTokens - read - written) * pricing.inputPer1M +
    read * pricing.cachedPer1M +
    (written - hour) * pricing.cacheWritePer1M +
    hour * pricing.cacheWrite1hPer1M +
    (outputTokens - reasoning) * pricing.outputPer1M +
    reasoning * pricing.reasoningPer1M
  return sum / 1e6
}
