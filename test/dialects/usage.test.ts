import { expect, test } from 'vitest'
import { normaliseUsage } from '../../src/dialects/parts/usage.ts'

type Row = [string, unknown, (number | null)[]]

/** Columns: input, cached, cache write, output, reasoning, visible. */
const rows: Row[] = [
  [
    'OpenAI',
    {
      prompt_tokens: 10,
      completion_tokens: 8,
      prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    [10, 3, 2, 8, 5, 3],
  ],
  [
    'OpenAI without details',
    { prompt_tokens: 10, completion_tokens: 8, prompt_tokens_details: null },
    [10, null, null, 8, null, 8],
  ],
  [
    'OpenAI with a gateway’s cache field',
    { prompt_tokens: 10, completion_tokens: 8, cache_read_input_tokens: 4 },
    [10, 4, null, 8, null, 8],
  ],
  [
    'Responses',
    {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 8,
      output_tokens_details: { reasoning_tokens: 0 },
    },
    [10, 4, null, 8, 0, 8],
  ],
  [
    'Anthropic: cached input counted apart',
    { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 8 },
    [60, 30, 20, 8, null, 8],
  ],
  [
    'Anthropic: thinking in details',
    { input_tokens: 1, output_tokens: 8, output_tokens_details: { thinking_tokens: 6 } },
    [1, null, null, 8, 6, 2],
  ],
  [
    'Gemini: thoughts apart',
    {
      promptTokenCount: 10,
      cachedContentTokenCount: 2,
      candidatesTokenCount: 8,
      thoughtsTokenCount: 5,
      toolUsePromptTokenCount: 1,
    },
    [11, 2, null, 13, 5, 8],
  ],
  ['Gemini: only thoughts so far', { promptTokenCount: 10, thoughtsTokenCount: 5 }, [10, 0, null, 5, 5, null]],
  ['Gemini: only the prompt', { promptTokenCount: 10 }, [10, 0, null, null, null, null]],
  ['Gemini: a bad count', { promptTokenCount: 10, cachedContentTokenCount: -1 }, [10, null, null, null, null, null]],
  ['Gemini: no prompt', { candidatesTokenCount: 8 }, [null, null, null, 8, null, 8]],
  ['Ollama', { prompt_eval_count: 10, eval_count: 8 }, [10, null, null, 8, null, 8]],
  ['Ollama, prompt cached', { eval_count: 8 }, [null, null, null, 8, null, 8]],
  ['Bedrock', { inputTokens: 10, outputTokens: 8, cacheReadInputTokens: 4, cacheWriteInputTokens: 1 }, [15, 4, 1, 8, null, 8]],
  [
    'DeepSeek',
    { prompt_tokens: 10, completion_tokens: 8, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 4 },
    [10, 6, null, 8, null, 8],
  ],
  [
    'Cohere',
    { tokens: { input_tokens: 10, output_tokens: 8 }, billed_units: { input_tokens: 1, output_tokens: 1 } },
    [10, null, null, 8, null, 8],
  ],
  ['watsonx', { input_token_count: 10, generated_token_count: 8 }, [10, null, null, 8, null, 8]],
  [
    'xAI: reasoning apart, as the total tells',
    { prompt_tokens: 10, completion_tokens: 8, total_tokens: 23, completion_tokens_details: { reasoning_tokens: 5 } },
    [10, null, null, 13, 5, 8],
  ],
  [
    'more reasoning than output: it is apart',
    { prompt_tokens: 10, completion_tokens: 8, completion_tokens_details: { reasoning_tokens: 320 } },
    [10, null, null, 328, 320, 8],
  ],
  [
    'reasoning inside, as the total tells',
    { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18, completion_tokens_details: { reasoning_tokens: 5 } },
    [10, null, null, 8, 5, 3],
  ],
  ['zero is not missing', { prompt_tokens: 0, completion_tokens: 0 }, [0, null, null, 0, null, 0]],
  ['bad counts are unknown', { prompt_tokens: -1, completion_tokens: 8 }, [null, null, null, 8, null, 8]],
  ['beyond what can be counted is unknown', { prompt_tokens: 1e308, completion_tokens: 8 }, [null, null, null, 8, null, 8]],
]

test.each(rows)(
  '%s',
  (_title, raw, [inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, visibleTokens]) => {
    expect(normaliseUsage(raw)).toEqual({
      inputTokens,
      cachedInputTokens,
      cacheWriteTokens,
      outputTokens,
      reasoningTokens,
      visibleTokens,
      source: 'usage',
      raw,
    })
  },
)

test('visible is unknown when reasoning was seen but not counted', () => {
  expect(normaliseUsage({ eval_count: 8 }, { reasoningSeen: true })?.visibleTokens).toBeNull()
})

test.each([[null], [undefined], [{}], ['x'], [[1]], [{ total_tokens: 3 }]])('%j is no usage', (raw) => {
  expect(normaliseUsage(raw)).toBeUndefined()
})
