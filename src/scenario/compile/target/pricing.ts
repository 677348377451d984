/** Prices of a target, none left out: what the file does not say is the provider's usual, or the price of any input. */

import type { TargetBlock } from '../../schema/target.ts'
import type { Pricing } from '../plan.ts'

/** Anthropic takes a quarter more for input that it keeps for five minutes, and twice the price for an hour. */
const ANTHROPIC = { fiveMinutes: 1.25, hour: 2 }

/**
 * Returns the token prices of a target; undefined without a `pricing` block. Missing prices get defaults, which depend on the API format
 * (`dialectName`).
 */
export function pricingOf(pricing: TargetBlock['pricing'], dialectName: string): Pricing | undefined {
  if (!pricing) return undefined
  const { inputPer1M, outputPer1M, cachedPer1M = inputPer1M } = pricing
  const more = dialectName === 'anthropic' ? ANTHROPIC : { fiveMinutes: 1, hour: 1 }
  const { cacheWritePer1M = inputPer1M * more.fiveMinutes } = pricing
  const { cacheWrite1hPer1M = Math.max(inputPer1M * more.hour, cacheWritePer1M) } = pricing
  return { inputPer1M, cachedPer1M, cacheWritePer1M, cacheWrite1hPer1M, outputPer1M }
}
