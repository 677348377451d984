/** Traces in the format of burn. */
import { expect, test } from 'vitest'
import { jsonl, played, values } from '../played.ts'

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

test("burn's own: blocks of 512 tokens, the same text for the same blocks from the beginning on", () => {
  const load = played(jsonl({ atMs: 0, inputTokens: 600, blocks: [4, 9] }, { atMs: 5, blocks: [4] }, { atMs: 6, blocks: [9] }))
  const [one = [], two = [], three = []] = values(load).map(({ prompt }) => prompt.split(' '))
  expect([one.length, two.length, three.length]).toEqual([600, 512, 512])
  expect(one.slice(0, 512)).toEqual(two)
  expect(three).not.toEqual(two)
})
