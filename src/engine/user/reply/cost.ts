/** What a reply cost. */
import type { Exchange } from '../../../exchange.ts'
import type { Pricing } from '../../../scenario/compile/plan.ts'
import type { Usage } from '../../../usage.ts'

/** Sets the price of an attempt, where the target has prices. One that generated something and does not say how much has none, and a warning. */
export function price(exchange: Exchange, pricing: Pricing | undefined): void {
  if (!pricing) return
  exchange.cost = costOf(exchange.usage, pricing)
  if (exchange.cost === undefined && exchange.frames > 0) exchange.warnings.push('unknown_cost')
}

/** Price of a reply; undefined when its counts are not known. What was read from a cache, and written to one, is part of the input. */
export function costOf(usage: Usage | undefined, pricing: Pricing): number | undefined {
  const { inputTokens, outputTokens } = usage ?? {}
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined
  const read = Math.min(usage?.cachedInputTokens ?? 0, inputTokens)
  const written = Math.min(usage?.cacheWriteTokens ?? 0, inputTokens - read)
  const hour = Math.min(usage?.cacheWrite1hTokens ?? 0, written)
  const sum =
    (inputTokens - read - written) * pricing.inputPer1M +
    read * pricing.cachedPer1M +
    (written - hour) * pricing.cacheWritePer1M +
    hour * pricing.cacheWrite1hPer1M +
    outputTokens * pricing.outputPer1M
  return sum / 1e6
}
