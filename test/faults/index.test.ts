/** Faults as a scenario states them. */
import { expect, test } from 'vitest'
import { faultKinds } from '../../src/faults/index.ts'
import { form, specOf } from './drawn.ts'

test('an entry is named by its key, and has the keys that all have', () => {
  const { kind, probability, from, until, steps, target } = specOf({
    ...{ delay: '1s', probability: '0.5%', from: '10s', until: '1m', steps: ['a'], target: 'x' },
  })
  expect({ kind, probability, from, until, steps, target }).toEqual({
    ...{ kind: 'delay', probability: 0.005, from: 10_000, until: 60_000, steps: ['a'], target: 'x' },
  })
  expect(faultKinds).toContain('drop')
})

test.each([
  ['a number is no percentage', { delay: '1s', probability: 0.05 }],
  ['no more than all', { delay: '1s', probability: '101%' }],
  ['an end before its beginning', { delay: '1s', probability: '5%', from: '10s', until: '10s' }],
  ['a range from high to low', { delay: '2s..1s', probability: '5%' }],
  ['no copies', { duplicate: 0, probability: '5%' }],
  ['a status that is no failure', { status: 200, probability: '5%' }],
  ['a path that is none', { drift: 'remove', path: '$..a', probability: '5%' }],
  ['a rename without a name', { drift: 'rename', path: '$.a', probability: '5%' }],
  ['a value that nothing takes', { drift: 'remove', path: '$.a', value: 1, probability: '5%' }],
  ['nothing cut off', { truncate: '0%', probability: '5%' }],
  ['an end of another kind', { drop: 'slow', probability: '5%' }],
])('refused: %s', (_, entry) => {
  expect(form.safeParse(entry).success).toBe(false)
})

test.each([
  ['a share', { delay: '1s', probability: 0.05 }, 'did you mean "5%" or "0.05%"?'],
  ['a share that is no round number in binary', { delay: '1s', probability: 0.07 }, 'did you mean "7%" or "0.07%"?'],
  ['a number of percent', { delay: '1s', probability: 5 }, 'did you mean "5%"?'],
  ['times', { delay: '2s..100ms', probability: '5%' }, 'did you mean "100ms..2s"?'],
  ['counts', { corrupt: '8..1', probability: '5%' }, 'did you mean "1..8"?'],
  ['too much', { truncate: '150%', probability: '5%' }, 'above 0% and up to 100%'],
])('the message says what may be meant: %s', (_, entry, words) => {
  expect(JSON.stringify(form.safeParse(entry).error?.issues).replaceAll('\\"', '"')).toContain(words)
})
