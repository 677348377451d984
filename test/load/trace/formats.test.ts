/** Every format from files of our own making in its shape: times and order to the digit, tokens, sessions, and what is refused. */
import { expect, test } from 'vitest'
import { dirWith } from '../../data/files.ts'
import { build, NOTHING, offsets, open } from '../build.ts'
import { jsonl, type Phase, played, values } from './played.ts'

test.each([
  ['2023', '2023-11-16 18:17:03.9799600', '2023-11-16 18:17:04.0319600'],
  ['2024', '2024-05-12 00:00:00.023430+00:00', '2024-05-12 00:00:00.075430+00:00'],
])('Azure LLM %s: times with all their digits', (_, first, second) => {
  const load = played(`TIMESTAMP,ContextTokens,GeneratedTokens\n${first},374,44\n${second},396,109\n`)
  const [a, b] = values(load)
  expect(b?.at).toBeCloseTo(52, 3)
  expect([a, b].map((one) => [one?.inputTokens, one?.outputTokens])).toEqual([
    [374, 44],
    [396, 109],
  ])
  expect(load.trace.facts.format).toBe('azure-llm')
})

const steady = jsonl(...[0, 1000, 3000, 9000].map((atMs) => ({ atMs })))

test.each<[Phase, number[], number]>([
  [{}, [0, 1000, 3000, 9000], 12_000],
  [{ speed: 4 }, [0, 250, 750, 2250], 3000],
  [{ speed: 0.5 }, [0, 2000, 6000, 18_000], 24_000],
  [{ from: '1s', to: '9s' }, [0, 2000], 4000],
  [{ from: '500ms' }, [500, 2500, 8500], 12_500],
  [{ maxGap: '1500ms' }, [0, 1000, 2500, 4000], 4000 + 4000 / 3],
  [{ maxGap: '1500ms', speed: 2 }, [0, 500, 1250, 2000], 2000 + 2000 / 3],
  [{ to: '1s' }, [0], 1000],
  [{ loop: 2 }, [0, 1000, 3000, 9000, 12_000, 13_000, 15_000, 21_000], 24_000],
])('played with %j', (phase, times, lengthMs) => {
  const load = played(steady, phase)
  expect(offsets(load)).toEqual(times)
  expect(load.lengthMs).toBeCloseTo(lengthMs, 6)
  expect(load.countAt(load.lengthMs)).toBe(times.length)
  for (const [n, at] of times.entries()) expect(load.countAt(at)).toBeCloseTo(n, 6)
})

test('rows that are out of order are played in the order of their times, and counted', () => {
  const load = played(
    jsonl(
      { atMs: 0, session: 'a', prompt: '1' },
      { atMs: 500, session: 'a', prompt: '3' },
      { atMs: 300, session: 'a', prompt: '2' },
      { atMs: 500 },
    ),
  )
  expect(values(load).map(({ at, prompt, turn }) => [at, prompt, turn])).toEqual([
    [0, '1', 0],
    [300, '2', 1],
    [500, '3', 2],
    [500, '', 0],
  ])
  expect(load.trace.facts.disorder).toEqual({ turns: 1, mostMs: 200 })
  expect(load.rateAt(0)).toBeCloseTo((4 / load.lengthMs) * 1000, 6)
})

test('each round has sessions of its own', () => {
  const load = played(jsonl({ atMs: 0, session: 'a' }, { atMs: 10, session: 'a' }, { atMs: 20 }), { loop: 2 })
  const turns = [0, 1, 2, 3, 4, 5].map((arrival) => load.trace.turnOf(arrival))
  expect(turns.map((turn) => load.trace.sessionOf(turn))).toEqual([0, 0, -1, 1, 1, -1])
  expect(turns.map((turn) => load.trace.next(turn))).toEqual([1, undefined, undefined, 4, undefined, undefined])
  expect(turns.map((turn) => load.trace.values(turn, 'seed').round)).toEqual([0, 0, 0, 1, 1, 1])
})

