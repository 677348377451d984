/** Lines and bands of charts. */
import { describe, expect, test } from 'vitest'
import { bandOf, lineOf } from '../../../../src/report/html/charts/frame.ts'

describe('lines', () => {
  test('have a gap where there is no value, and a dot between two gaps', () => {
    const line = lineOf(
      [
        [0, 0],
        [0.1, 0.5],
        [0.2, undefined],
        [0.3, 1],
        [0.4, undefined],
      ],
      'c1',
    ).html
    expect(/ d="([^"]*)"/.exec(line)?.[1]).toBe('M0 100h0L100 50M300 0h0')
    expect(lineOf([[0, undefined]], 'c1').html).toBe('')
  })

  test('a band lies between two of them', () => {
    const band = bandOf(
      [
        [0, 1],
        [1, 1],
      ],
      [
        [0, 0],
        [1, 0.5],
      ],
      'c1',
    ).html
    expect(/ d="([^"]*)"/.exec(band)?.[1]).toBe('M0 0L1000 0L1000 50L0 100Z')
    expect(
      bandOf(
        [
          [0, 1],
          [1, undefined],
        ],
        [
          [0, 0],
          [1, 0],
        ],
        'c1',
      ).html,
    ).toBe('')
  })
})
