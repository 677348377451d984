import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SessionCourse } from '../../../../src/cli/replay/player/timeline.ts'
import type { JournalEntry } from '../../../../src/store/journal/entry.ts'
import { entry } from '../../../store/entries.ts'

const turn = (over: Partial<JournalEntry>, marked = false) => ({
  entry: entry(over),
  marks: marked ? [{ kind: 'slow' as const, words: 'slow' }] : [],
})

/** Sent at 10 s, first token 1 s later, last 2 s after that; the next one is sent at 20 s, and has no tokens. */
const TWO = [
  turn({ sentAtMs: 10_000, ttftMs: 1000, lastTokenMs: 3000, endedAtMs: 13_500 }, true),
  turn({ sentAtMs: 20_000, ttftMs: null, endedAtMs: 26_000 }),
]

describe('the moments of a session', () => {
  test('at the recorded pace, from its first message', () => {
    const timeline = new SessionCourse(TWO, Number.POSITIVE_INFINITY)
    expect(timeline.turns).toMatchObject([
      { sentAt: 0, firstAt: 1000, lastAt: 3000, endAt: 3500 },
      { sentAt: 10_000, firstAt: 16_000, lastAt: 16_000, endAt: 16_000 },
    ])
    expect(timeline.moments).toEqual([0, 1000, 3500, 10_000, 16_000])
    expect([timeline.playMs, timeline.recordedMs, timeline.marks]).toEqual([16_000, 16_000, [3500]])
    expect(timeline.shortenedAt(5000)).toBeUndefined()
  })

  test('waits are shortened, and what is generated is not', () => {
    const timeline = new SessionCourse(TWO, 800)
    // 0.8 s of waiting, 2 s of text, 0.5 s to the end, 0.8 s of pause, 0.8 s without a reply.
    expect(timeline.moments).toEqual([0, 800, 3300, 4100, 4900])
    expect([timeline.playMs, timeline.recordedMs]).toEqual([4900, 16_000])
    expect([400, 1500, 3000, 3400, 4500].map((at) => timeline.shortenedAt(at))).toEqual([1000, undefined, undefined, 6500, 6000])
    expect(timeline.recordedAt(400)).toBe(500)
    expect(timeline.recordedAt(1800)).toBe(2000)
  })

  test('of a session with nothing', () => {
    const timeline = new SessionCourse([], 1000)
    expect([timeline.playMs, timeline.moments, timeline.recordedAt(5), timeline.playAt(5)]).toEqual([0, [], 0, 0])
  })

  test('never fall, whatever the journal says, and there and back is the same', () => {
    const time = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 100_000 }))
    const exchanges = fc.record({
      sentAtMs: fc.option(time),
      intendedAtMs: time,
      endedAtMs: time,
      ttftMs: fc.option(time),
      lastTokenMs: time,
    })
    fc.assert(
      fc.property(fc.array(exchanges, { maxLength: 6 }), fc.constantFrom(0, 500, Number.POSITIVE_INFINITY), (all, idleMs) => {
        const timeline = new SessionCourse(
          all.map((over) => turn(over)),
          idleMs,
        )
        for (const { sentAt, firstAt, lastAt, endAt } of timeline.turns) {
          expect([0, sentAt, firstAt, lastAt, endAt].every((at, i, moments) => at >= (moments[i - 1] ?? 0))).toBe(true)
          // With no wait at all, waits take no time: where they begin is where they end.
          if (idleMs > 0) expect(timeline.recordedAt(timeline.playAt(endAt))).toBeLessThanOrEqual(endAt + 1e-3)
        }
        expect(timeline.playMs).toBeLessThanOrEqual(86_400_000)
        expect(timeline.playMs).toBeLessThanOrEqual(timeline.recordedMs + 1e-3)
      }),
    )
  })
})
