/** Finds the entry for a model in a price list (`--prices FILE`). */
import type { TargetBlock } from '../../../scenario/schema/target.ts'

/** A model's prices, in the form of the scenario key `target.pricing`. */
export type PricingBlock = NonNullable<TargetBlock['pricing']>

/** The prices of one or more models in a price list: a pattern for names of models, in which `*` stands for any text, and the prices. */
export interface PriceEntry {
  readonly pattern: string
  readonly pricing: PricingBlock
}

/** The outcome of looking for a model in a price list: its entry, or why there is none. */
type PriceFound = { readonly entry: PriceEntry } | { readonly missing: string }

/**
 * Returns the prices of a model from a price list, or why there are none. It looks for the model in this order: an entry with the exact name,
 * ignoring case; the matching pattern with the most letters; an entry whose name differs only in the provider before the last `/` (`openai/gpt-4o`),
 * if all such entries have equal prices.
 */
export function priceOf(entries: readonly PriceEntry[], model: string): PriceFound {
  const name = model.toLowerCase()
  const exact = entries.find(({ pattern }) => pattern.toLowerCase() === name)
  if (exact) return { entry: exact }
  const [best] = entries.filter(({ pattern }) => fits(pattern, name)).sort((a, b) => letters(b) - letters(a))
  if (best) return { entry: best }
  const [first, ...others] = entries.filter(({ pattern }) => lastPart(pattern.toLowerCase()) === lastPart(name))
  if (first === undefined) return { missing: 'it is not in the list' }
  const prices = JSON.stringify(first.pricing)
  const other = others.find(({ pricing }) => JSON.stringify(pricing) !== prices)
  if (other === undefined) return { entry: first }
  return {
    missing: `${first.pattern} and ${other.pattern} have different prices: name one of them as the model, or give it an entry`,
  }
}

const letters = ({ pattern }: PriceEntry) => pattern.replaceAll('*', '').length
const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1)

/** True when a pattern with `*` matches a model's name: the parts between the stars must occur in it in this order. */
function fits(pattern: string, name: string): boolean {
  const [start = '', ...rest] = pattern.toLowerCase().split('*')
  const end = rest.pop()
  if (end === undefined || !name.startsWith(start)) return false
  let at = start.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length - end.length >= at && name.endsWith(end)
}
