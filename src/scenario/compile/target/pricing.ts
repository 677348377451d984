/** Compiles the prices of a target. A price that the scenario leaves out follows from the provider's usual ratio, or is that of other input. */

import type { TargetBlock } from '../../schema/target.ts'
import type { Billing, PlannedTarget, Pricing } from '../plan.ts'

/** Anthropic's prices for writing to its cache, in multiples of the price of input: for five minutes, and for an hour. */
const ANTHROPIC = { fiveMinutes: 1.25, hour: 2 }

/**
 * Returns the token prices of a target; undefined when its `pricing` block is missing, or lacks the price of input or output. Other missing prices
 * get defaults, which depend on the API format (`dialectName`).
 */
export function pricingOf(pricing: TargetBlock['pricing'], dialectName: string): Pricing | undefined {
  const short = pricing && tokenPrices(pricing, dialectName)
  if (short === undefined || pricing?.above === undefined) return short
  const { above: _, ...usual } = pricing
  const { tokens, ...long } = pricing.above
  const given = Object.fromEntries(Object.entries(long).filter(([, value]) => value !== undefined))
  const prices = tokenPrices({ ...usual, ...given }, dialectName)
  return prices ? { ...short, above: { tokens, pricing: prices } } : short
}

function tokenPrices(pricing: NonNullable<TargetBlock['pricing']>, dialectName: string): Pricing | undefined {
  const { inputPer1M, outputPer1M } = pricing
  if (inputPer1M === undefined || outputPer1M === undefined) return undefined
  const { cachedPer1M = inputPer1M, reasoningPer1M = outputPer1M } = pricing
  const more = dialectName === 'anthropic' ? ANTHROPIC : { fiveMinutes: 1, hour: 1 }
  const { cacheWritePer1M = inputPer1M * more.fiveMinutes } = pricing
  const { cacheWrite1hPer1M = Math.max(inputPer1M * more.hour, cacheWritePer1M) } = pricing
  return { inputPer1M, cachedPer1M, cacheWritePer1M, cacheWrite1hPer1M, outputPer1M, reasoningPer1M }
}

const DAY_MS = 86_400_000
/** Age in days from which prices are reported as old, because providers change them several times a year. */
const OLD_DAYS = 90

/** Returns a note for each target whose prices are dated more than 90 days before `wallMs` (ms since 1970): they may have changed. */
export function oldPrices(targets: readonly Pick<PlannedTarget, 'name' | 'billing'>[], wallMs: number): string[] {
  return targets.flatMap(({ name, billing }) => {
    const days = billing?.asOf === undefined ? 0 : Math.floor((wallMs - Date.parse(billing.asOf)) / DAY_MS)
    return days > OLD_DAYS ? [`the prices of ${name} are of ${billing?.asOf}, ${days} days ago: they may have changed`] : []
  })
}

/** Returns the settings in a target's `pricing` block that are not prices of tokens, such as the currency; undefined without the block. */
export function billingOf(pricing: TargetBlock['pricing']): Billing | undefined {
  return pricing && { currency: pricing.currency, asOf: pricing.asOf, perHour: pricing.perHour }
}
