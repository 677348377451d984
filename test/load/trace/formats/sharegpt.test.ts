/** Conversations in the format of ShareGPT. */
import { expect, test } from 'vitest'
import { played, values } from '../played.ts'

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