test.each<[string, Phase, string]>([
  ['', {}, 'a.txt: the file is empty'],
  ['{"at": 1}\n', {}, 'a.txt:1: no known format has rows with these fields: "at"]'],
  ['a,b\n1,2\n', {}, 'a.txt:2: no known format'],
  [
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\nyesterday,1,2\n',
    {},
    'a.txt:3: TIMESTAMP: expected a time',
  ],
  [
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,-1,2\n',
    {},
    'a.txt:2: ContextTokens: expected a number of at least 0',
  ],
  ['TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1\n', {}, 'a.txt:2: this row has 2 fields, expected 3'],
  ['TIMESTAMP,ContextTokens,GeneratedTokens\n2023-02-30 18:17:03,1,2\n', {}, 'a.txt:2: TIMESTAMP: expected a time'],
  ['Timestamp,Request tokens,Response tokens\n1,2,\n', {}, 'a.txt:2: this row has no Response tokens'],
  [jsonl({ atMs: 0 }, { prompt: 'x' }), {}, 'a.txt:2: this row has no atMs'],
  [jsonl({ atMs: 0 }, { delayMs: 5, session: 's' }), {}, 'a.txt:2: the first turn of session "s" says no time'],
  [jsonl({ atMs: 0 }, { atMs: '\u001b[31m' }), {}, 'a.txt:2: atMs: expected a number, got "\\u001b[31m"'],
  [`${jsonl({ timestamp: 0 })}{"timestamp": 1,\n`, {}, 'a.txt:2: this is not JSON'],
  [jsonl({ timestamp: 0, hash_ids: ['a'] }), {}, 'a.txt:1: hash_ids: expected a list of whole numbers'],
  [jsonl({ timestamp: 0, input_length: 1.5 }), {}, 'a.txt:1: input_length: expected a whole number of tokens'],
  [
    jsonl({ timestamp: 0, input_length: 1e12 }),
    {},
    'a.txt:1: input_length: expected at most 10,000,000 tokens, got 1000000000000',
  ],
  [jsonl({ timestamp: 0, hash_ids: Array(20_001).fill(1) }), {}, 'a.txt:1: hash_ids: expected at most 20,000 ids, got 20,001'],
  [jsonl({ atMs: -1e308 }, { atMs: 1e308 }), {}, 'a.txt:2: it is due'],
  [jsonl({ atMs: 0 }, { atMs: 1.7e15 }), {}, 'after the first row: more than ten years'],
  [jsonl({ timestamp: 0, input_length: 5, messages: [] }), {}, 'a.txt:1: messages: expected a list of maps'],
  [jsonl({ timestamp: 0, input_length: 5, messages: [{ role: 'user', content: 'x' }] }), {}, 'a.txt:1: a row has either'],
  [jsonl({ atMs: 0 }), { format: 'azure-llm' }, 'a.txt'],
  [jsonl({ atMs: 0 }), { rate: '2/s' }, 'have times: rate does not apply'],
  [jsonl({ atMs: 0 }, { atMs: 5 }), { from: '1m' }, 'none of its 2 requests is due within from and to'],
  ['[{"conversations": []}]', {}, 'a.txt: a trace of format sharegpt has no times'],
  ['[{"conversations": []}]', { rate: '1/s' }, 'a.txt: there are no requests in the file'],
  ['[\n{"conversations": [{"from": "human"}]}]', { rate: '1/s' }, 'a.txt:2: conversations[0]: expected'],
  ['[\n{"conversations": []},\n{"conversations": 5}]', { rate: '1/s' }, 'a.txt:3: conversations: expected a list'],
])('%j played with %j: %s', (text, phase, message) => {
  expect(() => played(text, phase)).toThrow(message)
})

test('files outside of the folder of the scenario are refused', () => {
  const dir = dirWith({ 'in/b.txt': steady, 'a.jsonl': steady })
  expect(() => build('trace', { trace: '../a.jsonl' }, NOTHING, `${dir}/in`)).toThrow('outside of the folder')
})

test('a file that was changed since it was looked at ends in an error, not in other requests', async () => {
  const { appendFileSync } = await import('node:fs')
  const dir = dirWith({ 'a.jsonl': steady })
  const load = open('trace', { trace: 'a.jsonl' }, NOTHING, dir)
  appendFileSync(`${dir}/a.jsonl`, '{"atMs": 10000}\n')
  expect(() => load.trace?.values(0, 'seed')).toThrow('changed while it was in use')
  load.trace?.close()
})

test.each([1, 2, 3, 7])('%i shares of a run play each arrival at its time once, a session in one of them', (count) => {
  const rows = Array.from({ length: 40 }, (_, n) => ({ atMs: n * 7, ...(n % 5 > 0 && { session: `s${n % 4}` }) }))
  const load = played(jsonl(...rows, { session: 's1', delayMs: 1 }), { loop: 2 })
  const parts = Array.from({ length: count }, (_, index) => load.part?.({ index, count }) ?? load)
  const turnsOf = (part: (typeof parts)[number]) =>
    offsets(part).map((at, arrival) => ({ at, turn: part.trace?.turnOf(arrival) ?? -1 }))
  const byTurn = (a: { turn: number }, b: { turn: number }) => a.turn - b.turn
  expect(parts.flatMap(turnsOf).sort(byTurn)).toEqual(turnsOf(load).sort(byTurn))
  const owners = parts.map(
    (part) =>
      new Set(
        turnsOf(part)
          .map(({ turn }) => load.trace.sessionOf(turn))
          .filter((session) => session >= 0),
      ),
  )
  expect(owners.reduce((sum, { size }) => sum + size, 0)).toBe(8)
  expect(parts.reduce((sum, { trace }) => sum + (trace?.facts.requests ?? 0), 0)).toBe(82)
  expect(parts.reduce((sum, part) => sum + part.countAt(part.lengthMs), 0)).toBe(80)
  expect(new Set(parts.map(({ lengthMs }) => lengthMs)).size).toBe(1)
})
