/** Traces in the format of Mooncake and AIPerf. */
import { expect, test } from 'vitest'
import { offsets } from '../../build.ts'
import { jsonl, played, values } from '../played.ts'

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
