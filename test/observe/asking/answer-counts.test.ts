import { expect, test } from 'vitest'
import { AnswerCounts } from '../../../src/observe/asking/answer-counts.ts'

/** Counts questions, in order: `+` is answered, `-` is not. The first and the last are before and after the load. */
async function counted(pattern: string): Promise<AnswerCounts> {
  const answers = new AnswerCounts()
  for (const [at, one] of [...pattern].entries())
    await answers.count(at > 0 && at < pattern.length - 1, () =>
      one === '+' ? Promise.resolve() : Promise.reject(new Error('no')),
    )
  return answers
}

test.each([
  ['+++', true, true],
  // Silent under load: what grew is known all the same, the states are not.
  ['+--+', true, false],
  ['+-+++', true, true],
  ['+-++', true, true],
  ['+--+-+', true, false],
  // Without the first or the last answer nobody knows how far it grew.
  ['-+++', false, true],
  ['+++-', false, true],
  ['+---', false, false],
  ['++', true, false],
  ['+', false, false],
])('questions %s: sums are known %s, states %s', async (pattern, sum, state) => {
  const answers = await counted(pattern)
  expect([answers.isEnough(true), answers.isEnough(false)]).toEqual([sum, state])
})

test('why there was no answer at all', async () => {
  expect((await counted('--')).silence).toBe('no')
  expect((await counted('-+')).silence).toBeNull()
  expect((await counted('-+-')).counts).toEqual({ asked: 3, failed: 2, error: 'no' })
})

test.each([
  ['+++++-', false],
  ['+++++--', false],
  ['+++++---', true],
  ['+---+', false],
  ['---', true],
])('questions %s: silent now is %s', async (pattern, expected) => {
  expect((await counted(pattern)).isSilentNow).toBe(expected)
})
