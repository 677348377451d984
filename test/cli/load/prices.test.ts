/** `--prices FILE`: which entry is for a model, what LiteLLM's map means, and what a run makes of it. */
import { describe, expect, test } from 'vitest'
import { liteLlmEntry } from '../../../src/cli/load/prices/litellm.ts'
import { type PriceEntry, priceOf } from '../../../src/cli/load/prices/price-list.ts'
import { readCsv } from '../../support/csv.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

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

async function run(files: Readonly<Record<string, unknown>>, own: Readonly<Record<string, unknown>>, ...flags: string[]) {
  const home = new Home()
  const mock = await mockFor()
  const target = { url: `${mock.url}/v1/chat/completions`, preset: 'openai-chat', ...own }
  home.write('s.json', chat(mock.url, { target, load: [{ iterations: 2, users: 1 }] }))
  for (const [name, content] of Object.entries(files)) home.write(name, content)
  const finished = await home.call(['run', 's.json', ...OUT, ...flags])
  return { home, ...finished }
}

describe('--max-cost', () => {
  const pricing = { inputPer1M: 0, outputPer1M: 100_000, currency: 'USD' } // each reply of three tokens costs 0.3

  test('ends the run, as failed, before it costs more', async () => {
    const { code, home, stderr } = await run({}, { pricing }, '-n', '500', '-c', '1', '--max-cost', '3')
    expect(code).toBe(1)
    expect(home.result().cost?.total).toBeCloseTo(3, 9)
    expect(home.result().reason).toBe('cost sum was 3 of 3, and one more reply would make it 3.3: the run ended early')
    expect(stderr).toMatch(/cost sum <= 3 .*3\.3/)
  })

  test.each([
    ['5', {}, /--max-cost 5: no target has prices/],
    ['lots', { pricing }, /--max-cost lots: expected an amount of money, such as 5/],
  ])('%s of %j is a mistake, and nothing is sent', async (amount, own, words) => {
    const { code, stderr, home } = await run({}, own, '--max-cost', amount)
    expect([code, home.files()]).toEqual([2, ['s.json']])
    expect(stderr).toMatch(words)
  })

  test('refuses prices in different currencies, and sends nothing', async () => {
    const home = new Home()
    const { url } = await mockFor()
    const target = (currency?: string) => ({
      url: `${url}/v1/chat/completions`,
      preset: 'openai-chat',
      pricing: { ...pricing, currency },
    })
    const steps = [
      { message: 'hi', target: 'a' },
      { message: 'hi', target: 'b' },
    ]
    const run = async (b?: string) => {
      home.write('s.json', { name: 'x', targets: { a: target('USD'), b: target(b) }, load: [{ iterations: 1 }], steps })
      return home.call(['run', 's.json', ...OUT, '--max-cost', '5'])
    }
    for (const other of ['EUR', undefined]) {
      const { code, stderr } = await run(other)
      expect([code, home.files()]).toEqual([2, ['s.json']])
      expect(stderr).toContain(`different currencies have no sum (a: USD, b: ${other ?? 'none'})`)
    }
    expect((await run('USD')).code).toBe(0)
  })

  test('burn plan says how far the money goes', async () => {
    const target = { url: 'http://127.0.0.1:9/', preset: 'openai-chat', maxTokens: 10, pricing: { ...pricing, perHour: 36 } }
    const home = new Home()
    const load = [{ users: 1, for: '10s' }]
    home.write('s.json', { name: 'x', target, load, steps: [{ message: 'hi' }] })
    const plan = async (...flags: string[]) => (await home.call(['plan', 's.json', ...flags])).stdout
    expect(await plan()).toMatch(/cost +at most 10 USD \(estimate\)\n +hardware +0\.1 USD while the load lasts/)
    expect(await plan('--max-cost', '2.5')).toContain('; the ceiling of 2.5 USD may end the run after 25% of it')
    expect(await plan('--max-cost', '20')).toContain(', within the ceiling of 20 USD')
  })
})

describe('burn run --prices', () => {
  const list = 'm*: { input: 2, output: 0.004, unit: per-1K, currency: EUR, asOf: 2020-01-01 }\n'

  test('gives a target the prices of its model', async () => {
    const { home } = await run({ 'p.yaml': list }, { model: 'm1' }, '--prices', 'p.yaml')
    const { cost, total, notes } = home.result()
    const { input, output } = total.tokens
    expect(cost).toMatchObject({ currency: 'EUR', unpriced: 0 })
    expect(cost?.total).toBeCloseTo(((input ?? 0) * 2 + (output ?? 0) * 0.004) / 1000, 9)
    expect(notes.join()).toContain('the prices of target are of 2020-01-01')
    const [head = [], row = []] = readCsv((await home.call(['report', 'out', '-f', 'csv', '--level', 'run'])).stdout)
    expect(Number(row[head.indexOf('cost_total')])).toBe(cost?.total)
  })

  test('reads the map of LiteLLM', async () => {
    const map = { 'openai/m1': { input_cost_per_token: 1, output_cost_per_token: 0 }, sample_spec: { input_cost_per_token: 0 } }
    const { home } = await run({ 'p.json': map }, { model: 'm1' }, '--prices', 'p.json')
    expect(home.result().cost).toMatchObject({ currency: 'USD', total: home.result().total.tokens.input })
  })

  test("leaves the scenario's own prices, and knows the model of a preset and of --model", async () => {
    const files = { 'p.yaml': 'gpt-4o-mini: { input: 1, output: 1 }\nother: { input: 2, output: 2 }\n' }
    const pricingOf = async (own: object, ...flags: string[]) =>
      /inputPer1M: (\S+)/.exec((await run(files, { ...own }, '--prices', 'p.yaml', '--show-config', ...flags)).stdout)?.[1]
    expect(await pricingOf({ pricing: { inputPer1M: 9, outputPer1M: 9 } })).toBe('9')
    expect(await pricingOf({ model: undefined })).toBe('1')
    expect(await pricingOf({ model: 'gpt-4o-mini' }, '--model', 'other')).toBe('2')
  })

  test('says which model has no price', async () => {
    const { code, stderr } = await run({ 'p.yaml': list }, { model: 'zzz' }, '--prices', 'p.yaml')
    expect([code, stderr]).toEqual([0, expect.stringContaining('p.yaml has no price for zzz: it is not in the list\n')])
  })

  test.each([
    ['m: { input: 2 }', /--prices p.yaml: m: input and output go together/],
    ['m: { input: 2, output: x }', /--prices p.yaml: m.output: .*number/],
    ['m: { input: 2, output: 2, unit: per-1G }', /--prices p.yaml: m.unit/],
    ['m: { input: 2, output: 2, more: 1 }', /--prices p.yaml: m: .*more/],
    ['[1]', /expected a map of models to prices/],
    ['{}', /there is no price in it/],
    ['a: [', /--prices p.yaml: /],
  ])('%s is a mistake, and nothing is sent', async (content, words) => {
    const { code, stderr, home } = await run({ 'p.yaml': content }, { model: 'm1' }, '--prices', 'p.yaml')
    expect([code, home.files()]).toEqual([2, ['p.yaml', 's.json']])
    expect(stderr).toMatch(words)
  })

  test('a file that is not there is a mistake', async () => {
    const { code, stderr } = await run({}, {}, '--prices', 'none.yaml')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--prices none.yaml: there is no such file')])
  })
})
