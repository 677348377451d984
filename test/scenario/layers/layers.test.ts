import { describe, expect, test } from 'vitest'
import { mergeValues } from '../../../src/scenario/layers/layers.ts'

describe('merging', () => {
  test.each([
    ['maps merge, key by key', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['a list replaces', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    ['a value replaces a map', { a: { b: 1 } }, { a: 'x' }, { a: 'x' }],
    ['a map replaces a value', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['null is a value', { a: 1 }, { a: null }, { a: null }],
    [
      'of another type nothing stays',
      { auth: { type: 'bearer', token: 't' } },
      { auth: { type: 'none' } },
      { auth: { type: 'none' } },
    ],
    [
      'of the same type the rest stays',
      { auth: { type: 'bearer', token: 't' } },
      { auth: { type: 'bearer' } },
      { auth: { type: 'bearer', token: 't' } },
    ],
  ])('%s', (_, under, over, expected) => {
    expect(mergeValues(under, over)).toEqual(expected)
  })

  test('shares nothing with what it was made of', () => {
    const under = { a: [{ b: 1 }] }
    const merged = mergeValues(under, { c: 1 }) as typeof under
    if (merged.a[0]) merged.a[0].b = 2
    expect(under).toEqual({ a: [{ b: 1 }] })
  })
})
