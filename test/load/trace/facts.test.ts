/** What validate and plan say of a trace, and how a scenario with a broken one is refused. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forecastPhases } from '../../../src/cli/plan/phases.ts'
import { traceLines } from '../../../src/load/trace/facts.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { dirWith } from '../../data/files.ts'

const jsonl = (...rows: unknown[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`

function checked(text: string, phase: object = {}, message = '{{trace.prompt}}') {
  const dir = dirWith({ 'a.jsonl': text })
  const scenario = {
    name: 't',
    target: { preset: 'openai-chat', url: 'http://127.0.0.1/', model: 'm' },
    load: [{ trace: 'a.jsonl', ...phase }],
    steps: [{ message }],
  }
  return validateScenario(JSON.stringify(scenario), join(dir, 'a.json'))
}

function linesOf(text: string, phase: object = {}): string[] {
  const load = checked(text, phase).plan?.phases[0]?.load
  return load?.model === 'open' && load.trace ? traceLines(load.trace.facts) : []
}

test('what a trace asks for, in words', () => {
  const rows = [
    { atMs: 0, session: 'a', inputTokens: 100, outputTokens: 10 },
    { atMs: 2000, prompt: 'Four words are here.' },
    { session: 'a', delayMs: 5, inputTokens: 300 },
    { atMs: 1000, inputTokens: 50, outputTokens: 30 },
    { atMs: 99_000 },
  ]
  expect(linesOf(jsonl(...rows), { to: '1m' })).toEqual([
    'a.jsonl (burn): 4 requests in 1 session, 1 of them after the reply to the one before; 3s, 1/s, at most 1 in a second',
    'tokens in: 455, 113.8 each, at most 300 (estimated of 1: characters ÷ 4); out: 40 of the 2 requests that say it, 20 each, at most 30',
    '1 row due before one above it, by up to 1s: played in the order of their times; 1 request outside of from and to',
  ])
  expect(linesOf(jsonl({ atMs: 0 }, { atMs: 500 }), { loop: 3, speed: 2 })).toEqual([
    'a.jsonl (burn): 6 requests; 1.5s, 4/s, at most 2 in a second',
    'tokens in: unknown; out: unknown',
  ])
})

test('a plan counts the turns that follow others, too', () => {
  const { plan } = checked(jsonl({ atMs: 0, session: 'a' }, { session: 'a', delayMs: 5 }, { atMs: 4000 }))
  if (!plan) throw new Error('the scenario is fine')
  const [phase] = forecastPhases(plan, 1000, 100)
  expect(phase).toMatchObject({ shape: 'trace', lengthMs: 8000, iterations: { least: 3, most: 3 }, peakRate: 1 })
  expect((phase?.curve ?? []).reduce((sum, rate) => sum + rate, 0) / 40).toBeCloseTo(2 / 8, 6)
})

test('a malformed row is an error at the trace, with the line of the file, and there is nothing to run', () => {
  const { plan, problems } = checked(`${jsonl({ atMs: 0 })}{"atMs": "soon"}\n`)
  expect(plan).toBeUndefined()
  expect(problems).toMatchObject([
    { code: 'E_DATA', path: 'load.0.trace', message: 'a.jsonl:2: atMs: expected a number, got "soon"' },
  ])
})

test('rows out of order are a warning', () => {
  const { plan, problems } = checked(jsonl({ atMs: 5 }, { atMs: 0 }))
  expect(plan).toBeDefined()
  expect(problems).toMatchObject([
    { code: 'W_DATA', severity: 'warning', message: 'a.jsonl: 1 row due before one above it, by up to 5ms' },
  ])
})

test('the members of trace are known, and trace is there only where one is played', () => {
  expect(checked(jsonl({ atMs: 0 }), {}, '{{trace.promt}}').problems).toMatchObject([
    { code: 'E_UNKNOWN_MEMBER', hint: 'did you mean trace.prompt?' },
  ])
  expect(checked(jsonl({ atMs: 0 }), {}, '{{trace.row.tier}}').problems).toEqual([])
  const other = { name: 't', target: { url: 'http://127.0.0.1/' }, steps: [{ message: '{{trace.prompt}}' }] }
  expect(validateScenario(JSON.stringify(other), 'a.json').problems).toMatchObject([
    { code: 'E_UNKNOWN_VARIABLE', hint: 'trace exists in a load that plays a trace: load: [{ trace: FILE }]' },
  ])
})
