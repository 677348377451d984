/** The smallest of a stream. */
import { describe, expect, test } from 'vitest'
import { Smallest } from '../../../../src/cli/report/conversations/smallest.ts'

describe('the smallest of a stream', () => {
  test('are those of the whole stream, in whatever order it comes; a key counts with its smallest number', () => {
    const smallest = new Smallest(3)
    for (const at of [50, 9, 31, 7, 80, 2, 44]) smallest.add(`k${at}`, at)
    expect(smallest.keys()).toEqual(['k2', 'k7', 'k9'])
    smallest.add('k7', 99)
    smallest.add('k50', 1)
    smallest.add('k9', 0)
    expect(smallest.keys()).toEqual(['k9', 'k50', 'k2'])
  })
})
