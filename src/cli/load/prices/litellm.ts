/** Reads LiteLLM's price list, `model_prices_and_context_window.json`, whose prices are in USD for a single token. */
import { isMap, type JsonObject } from '../../../text/json.ts'
import type { PriceEntry, PricingBlock } from './price-list.ts'

/** The keys of token prices in LiteLLM's list, each with burn's name for the same price. */
const KEYS = {
  input_cost_per_token: 'inputPer1M',
  cache_read_input_token_cost: 'cachedPer1M',
  cache_creation_input_token_cost: 'cacheWritePer1M',
  cache_creation_input_token_cost_above_1hr: 'cacheWrite1hPer1M',
  output_cost_per_token: 'outputPer1M',
  output_cost_per_reasoning_token: 'reasoningPer1M',
} as const

/** The name of an entry in LiteLLM's list that only documents the format. */
const SAMPLE = 'sample_spec'

/**
 * Converts the entry of one model in LiteLLM's price list to burn's form. Returns a list with one entry; an empty list for a model that is not
 * priced per token, such as an image model.
 */
export function liteLlmEntry(model: string, entry: unknown): PriceEntry[] {
  if (model === SAMPLE || !isMap(entry)) return []
  const pricing = pricesIn(entry, '')
  if (pricing === undefined) return []
  const [suffix, tokens] = longPromptOf(entry)
  const long = suffix === undefined ? undefined : pricesIn(entry, suffix)
  const above = long && tokens !== undefined ? { above: { tokens, ...long } } : {}
  return [{ pattern: model, pricing: { ...pricing, currency: 'USD', ...above } }]
}

type TokenPrices = Pick<PricingBlock, (typeof KEYS)[keyof typeof KEYS]>

/**
 * Returns the prices whose keys end in `suffix` (such as the price of long prompts), in USD per million tokens. A price without that suffix is taken
 * as it is. Undefined without input and output prices.
 */
function pricesIn(entry: JsonObject, suffix: string): (TokenPrices & { inputPer1M: number; outputPer1M: number }) | undefined {
  const prices: Record<string, number> = {}
  for (const [key, name] of Object.entries(KEYS)) {
    const perToken = entry[`${key}${suffix}`] ?? entry[key]
    if (typeof perToken === 'number' && perToken >= 0) prices[name] = Number((perToken * 1e6).toPrecision(12))
  }
  const { inputPer1M, outputPer1M } = prices
  return inputPer1M === undefined || outputPer1M === undefined ? undefined : { ...prices, inputPer1M, outputPer1M }
}

/**
 * Finds the keys for long prompts: returns their ending, such as `_above_200k_tokens`, and the number of tokens above which they apply; empty when
 * there are none.
 */
function longPromptOf(entry: JsonObject): [suffix?: string, tokens?: number] {
  const [, suffix, thousands] =
    Object.keys(entry)
      .map((key) => /^input_cost_per_token(_above_(\d+)k_tokens)$/.exec(key))
      .find((match) => match !== null) ?? []
  return suffix === undefined ? [] : [suffix, Number(thousands) * 1000]
}
