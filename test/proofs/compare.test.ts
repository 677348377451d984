/** Live comparisons with mocks whose speed is known: what is slower is found, what is equal is not called worse. */
import { expect } from 'vitest'
import { Home, mockFor } from '../cli/harness.ts'
import { timedTest } from '../support/quiet.ts'

/** Both targets get 800 attempts: 32 blocks, where nine are needed for a verdict. */
const [PER_SECOND, SECONDS] = [80, 10]

async function compared(firstTokenMs: number, flags: readonly string[], seconds = SECONDS) {
  const home = new Home()
  const [a, b] = [await mockFor({ firstTokenMs: 20, jitterMs: 10 }), await mockFor({ firstTokenMs, jitterMs: 10 })]
  const target = (url: string) => ({ preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' })
  home.write('two.json', {
    name: 'two',
    targets: { a: target(a.url), b: target(b.url) },
    load: [{ rate: `${PER_SECOND}/s`, for: `${seconds}s`, arrivals: 'poisson' }],
    steps: [{ message: 'Hello' }],
  })
  const { stdout, code } = await home.burn(['compare', 'two.json', '--allow-lag', '1s', '-f', 'json', ...flags])
  return { comparison: JSON.parse(stdout), code }
}

timedTest('a target that takes twice as long to its first token is worse', async () => {
  const { comparison, code } = await compared(50, [])
  const [p50] = comparison.values
  expect(p50).toMatchObject({ metric: 'ttft p50', gate: true, verdict: 'WORSE' })
  // 20 and 50 ms, each with up to 10 ms on top.
  expect(p50.change).toBeGreaterThan(0.6)
  expect({ verdict: comparison.verdict, code }).toEqual({ verdict: 'WORSE', code: 1 })
})

timedTest('an equal target is not', async () => {
  // So sure that chance alone fails one run in two thousand.
  const { comparison, code } = await compared(20, ['--confidence', '99.9'])
  expect(['WORSE', 'BETTER']).not.toContain(comparison.verdict)
  expect(code).toBe(0)
})

timedTest('a comparison that is decided ends early', async () => {
  const { comparison } = await compared(80, ['--until-decided', '--gate', 'ttft p50'], 3 * SECONDS)
  expect(comparison).toMatchObject({ verdict: 'WORSE' })
  expect(comparison.a.attempts).toBeLessThan(0.9 * PER_SECOND * 3 * SECONDS)
})

timedTest(
  'an address beside itself is neither better nor worse, although its replies take as long as timers are exact',
  async () => {
    const home = new Home()
    const { url } = await mockFor({ firstTokenMs: 0, tokens: 1 })
    home.write('one.json', {
      name: 'one',
      target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' },
      load: [{ rate: `${PER_SECOND}/s`, for: `${SECONDS}s` }],
      steps: [{ message: 'Hello' }],
    })
    const address = `${url}/v1/chat/completions`
    const flags = ['--against', address, '--allow-lag', '1s', '--confidence', '99.9', '-f', 'json']
    const { stdout } = await home.burn(['compare', 'one.json', ...flags])
    const { verdict, values } = JSON.parse(stdout)
    expect(['WORSE', 'BETTER'], JSON.stringify(values)).not.toContain(verdict)
    expect(values.filter((value: { verdict: string }) => ['WORSE', 'BETTER'].includes(value.verdict))).toEqual([])
  },
)
