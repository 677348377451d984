/** What the player shows: whole frames, and that no text can break them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlayState } from '../../../../src/cli/replay/player/player.ts'
import { SessionCourse } from '../../../../src/cli/replay/player/timeline.ts'
import { PlayerView } from '../../../../src/cli/replay/player/view.ts'
import type { RecordedTurn } from '../../../../src/cli/replay/recorded/sessions.ts'
import { makePen } from '../../../../src/report/text/pen.ts'
import { displayWidth } from '../../../../src/text/display-width.ts'
import { entry } from '../../../store/entries.ts'
import { drawn } from '../../../support/share.ts'

const PEN = makePen({ color: false, unicode: true, width: 80 })
const SESSION = { user: 7, iteration: 0, phase: 'main', startMs: 0, endMs: 1, turns: 1, failed: 0, kinds: new Map(), severity: 0 }

function stateOf(turns: readonly RecordedTurn[], over: Partial<PlayState> = {}): PlayState {
  const timeline = new SessionCourse(turns, 2000)
  const session = { ...SESSION, ttftMs: null, outputTokens: null, cost: null }
  return { session, timeline, at: 0, speed: 1, state: 'playing', index: 0, count: 3, scroll: 0, ...over }
}

const TURNS: readonly RecordedTurn[] = [
  {
    entry: entry({
      sentAtMs: 0,
      ttftMs: 4000,
      lastTokenMs: 5000,
      endedAtMs: 5000,
      reply: 'It is on its way.',
      usage: { inputTokens: 12, outputTokens: 5, source: 'usage' },
      cost: 0.25,
      longestGapMs: 300,
      warnings: ['odd'],
    }),
    marks: [{ kind: 'slow', words: 'slow: ttft 4s, above 1s' }],
  },
  {
    entry: entry({
      sentAtMs: 6000,
      endedAtMs: 7000,
      ttftMs: 500,
      step: 'second',
      server: { sources: ['vLLM'], queueMs: 300, prefillMs: 150 },
    }),
    marks: [],
  },
]

const frame = (over: Partial<PlayState>, size = { columns: 80, rows: 16 }) =>
  new PlayerView(PEN).frame(stateOf(TURNS, over), size)

describe('a frame', () => {
  test('while the first token is waited for, in a wait that is shortened', () => {
    expect(frame({ at: 1000 })).toEqual([
      '0:00.000  open',
      '> Hi',
      '· waiting 2s  ⏩ 4s',
      ...new Array(9).fill(''),
      `▶ 0:02.000 / 0:07.000 ${'='.repeat(6)}${'-'.repeat(14)}!${'-'.repeat(13)} 1x  session 7#0  1 of 3`,
      'message 1 of 2  open  waiting 2s',
      '',
      'space pause  . step  [ ] anomaly  ←→ 5s  +- speed  0-9  n p session  q quit',
    ])
  })

  test('while text comes, evenly', () => {
    const lines = frame({ at: 2500 })
    expect(lines.slice(0, 3)).toEqual(['0:00.000  open', '> Hi', '< It is on'])
    expect(lines.at(-3)).toBe('message 1 of 2  open  replying  ttft 4s')
  })

  test('when it is over: figures and marks', () => {
    const lines = frame({ at: 3000, state: 'paused' })
    expect(lines.slice(0, 4)).toEqual(['0:00.000  open', '> Hi', '< It is on its way.', '! slow: ttft 4s, above 1s'])
    expect(lines.at(-3)).toBe('message 1 of 2  open  ok 200  ttft 4s  took 5s')
    expect(lines.at(-2)).toBe('! slow: ttft 4s, above 1s  tokens 12 in 5 out  cost 0.25  17 characters  longes…')
  })

  test('the end, scrolled back as far as there is text', () => {
    const at = 5000
    expect(frame({ at, state: 'over' }).slice(4, 12)).toEqual([
      '',
      '      pause 1s',
      '',
      '0:06.000  second',
      '> Hi',
      '< Hello',
      '',
      'end of the session',
    ])
    expect(frame({ at, state: 'over' }, { columns: 100, rows: 16 }).at(-3)).toBe(
      'message 2 of 2  second  ok 200  ttft 500ms  took 1s  in server: queue 300ms, prefill 150ms  gap 1s',
    )
    const small = { columns: 80, rows: 8 }
    expect(frame({ at, scroll: 2 }, small)[3]).toBe('< Hello')
    expect(frame({ at, scroll: 99 }, small)[0]).toBe('0:00.000  open')
  })
})

test('hostile texts: no frame is wider or longer than the window, and holds no control character', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '\u001b[2J\u001b]0;x\u0007',
      '日本語'.repeat(50),
      '👩‍👩‍👧'.repeat(40),
      'x'.repeat(5000),
      '\ud83d',
      '\u202eabc',
      '\n'.repeat(90),
    ),
  )
  const turn = fc.record({
    prompt: text,
    reply: text,
    reasoning: text,
    step: text,
    finishReason: text,
    warning: text,
    message: text,
  })
  const window = fc.record({ columns: fc.integer({ min: 1, max: 130 }), rows: fc.integer({ min: 1, max: 50 }) })
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 3 }), window, fc.double({ min: 0, max: 1, noNaN: true }), (all, size, share) => {
      const turns = all.map(({ warning, message, ...over }, i) => ({
        entry: entry({
          ...over,
          sentAtMs: i * 2000,
          endedAtMs: i * 2000 + 1000,
          ttftMs: 300,
          lastTokenMs: 900,
          warnings: [warning],
          outcome: 'failed',
          failure: { class: warning, phase: message, message },
        }),
        marks: [{ kind: 'failed' as const, words: message }],
      }))
      const state = stateOf(turns)
      const lines = new PlayerView(PEN).frame({ ...state, at: share * state.timeline.playMs }, size)
      expect(lines.length).toBe(size.rows)
      expect(lines.filter((line) => displayWidth(line) > Math.max(size.columns, 4))).toEqual([])
      // Line feeds too: a line is a row of the window.
      expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]|\p{Surrogate}/u)
    }),
    { numRuns: drawn(200) },
  )
})
