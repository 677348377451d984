/** `--prices FILE`: which entry is for a model, what LiteLLM's map means, and what a run makes of it. */
import { describe, expect, test } from 'vitest'
import { Home, mockFor, OUT } from '../harness.ts'
import { run } from './priced.ts'

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
