import { expect, test } from 'vitest'
import { sumText } from '../../../src/report/console/sum.ts'

test.each<[number, [number, string][], string]>([
  [
    20,
    [
      [17, 'ok'],
      [3, 'failed'],
      [0, 'cut'],
    ],
    '20 planned = 17 ok + 3 failed',
  ],
  [
    2000,
    [
      [2000, 'ok'],
      [0, 'failed'],
    ],
    '2,000 planned, all ok',
  ],
  [
    3,
    [
      [0, 'ok'],
      [3, 'failed'],
    ],
    '3 planned = 3 failed',
  ],
  [5, [[0, 'ok']], '5 planned'],
])('%i of %j', (planned, parts, text) => expect(sumText(planned, 'ok', parts)).toBe(text))
