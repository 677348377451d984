import { expect, test } from 'vitest'
import { Repeats } from '../../../../src/engine/user/reply/repeated-replies.ts'

test('replies that begin alike, one after the other in one conversation, are repeats', () => {
  const repeats = new Repeats()
  const long = 'x'.repeat(100)
  const seen: [number, string][] = [
    [1, 'a'],
    [1, 'a'],
    [2, 'a'],
    [2, 'b'],
    [2, `${long}1`],
    [2, `${long}2`],
    [2, ''],
    [2, ''],
  ]
  expect(seen.map(([iteration, text]) => repeats.sees(iteration, text))).toEqual([
    false,
    true,
    false,
    false,
    false,
    true,
    false,
    false,
  ])
})
