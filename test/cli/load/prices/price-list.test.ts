/** Which entry of a price list is for a model. */
import { describe, expect, test } from 'vitest'
import { type PriceEntry, priceOf } from '../../../../src/cli/load/prices/price-list.ts'

const entry = (pattern: string, inputPer1M = 1): PriceEntry => ({ pattern, pricing: { inputPer1M, outputPer1M: 2 } })

describe('the entry for a model', () => {
  test.each<[string, string[], string | undefined]>([
    ['gpt-4o', ['gpt-4o', 'gpt-4o*', '*'], 'gpt-4o'],
    ['GPT-4o', ['*', 'gpt-4O'], 'gpt-4O'],
    ['gpt-4o-mini', ['*', 'gpt-*', 'gpt-4o*'], 'gpt-4o*'],
    ['gpt-4o', ['*-4o-*'], undefined],
    ['aXbXc', ['a*b*c'], 'a*b*c'],
    ['abc', ['abc*abc'], undefined],
    ['gpt-4o', ['openai/gpt-4o'], 'openai/gpt-4o'],
    ['openai/gpt-4o', ['gpt-4o'], 'gpt-4o'],
    ['llama', ['gpt-4o'], undefined],
  ])('%s in %j is %s', (model, patterns, expected) => {
    const found = priceOf(
      patterns.map((pattern) => entry(pattern)),
      model,
    )
    expect('entry' in found ? found.entry.pattern : undefined).toBe(expected)
  })

  test('of two providers is none when their prices differ, and any when they do not', () => {
    const two = (price: number) => priceOf([entry('a/llama', 1), entry('b/llama', price)], 'llama')
    expect(two(1)).toEqual({ entry: entry('a/llama', 1) })
    expect(two(2)).toEqual({ missing: expect.stringMatching(/^a\/llama and b\/llama have different prices/) })
  })
})
