/** What a run makes of a price list. */
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../support/csv.ts'
import { run } from '../priced.ts'

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
