/** Live comparisons with mocks whose speed is known: what is slower is found, what is equal is not called worse. */
import { expect, test } from 'vitest'
import { Home, mockFor } from '../cli/harness.ts'

async function compared(firstTokenMs: number, flags: readonly string[]) {
  const home = new Home()
  const [a, b] = [await mockFor({ firstTokenMs: 20, jitterMs: 10 }), await mockFor({ firstTokenMs, jitterMs: 10 })]
  const target = (url: string) => ({ preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' })
  home.write('two.json', {
    name: 'two',
    targets: { a: target(a.url), b: target(b.url) },
    load: [{ rate: '50/s', for: '25s', arrivals: 'poisson' }],
    steps: [{ message: 'Hello' }],
  })
  const { stdout, code } = await home.burn(['compare', 'two.json', '--allow-lag', '1s', '-f', 'json', ...flags])
  return { comparison: JSON.parse(stdout), code }
}

test('a target that takes twice as long to its first token is worse', async () => {
  const { comparison, code } = await compared(50, [])
  const [p50] = comparison.values
  expect(p50).toMatchObject({ metric: 'ttft p50', gate: true, verdict: 'WORSE' })
  // 20 and 50 ms, each with up to 10 ms on top.
  expect(p50.change).toBeGreaterThan(0.6)
  expect({ verdict: comparison.verdict, code }).toEqual({ verdict: 'WORSE', code: 1 })
})

test('an equal target is not', async () => {
  // So sure that chance alone fails one run in two thousand.
  const { comparison, code } = await compared(20, ['--confidence', '99.9'])
  expect(['WORSE', 'BETTER']).not.toContain(comparison.verdict)
  expect(code).toBe(0)
})

test('a comparison that is decided ends early', async () => {
  const { comparison } = await compared(80, ['--until-decided', '--gate', 'ttft p50'])
  expect(comparison).toMatchObject({ verdict: 'WORSE' })
  expect(comparison.a.attempts).toBeLessThan(0.9 * 50 * 25)
})

test('an address beside itself is neither better nor worse, although its replies take as long as timers are exact', async () => {
  const home = new Home()
  const { url } = await mockFor({ firstTokenMs: 0, tokens: 1 })
  home.write('one.json', {
    name: 'one',
    target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' },
    load: [{ rate: '40/s', for: '25s' }],
    steps: [{ message: 'Hello' }],
  })
  const address = `${url}/v1/chat/completions`
  const flags = ['--against', address, '--allow-lag', '1s', '--confidence', '99.9', '-f', 'json']
  const { stdout } = await home.burn(['compare', 'one.json', ...flags])
  const { verdict, values } = JSON.parse(stdout)
  expect(['WORSE', 'BETTER'], JSON.stringify(values)).not.toContain(verdict)
  expect(values.filter((value: { verdict: string }) => ['WORSE', 'BETTER'].includes(value.verdict))).toEqual([])
})
