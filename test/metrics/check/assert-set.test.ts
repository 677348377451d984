import { describe, expect, test } from 'vitest'
import { conflictsIn } from '../../../src/metrics/check/conflicts.ts'
import { lines, run } from './reply.ts'

const text = 'Your order 42 is on its way.'
const two = [{ contains: 'order' }, { contains: 'refund' }]

test.each<[object, boolean, string]>([
  [{ assert: two }, false, '50 %, without {"contains":"refund"}'],
  [{ assert: two, threshold: 0.5 }, true, '50 %, without {"contains":"refund"}'],
  [{ assert: two, threshold: 0.51 }, false, '50 %'],
  [{ assert: two, threshold: 0 }, true, '50 %'],
  [{ assert: [{ contains: 'order', weight: 3 }, { contains: 'refund' }], threshold: 0.75 }, true, '75 %'],
  [{ assert: [{ contains: 'order' }, { contains: 'refund', weight: 0 }] }, true, '100 %'],
  [{ assert: [{ contains: 'order', icontains: 'REFUND' }, { loop: false }], threshold: 0.5 }, true, '50 %'],
  [
    {
      assert: [
        { type: 'not-contains', value: 'refund' },
        { type: 'word-count', value: 7 },
      ],
    },
    true,
    '100 %',
  ],
  [{ assert: [{ finish: 'stop' }, { 'is-refusal': false }] }, false, 'without {"finish":"stop"}'],
  [{ assert: [{ regex: 'a' }, { regex: 'b' }, { regex: 'y' }], threshold: 0.66 }, true, '67 %'],
])('%j: %s', (spec, passed, observed) => {
  const verdict = run({ 'assert-set': spec }, { text })
  expect(verdict.passed).toBe(passed)
  expect(verdict.observed).toContain(observed)
})

test('the form of promptfoo', () => {
  const own = { 'assert-set': { assert: two, threshold: 0.5 } }
  expect(
    lines({ type: 'assert-set', assert: two.map(({ contains }) => ({ type: 'contains', value: contains })), threshold: 0.5 }),
  ).toEqual([own])
  expect(lines({ type: 'assert-set', assert: two, metric: 'Tone' })).toEqual([{ name: 'Tone', 'assert-set': { assert: two } }])
})

test('metric names a check, and name wins', () => {
  expect(lines({ type: 'contains', value: 'a', metric: 'Tone' })).toEqual([{ name: 'Tone', contains: 'a' }])
  expect(lines({ contains: 'a', metric: 'Tone', name: 'Mine' })).toEqual([{ name: 'Mine', contains: 'a' }])
})

describe('refused', () => {
  test.each<[object, string]>([
    [{ 'assert-set': { assert: [] } }, ''],
    [{ 'assert-set': { assert: [{ contains: 'a', weight: 0 }] } }, 'expected a check with a weight above 0'],
    [{ 'assert-set': { assert: [{ weight: 1 }] } }, 'expected at least one check'],
    [{ 'assert-set': { assert: [{ status: 200 }] } }, ''],
    [{ 'assert-set': { assert: [{ type: 'contians', value: 'a' }] } }, 'there is no check contians'],
    [{ 'assert-set': { assert: [{ 'json-schema': 'order.json' }] } }, 'a file goes only with a check outside of a set'],
    [{ 'assert-set': { assert: [{ 'is-refusal': { file: 'a.txt' } }] } }, 'a file goes only with a check outside of a set'],
    [{ contains: 'a', assert: two }, 'assert goes with type'],
    [{ type: 'assert-set', value: two }, 'assert-set: '],
  ])('%j', (line, message) => {
    expect(() => lines(line)).toThrow(message)
  })
})

test('a set excludes no other check', () => {
  expect(conflictsIn([{ 'assert-set': { assert: two } }, { equals: 'a' }, { contains: 'a' }])).toEqual([])
})
