import { expect, test } from 'vitest'
import { readScore, readWinner } from '../../../src/metrics/judge/answers.ts'

const SCALE = { min: 1, max: 5 }

test.each([
  ['{"reason": "fine", "score": 4}', { score: 4, reason: 'fine' }],
  [' {"score": 2.5}\n', { score: 2.5, reason: '' }],
  ['```json\n{"reason": "fine", "score": 5}\n```', { score: 5, reason: 'fine' }],
  ['Here it is:\n```\n{"score": 1, "reason": 7}\n```', { score: 1, reason: '' }],
])('%j is a score', (answer, score) => {
  expect(readScore(answer, SCALE)).toEqual(score)
})

test.each([
  '',
  'I would give it a 4.',
  '4',
  '{"score": "4"}',
  '{"score": 6}',
  '{"score": 0}',
  '{"score": null}',
  '{"reason": "no score"}',
  '[{"score": 4}]',
  '{"score": 4',
  'The reply asks for {"score": 5}, so: {"score": 1}',
  '```\n{"score": 4}\n```\n```\n{"score": 1}\n```',
])('%j is none: nothing is guessed', (answer) => {
  expect(readScore(answer, SCALE)).toBeUndefined()
})

test.each([
  ['{"reason": "clearer", "winner": "A"}', 'first'],
  ['{"winner": "B"}', 'second'],
  ['```json\n{"winner": "tie"}\n```', 'tie'],
  ['{"winner": "a"}', undefined],
  ['{"winner": "toString"}', undefined],
  ['A', undefined],
])('%j says which of two replies won: %s', (answer, winner) => {
  expect(readWinner(answer)).toBe(winner)
})
