/** A trace that is written anew without its texts: it plays as the one it was made of, and nothing of that can be found in it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AnonymousTrace } from '../../../src/load/trace/anonymous.ts'
import { openTrace } from '../../../src/load/trace/source.ts'
import { closeDataFile } from '../../../src/records/file.ts'
import { dirWith } from '../../data/files.ts'
import { NOTHING, offsets, open } from '../build.ts'
import { tracesOfEachFormat } from './samples.ts'

/** Every turn that a trace plays, in the order of arrivals and sessions, with all that it is played by. */
function played(dir: string, trace: string, phase: object = {}) {
  const load = open('trace', { trace, ...phase }, NOTHING, dir)
  const play = load.trace
  if (!play) throw new Error('a trace has turns')
  const turns = offsets(load).flatMap((at, arrival) => {
    const all: object[] = []
    for (let turn: number | undefined = play.turnOf(arrival); turn !== undefined; turn = play.next(turn)) {
      const { inputTokens, outputTokens, first, last, turn: place } = play.values(turn, 'seed')
      const waits = { hasTime: play.hasTime(turn), delayMs: play.delayOf(turn) ?? 0, session: play.sessionOf(turn) }
      all.push({ at, place, first, last, inputTokens, outputTokens, ...waits })
    }
    return all
  })
  return { turns, lengthMs: load.lengthMs, disorder: play.facts.disorder, load, play }
}

/** Writes the trace `a.txt` of a folder anew, as `b.jsonl` beside it; returns its text. */
function anonymous(dir: string, ratePerSecond = 0): { text: string; trace: AnonymousTrace } {
  const source = openTrace('a.txt', 'auto', dir)
  try {
    const trace = new AnonymousTrace(source, ratePerSecond)
    const text = [...trace.rows()].join('')
    writeFileSync(join(dir, 'b.jsonl'), text)
    return { text, trace }
  } finally {
    closeDataFile(source.file)
  }
}

test.each(tracesOfEachFormat())('$format: the same requests at the same times, and none of its texts', (sample) => {
  const dir = dirWith({ 'a.txt': sample.text })
  const { text, trace } = anonymous(dir, sample.ratePerSecond)
  const before = played(dir, 'a.txt', sample.ratePerSecond === undefined ? {} : { rate: `${sample.ratePerSecond}/s` })
  const after = played(dir, 'b.jsonl')
  expect(before.play.facts.format).toBe(sample.format)
  // A record without a request takes a number of a session that no turn has.
  const sessions = (turns: readonly object[]) => new Set(turns.map((turn) => 'session' in turn && turn.session)).size
  const plain = (turns: readonly object[]) => turns.map((turn) => ({ ...turn, session: undefined }))
  expect(plain(after.turns)).toEqual(plain(before.turns))
  expect([sessions(after.turns), after.disorder]).toEqual([sessions(before.turns), before.disorder])
  expect(after.lengthMs).toBeCloseTo(before.lengthMs, 6)
  expect([trace.requests, trace.empty]).toEqual([before.play.facts.requests, before.play.facts.empty])
  expect(trace.sessions).toBe(before.play.facts.sessions)
  expect(sample.secrets.length).toBeGreaterThan(1)
  for (const secret of sample.secrets) {
    expect(sample.text).toContain(secret)
    expect(text).not.toContain(secret)
  }
  for (const line of text.trim().split('\n'))
    for (const key of Object.keys(JSON.parse(line)))
      expect(['atMs', 'delayMs', 'session', 'inputTokens', 'outputTokens', 'blocks']).toContain(key)
})

test('prompts that began with the same blocks still do, for as many tokens', () => {
  const rows = [
    { timestamp: 0, input_length: 1030, hash_ids: [90_001, 90_002, 90_003] },
    { timestamp: 5, input_length: 1100, hash_ids: [90_001, 90_002, 90_004] },
    { timestamp: 9, hash_ids: [90_002] },
  ]
  const dir = dirWith({ 'a.txt': rows.map((row) => `${JSON.stringify(row)}\n`).join('') })
  const { text } = anonymous(dir)
  expect(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).blocks),
  ).toEqual([[0, 1, 2], [0, 1, 3], [1]])
  const words = (file: string) => {
    const { play } = played(dir, file)
    return [0, 1, 2].map((turn) => play.values(turn, 'seed').prompt.split(' '))
  }
  const [one = [], two = [], three = []] = words('b.jsonl')
  expect([one.length, two.length, three.length]).toEqual(words('a.txt').map(({ length }) => length))
  expect(one.slice(0, 1024)).toEqual(two.slice(0, 1024))
  expect(one.slice(1024)).not.toEqual(two.slice(1024, 1030))
  expect(three).not.toEqual(one.slice(512, 1024))
})

test('a row that cannot be read is an error with its line', () => {
  const dir = dirWith({ 'a.txt': '{"atMs": 0}\n\n{"atMs": "soon"}\n' })
  expect(() => anonymous(dir)).toThrow('a.txt:3: atMs: expected a number, got "soon"')
})

test('a trace that was made so can be made so again, and stays as it is', () => {
  const [sample] = tracesOfEachFormat()
  const dir = dirWith({ 'a.txt': sample?.text ?? '' })
  const { text } = anonymous(dir)
  writeFileSync(join(dir, 'a.txt'), text)
  expect(anonymous(dir).text).toBe(text)
})
