/** What the map of LiteLLM means. */
import { describe, expect, test } from 'vitest'
import { liteLlmEntry } from '../../../../src/cli/load/prices/litellm.ts'

describe("LiteLLM's map", () => {
  test('has prices for a single token, with those of caches, reasoning and long prompts', () => {
    const found = liteLlmEntry('claude', {
      input_cost_per_token: 3e-6,
      output_cost_per_token: 1.5e-5,
      cache_read_input_token_cost: 3e-7,
      cache_creation_input_token_cost: 3.75e-6,
      cache_creation_input_token_cost_above_1hr: 6e-6,
      output_cost_per_reasoning_token: 2e-5,
      input_cost_per_token_above_200k_tokens: 6e-6,
      output_cost_per_token_above_200k_tokens: 2.25e-5,
      max_tokens: 8192,
      mode: 'chat',
    })
    const prices = { cachedPer1M: 0.3, cacheWritePer1M: 3.75, cacheWrite1hPer1M: 6, reasoningPer1M: 20 }
    expect(found).toEqual([
      {
        pattern: 'claude',
        pricing: {
          inputPer1M: 3,
          outputPer1M: 15,
          ...prices,
          currency: 'USD',
          above: { tokens: 200_000, inputPer1M: 6, outputPer1M: 22.5, ...prices },
        },
      },
    ])
  })

  test.each<[string, string, unknown]>([
    ['its sample', 'sample_spec', { input_cost_per_token: 1, output_cost_per_token: 1 }],
    ['a model of images', 'dall-e', { input_cost_per_pixel: 1 }],
    ['a model without a price of its output', 'embed', { input_cost_per_token: 1e-7 }],
    ['what is no entry', 'odd', 'text'],
  ])('%s is no entry', (_, model, written) => {
    expect(liteLlmEntry(model, written)).toEqual([])
  })
})
