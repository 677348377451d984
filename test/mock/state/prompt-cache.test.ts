import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { PromptCache } from '../../../src/mock/state/prompt-cache.ts'
import { runScenario } from '../../support/run.ts'
import { mockFor, post } from '../harness.ts'

const user = (text: string) => [{ role: 'user' as const, text }]
/** A text of so many tokens, as the mock counts them. */
const text = (tokens: number, letter = 'a') => letter.repeat(4 * tokens)

describe('a prompt', () => {
  test.each<[string, string, string, number]>([
    ['the same again: all but its last block', text(64), text(64), 48],
    ['the same again, not of whole blocks', text(50), text(50), 48],
    ['one that goes on', text(40), text(100), 32],
    ['a shorter one', text(100), text(40), 32],
    ['one that differs in its second block', text(16) + text(48, 'b'), text(16) + text(48, 'c'), 16],
    ['one that differs at its beginning alone', `b${text(64)}`, `c${text(64)}`, 0],
    ['one shorter than a block', text(15), text(15), 0],
  ])('%s', (_, before, after, cached) => {
    const cache = new PromptCache()
    expect([cache.read(user(before)), cache.read(user(after))]).toEqual([0, cached])
  })

  test('of several turns is one text, and what was cleared is not known', () => {
    const cache = new PromptCache()
    cache.read([{ role: 'system', text: text(16) }, ...user(text(17))])
    expect(cache.read(user(text(33)))).toBe(32)
    cache.clear()
    expect(cache.read(user(text(33)))).toBe(0)
  })
})

test('the cache keeps new blocks, and not the prompts that they stood in', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const cache = new PromptCache()
  const before = heap()
  // 80 MB of prompts, of each of which one block is new.
  for (let n = 0; n < 2000; n += 1) cache.read(user(text(10_000) + String(n).padStart(64, '0') + text(1)))
  expect(heap() - before).toBeLessThan(20e6)
  expect(cache.read(user(text(10_001)))).toBe(10_000)
})

const LONG = text(200)
const APIS = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'bedrock-converse'] as const

describe('the cache of the mock', () => {
  const run = (preset: string, mock: object) =>
    runScenario({
      name: 'cached',
      target: { preset, url: 'mock:', model: 'm', body: {}, mock: { firstTokenMs: 0, gapMs: 0, tokens: 3, ...mock } },
      load: [{ users: 1, iterations: 3 }],
      conversation: { memory: 'none' },
      steps: [{ message: LONG }],
    })

  test.each(APIS)('is reported by %s, and the input stays the whole prompt', async (preset) => {
    const { result } = await run(preset, { cache: 'reported' })
    expect(result.total.counts.ok).toBe(3)
    expect(result.total.tokens).toMatchObject({ input: 600, cachedInput: 384 })
    expect(result.total.values.cache_hits).toBe(0.64)
    const { ttft_warm: warm } = result.total.distributions
    expect(warm?.count).toBe(2)
  })

  test('is not reported when it is silent, and takes what is not in it longer to read', async () => {
    const { result } = await run('openai-chat', { cache: 'silent', prefillMs: 1000 })
    expect(result.total.tokens).toMatchObject({ input: 600, cachedInput: null })
    expect(result.total.values.cache_hits).toBeNull()
    const { ttft } = result.total.distributions
    // The first reads 200 tokens, the others 8: at least 200 and 8 ms.
    expect(ttft?.max).toBeGreaterThanOrEqual(199)
    expect(ttft?.min).toBeGreaterThanOrEqual(7)
    expect(ttft?.min).toBeLessThan(ttft?.max ?? 0)
  })

  test('is at /metrics, in the names of vLLM, once it was searched', async () => {
    const mock = await mockFor({ tokens: 1 })
    const ask = (settings: object) =>
      post(mock, '/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: LONG }] }, settings)
    const metrics = async () => (await fetch(`${mock.url}/metrics`)).text()
    await ask({})
    expect(await metrics()).not.toContain('prefix_cache')
    for (let i = 0; i < 2; i += 1) await ask({ cache: 'silent' })
    expect(await metrics()).toContain('vllm:prefix_cache_queries_total{model_name="mock"} 400')
    expect(await metrics()).toContain('vllm:prefix_cache_hits_total{model_name="mock"} 192')
  })
})
