/** A recorded run beside the new one. */
import { describe, expect, test } from 'vitest'
import { type RepliedTwice, summaryLines } from '../../../../src/cli/replay/live/side-by-side.ts'
import { makePen } from '../../../../src/report/text/pen.ts'
import { entry } from '../../../store/entries.ts'

const PEN = makePen({ color: false, unicode: true, width: 200 })

describe('what changed', () => {
  const pair = (before: number, after: number): RepliedTwice => ({
    recorded: entry({ ttftMs: before, sentAtMs: 0, endedAtMs: 1000, reply: 'one two three four' }),
    now: entry({ ttftMs: after, sentAtMs: 0, endedAtMs: 1000, reply: 'one two three five' }),
  })

  test('few pairs are described', () => {
    expect(
      summaryLines([pair(100, 200), pair(100, 300), { recorded: entry({ outcome: 'failed' }), now: undefined }], PEN, false),
    ).toEqual([
      '3 messages, 1 failed when recorded, 0 now; 2 answered both times',
      '  ttft: median 100ms → 250ms (descriptive: 2 of the 8 pairs that a test needs)',
      '  reply: median 1s → 1s (descriptive: 2 of the 8 pairs that a test needs)',
      '  words of the replies alike: median 75%',
    ])
  })

  test('from eight pairs on the change has bounds, by the signed-rank test', () => {
    const pairs = Array.from({ length: 8 }, (_, i) => pair(100, 110 + i))
    // All eight differences are positive: p is 2 ÷ 2^8.
    expect(summaryLines(pairs, PEN, false)[1]).toBe(
      '  ttft: median 100ms → 114ms, change +13.5ms (+11ms to +16ms at 95 %; signed-rank p 0.008, 8 pairs)',
    )
  })
})
