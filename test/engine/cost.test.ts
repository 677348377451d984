/** What a reply costs: the formulas, from the providers' price lists. */
import { describe, expect, test } from 'vitest'
import { normaliseUsage } from '../../src/dialects/parts/usage.ts'
import { costOf, price } from '../../src/engine/user/reply/cost.ts'
import { Exchange } from '../../src/exchange.ts'
import { pricingOf } from '../../src/scenario/compile/target/pricing.ts'
import type { TargetBlock } from '../../src/scenario/schema/target.ts'

const costs = (dialect: string, pricing: NonNullable<TargetBlock['pricing']>, usage: object) => {
  const prices = pricingOf(pricing, dialect)
  return prices && costOf(normaliseUsage(usage), prices)
}

// Claude Sonnet: 3 in, 3.75 written for five minutes, 6 for an hour, 0.30 read, 15 out.
const claude = { inputPer1M: 3, cachedPer1M: 0.3, outputPer1M: 15 }
const anthropic = (more: object) => ({ input_tokens: 1_000_000, output_tokens: 100_000, ...more })

describe('Anthropic', () => {
  test.each<[string, object, number]>([
    ['no cache', {}, 3 + 1.5],
    ['written for five minutes', { cache_creation_input_tokens: 1_000_000 }, 3 + 3.75 + 1.5],
    [
      'written for an hour',
      {
        cache_creation_input_tokens: 1_000_000,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1_000_000 },
      },
      3 + 6 + 1.5,
    ],
    [
      'both, without their sum',
      { cache_creation: { ephemeral_5m_input_tokens: 400_000, ephemeral_1h_input_tokens: 600_000 } },
      3 + 0.4 * 3.75 + 0.6 * 6 + 1.5,
    ],
    [
      'written and read',
      { cache_creation_input_tokens: 200_000, cache_read_input_tokens: 1_000_000 },
      3 + 0.2 * 3.75 + 0.3 + 1.5,
    ],
  ])('%s', (_title, usage, expected) => {
    expect(costs('anthropic', claude, anthropic(usage))).toBeCloseTo(expected, 9)
  })

  test('own prices go before', () => {
    const usage = anthropic({ cache_creation: { ephemeral_5m_input_tokens: 1_000_000, ephemeral_1h_input_tokens: 1_000_000 } })
    expect(costs('anthropic', { ...claude, cacheWritePer1M: 4, cacheWrite1hPer1M: 8 }, usage)).toBeCloseTo(3 + 4 + 8 + 1.5, 9)
  })
})

test.each<[string, NonNullable<TargetBlock['pricing']>, object, number]>([
  [
    'writes cost as any input elsewhere',
    { inputPer1M: 2, outputPer1M: 8 },
    { prompt_tokens: 1_000_000, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 500_000 } },
    2,
  ],
  [
    'unless there is a price for them',
    { inputPer1M: 2, outputPer1M: 8, cacheWritePer1M: 4 },
    { prompt_tokens: 1_000_000, completion_tokens: 0, prompt_tokens_details: { cache_write_tokens: 500_000 } },
    3,
  ],
  [
    'reasoning costs as any output',
    { inputPer1M: 2, outputPer1M: 8 },
    { prompt_tokens: 0, completion_tokens: 1_000_000, completion_tokens_details: { reasoning_tokens: 400_000 } },
    8,
  ],
  [
    'unless there is a price for it',
    { inputPer1M: 2, outputPer1M: 8, reasoningPer1M: 3 },
    { prompt_tokens: 0, completion_tokens: 1_000_000, completion_tokens_details: { reasoning_tokens: 400_000 } },
    0.6 * 8 + 0.4 * 3,
  ],
  [
    'Gemini counts thoughts apart from the rest of the output',
    { inputPer1M: 2, outputPer1M: 8 },
    { promptTokenCount: 1_000_000, cachedContentTokenCount: 0, candidatesTokenCount: 500_000, thoughtsTokenCount: 500_000 },
    2 + 8,
  ],
  [
    'a long prompt has prices of its own',
    { inputPer1M: 2, outputPer1M: 8, cachedPer1M: 1, above: { tokens: 200_000, inputPer1M: 4 } },
    { prompt_tokens: 200_001, completion_tokens: 1_000_000, prompt_tokens_details: { cached_tokens: 200_000 } },
    8 + 0.2 + 0.000004,
  ],
  [
    'one that is just not longer has the usual ones',
    { inputPer1M: 2, outputPer1M: 8, above: { tokens: 200_000, inputPer1M: 4, outputPer1M: 99 } },
    { prompt_tokens: 200_000, completion_tokens: 0 },
    0.4,
  ],
  [
    'Bedrock counts both apart',
    { inputPer1M: 2, outputPer1M: 8, cacheWritePer1M: 2.5, cachedPer1M: 0.2 },
    { inputTokens: 1_000_000, outputTokens: 0, cacheReadInputTokens: 1_000_000, cacheWriteInputTokens: 1_000_000 },
    2 + 0.2 + 2.5,
  ],
])('%s', (_title, pricing, usage, expected) => {
  expect(costs('generic', pricing, usage)).toBeCloseTo(expected, 9)
})

test('what is not known is no price, and a warning where something was generated', () => {
  const reader = { push: (_: Uint8Array, exchange: Exchange) => exchange.unit('text', 'Hi'), end: () => {} }
  const prices = pricingOf(claude, 'anthropic')
  const made = (generated: boolean, usage?: object) => {
    const exchange = new Exchange(0, reader, () => {})
    if (generated) exchange.data(Buffer.from('x'))
    exchange.note({ usage: usage && normaliseUsage(usage) })
    price(exchange, prices)
    return { cost: exchange.cost, warnings: exchange.warnings }
  }
  expect(made(true)).toEqual({ cost: undefined, warnings: ['unknown_cost'] })
  expect(made(true, { input_tokens: 5 })).toEqual({ cost: undefined, warnings: ['unknown_cost'] })
  expect(made(false)).toEqual({ cost: undefined, warnings: [] })
  expect(made(true, { input_tokens: 0, output_tokens: 0 })).toEqual({ cost: 0, warnings: [] })
})
