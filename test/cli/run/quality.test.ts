import { describe, expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from '../harness.ts'

const TWO_TURNS = [{ message: 'Where is my order?' }, { message: 'What does the other one cost?' }]

async function run(own: Readonly<Record<string, unknown>>, settings: Parameters<typeof mockFor>[0] = {}) {
  const mock = await mockFor({ tokens: 40, ...settings })
  const home = new Home()
  home.write('burn.json', chat(mock.url, { steps: TWO_TURNS, ...own }))
  const { stderr } = await home.call(['run', 'burn.json', ...OUT])
  return { quality: home.result().quality, stderr }
}

describe('quality of replies', () => {
  test('is measured for each reply to a message', async () => {
    const { quality, stderr } = await run({})
    expect(quality).toMatchObject({
      measured: 10,
      leftOut: 0,
      measures: { overall: { count: 10 }, relevance: { mean: 1 }, turnSimilarity: { count: 5 } },
      flags: { stuck: { flagged: 0, of: 10 }, truncated: { flagged: 0, of: 10 }, sameAnswer: { flagged: 0, of: 5 } },
    })
    expect(stderr).toMatch(/quality {5}heuristic \d/)
  })

  test('says that a target is stuck, and gives the same answer to everything', async () => {
    const { quality, stderr } = await run({}, { replies: 'repetitive' })
    expect(quality?.flags).toMatchObject({ loop: { flagged: 10, of: 10 }, sameAnswer: { flagged: 5, of: 5 } })
    expect(stderr.replace(/\s+/g, ' ')).toContain('stuck 100% · same answer again 100%')
  })

  test('the check duplicate-turn sees the same, for one step', async () => {
    const mock = await mockFor({ tokens: 40, replies: 'repetitive' })
    const home = new Home()
    const steps = TWO_TURNS.map((step) => ({ ...step, expect: [{ 'duplicate-turn': false }] }))
    home.write('burn.json', chat(mock.url, { steps }))
    await home.call(['run', 'burn.json', ...OUT])
    const checks = home.result().steps.map((step) => step.checks?.[0])
    expect(checks).toMatchObject([
      { check: 'duplicate-turn false', passed: 5, failed: 0 },
      { passed: 0, failed: 5, samples: Array.from({ length: 3 }, () => expect.stringContaining('100 % as before')) },
    ])
  })

  test('sees replies that fail a check, and those that are cut off', async () => {
    const steps = [{ message: 'Where is my order?', expect: [{ contains: 'never' }] }]
    const target = { maxTokens: 10 }
    const mock = await mockFor({ tokens: 40 })
    const home = new Home()
    home.write('burn.json', chat(mock.url, { steps }, target))
    await home.call(['run', 'burn.json', ...OUT])
    expect(home.result().quality?.flags.truncated).toEqual({ flagged: 5, of: 5 })
  })

  test('thresholds on it are judged at the end, of the whole run or of one step', async () => {
    const mock = await mockFor({ tokens: 40, replies: 'repetitive' })
    const home = new Home()
    const steps = TWO_TURNS.map((step, n) => ({ ...step, name: n === 0 ? 'first' : 'second' }))
    const thresholds = [
      'quality.coherence mean > 0.1',
      'quality.overall p5 > 99%',
      'quality.loops < 1%',
      'quality.same_answer{step=second} count == 5',
      'quality.same_answer{step=first} < 1%',
      'quality.wrong_language{step=second} <= 0%',
    ]
    home.write('burn.json', chat(mock.url, { steps, thresholds }))
    const { code } = await home.call(['run', 'burn.json', ...OUT])
    const { quality, thresholds: results } = home.result()
    expect(code).toBe(1)
    expect(results.slice(0, 6)).toMatchObject([
      { state: 'passed', samples: 10, unit: 'ratio' },
      { state: 'failed', observed: quality?.measures.overall?.p5, samples: 10, fewSamples: true },
      { state: 'failed', observed: 1, samples: 10, reason: 'quality.loops was 100%, limit 1%, over 10 samples' },
      { state: 'passed', observed: 5, samples: 5, unit: 'count' },
      { state: 'no_samples', observed: null },
      { state: 'no_samples', observed: null },
    ])
    expect(results[0]?.observed).toBeCloseTo(quality?.measures.coherence?.mean ?? -1, 4)
  })

  test('has weights of its own', async () => {
    const weights = { relevance: 1, coherence: 0, completeness: 0, safety: 0, latency: 0 }
    const { quality } = await run({ quality: { weights } })
    expect(quality?.settings.weights).toEqual(weights)
    expect(quality?.measures.overall?.mean).toBe(1)
  })

  test('is off when the scenario says so', async () => {
    const { quality, stderr } = await run({ quality: false })
    expect(quality).toBeUndefined()
    expect(stderr).not.toContain('quality')
  })

  test('is not measured for requests, failures and warm-ups', async () => {
    const request = { steps: [{ request: { method: 'GET', path: '/health' }, expect: [{ status: 200 }] }] }
    expect((await run(request)).quality).toBeUndefined()
    expect((await run({}, { status: 500 })).quality).toBeUndefined()
    const load = [
      { iterations: 2, users: 1, warmup: true },
      { iterations: 3, users: 1 },
    ]
    expect((await run({ load })).quality?.measured).toBe(6)
  })
})
