/** Every format from files of our own making in its shape: times and order to the digit, tokens, sessions, and what is refused. */
import { expect, test } from 'vitest'
import { dirWith } from '../../data/files.ts'
import { build, NOTHING, offsets, open } from '../build.ts'

type Phase = Record<string, unknown>

/** The load that plays a file. */
function played(text: string, phase: Phase = {}) {
  const load = open('trace', { trace: 'a.txt', ...phase }, NOTHING, dirWith({ 'a.txt': text }))
  if (!load.trace) throw new Error('a trace has turns')
  return Object.assign(load, { trace: load.trace })
}

const jsonl = (...rows: unknown[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
const values = (load: ReturnType<typeof played>) =>
  offsets(load).map((at, arrival) => ({ at, ...load.trace.values(load.trace.turnOf(arrival), 'seed') }))

test("burn's own: times, texts and tokens as they stand there", () => {
  const load = played(
    jsonl(
      { atMs: 1000, prompt: 'Hello', outputTokens: 7, model: 'small', tier: 'gold' },
      { atMs: 1250.5, inputTokens: 40, session: 'a' },
      { atMs: 4000, prompt: 'Twelve chars', answer: 'Four', session: 'a' },
    ),
  )
  expect(values(load)).toMatchObject([
    { at: 0, index: 0, session: '', first: true, last: true, prompt: 'Hello', inputTokens: 2, outputTokens: 7, model: 'small' },
    { at: 250.5, session: 'a', turn: 0, first: true, last: false, inputTokens: 40, outputTokens: null },
    { at: 3000, session: 'a', turn: 1, first: false, last: true, prompt: 'Twelve chars', answer: 'Four', outputTokens: 1 },
  ])
  expect(values(load)[0]?.row).toEqual({ atMs: 1000, prompt: 'Hello', outputTokens: 7, model: 'small', tier: 'gold' })
  expect(load.lengthMs).toBe(4500)
  expect(load.trace.facts).toMatchObject({
    ...{ format: 'burn', requests: 3, timed: 3, sessions: 1, lengthMs: 4500, peakPerSecond: 2 },
    input: { total: 45, most: 40, known: 3, estimated: 2 },
    output: { total: 8, most: 7, known: 2, estimated: 1 },
  })
})

test('mooncake: prompts of as many words as tokens, the same text for the same blocks from the beginning on', () => {
  const load = played(
    jsonl(
      { timestamp: 0, input_length: 1030, output_length: 20, hash_ids: [0, 1, 2] },
      { timestamp: 27, input_length: 1100, output_length: 30, hash_ids: [0, 1, 3] },
      { timestamp: 3000, input_length: 512, output_length: 1, hash_ids: [1] },
      { timestamp: 3000, input_length: 3, output_length: 1 },
    ),
  )
  const all = values(load)
  expect(all.map(({ at, outputTokens }) => [at, outputTokens])).toEqual([
    [0, 20],
    [27, 30],
    [3000, 1],
    [3000, 1],
  ])
  const words = all.map(({ prompt }) => prompt.split(' '))
  expect(words.map(({ length }) => length)).toEqual([1030, 1100, 512, 3])
  const [one = [], two = [], three = []] = words
  expect(one.slice(0, 1024)).toEqual(two.slice(0, 1024))
  expect(one.slice(1024)).not.toEqual(two.slice(1024, 1030))
  // Behind another prefix, the same id is another text.
  expect(three).not.toEqual(one.slice(512, 1024))
  expect(load.trace.values(0, 'seed').prompt).toBe(all[0]?.prompt)
  expect(load.trace.values(0, 'other').prompt).not.toBe(all[0]?.prompt)
})

test("burn's own: blocks of 512 tokens, the same text for the same blocks from the beginning on", () => {
  const load = played(jsonl({ atMs: 0, inputTokens: 600, blocks: [4, 9] }, { atMs: 5, blocks: [4] }, { atMs: 6, blocks: [9] }))
  const [one = [], two = [], three = []] = values(load).map(({ prompt }) => prompt.split(' '))
  expect([one.length, two.length, three.length]).toEqual([600, 512, 512])
  expect(one.slice(0, 512)).toEqual(two)
  expect(three).not.toEqual(two)
})

test('mooncake with the fields of AIPerf: sessions, delays, texts and messages', () => {
  const load = played(
    jsonl(
      { session_id: 's', timestamp: 10, text_input: 'One' },
      {
        session_id: 's',
        delay: 200,
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'user', content: 'Two' },
        ],
      },
      { session_id: 's', timestamp: 900, delay: 50, text_input: 'Three' },
    ),
  )
  expect(offsets(load)).toEqual([0, 890])
  const second = load.trace.next(load.trace.turnOf(0)) ?? -1
  expect([load.trace.hasTime(second), load.trace.delayOf(second), load.trace.next(second)]).toEqual([false, 200, 2])
  expect(load.trace.values(second, 'seed')).toMatchObject({ prompt: 'Two', turn: 1, atMs: null })
  expect([load.trace.turnOf(1), load.trace.delayOf(2), load.trace.next(2)]).toEqual([2, 50, undefined])
})

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

test('BurstGPT: seconds, models, sessions of later files; a failed request has no known length', () => {
  const head = 'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type'
  const load = played(
    `${head}\n5,a,1,ChatGPT,472,18,490,Conversation log\n45.5,b,0,GPT-4,1087,0,1087,API log\n46,a,1,ChatGPT,3,4,7,"Conversation log"\n`,
  )
  expect(values(load)).toMatchObject([
    { at: 0, session: 'a', turn: 0, model: 'ChatGPT', inputTokens: 472, outputTokens: 18 },
    { at: 40_500, session: 'b', model: 'GPT-4', inputTokens: 1087, outputTokens: null },
    { at: 41_000, session: 'a', turn: 1, last: true },
  ])
})

test('ShareGPT: sessions begin at the rate, their questions follow each other, what nobody asked is left out', () => {
  const load = played(
    JSON.stringify([
      {
        id: 'x',
        conversations: [
          { from: 'system', value: 'Be brief.' },
          { from: 'human', value: 'What is a queue?' },
          { from: 'gpt', value: 'A line.' },
          { from: 'user', value: 'And a stack?' },
        ],
      },
      { id: 'y', conversations: [{ from: 'gpt', value: 'Unasked.' }] },
      {
        id: 'x',
        conversations: [
          { from: 'human', value: 'Hello' },
          { from: 'gpt', value: 'Hi there' },
        ],
      },
    ]),
    { rate: '4/s' },
  )
  expect(values(load)).toMatchObject([
    { at: 0, session: 'x', prompt: 'What is a queue?', answer: 'A line.', inputTokens: 4, outputTokens: 2, last: false },
    { at: 250, session: 'x', prompt: 'Hello', outputTokens: 2, last: true },
  ])
  const next = load.trace.next(load.trace.turnOf(0)) ?? -1
  expect(load.trace.values(next, 'seed')).toMatchObject({ prompt: 'And a stack?', answer: '', turn: 1 })
  // Two conversations of the same id are two sessions.
  expect(load.trace.sessionOf(load.trace.turnOf(1))).not.toBe(load.trace.sessionOf(next))
  expect(load.trace.facts).toMatchObject({ requests: 3, timed: 2, sessions: 2, lengthMs: 500, empty: 1 })
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
