/** What is sent again of a recorded run. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scriptOf, sentAgain } from '../../../../src/cli/replay/live/script.ts'
import type { RecordedSession } from '../../../../src/cli/replay/recorded/sessions.ts'
import { compileTemplate } from '../../../../src/language/template/template.ts'
import type { JournalEntry } from '../../../../src/store/journal/entry.ts'
import { entry } from '../../../store/entries.ts'

const SESSION: RecordedSession = {
  user: 7,
  iteration: 0,
  phase: 'main',
  startMs: 0,
  endMs: 9000,
  turns: 4,
  failed: 0,
  kinds: new Map(),
  severity: 0,
  ttftMs: null,
  outputTokens: null,
  cost: null,
}
const turn = (over: Partial<JournalEntry>) => ({ entry: entry(over), marks: [] })
const REAL = { speed: 1, idleMs: Number.POSITIVE_INFINITY }

describe('the script', () => {
  const turns = [
    turn({ sentAtMs: 0, endedAtMs: 1000, step: 'log-in' }),
    turn({ sentAtMs: 1500, endedAtMs: 2000, prompt: 'Hi', step: 'a' }),
    turn({ sentAtMs: 4000, endedAtMs: 4100, prompt: 'Where?', step: 'b', outcome: 'failed' }),
    turn({ sentAtMs: 5000, endedAtMs: 5500, prompt: 'Where?', step: 'b', attempt: 2, reply: 'There' }),
    turn({ sentAtMs: 6500, endedAtMs: 7000, prompt: 'Where?', step: 'b' }),
  ]
  const script = scriptOf(SESSION, turns, 0, (step) => step !== 'log-in')

  test('messages only; the tries of one are one message, with the last reply', () => {
    expect(script.messages.map(({ step, waitMs, turn: { entry: one } }) => [step, waitMs, one.prompt, one.reply])).toEqual([
      ['s1-m1', 500, 'Hi', 'Hello'],
      ['s1-m2', 2000, 'Where?', 'There'],
      ['s1-m3', 1000, 'Where?', 'Hello'],
    ])
  })

  test.each([
    [REAL, ['2000ms', '1000ms']],
    [{ speed: 4, idleMs: Number.POSITIVE_INFINITY }, ['500ms', '250ms']],
    [{ speed: 1, idleMs: 1200 }, ['1200ms', '1000ms']],
    [{ speed: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY }, []],
  ])('think times %j', (times, wanted) => {
    const steps = sentAgain([script], 1, times).find(({ path }) => path[0] === 'steps')?.value
    const [only] = steps as { if: string; then: Record<string, string>[] }[]
    expect(only?.if).toBe('iteration.index == 0')
    expect(only?.then.flatMap(({ delay }) => delay ?? [])).toEqual(wanted)
    expect(only?.then.flatMap(({ message }) => message ?? [])).toEqual(['Hi', 'Where?', 'Where?'])
  })

  test('any text is sent as it was, also one that looks like a template', () => {
    const piece = fc.oneof(fc.constantFrom('{{', '}}', '{', '}', '\\', '"', '{{{', 'x', ' ', '#if', '/', '\n'), fc.string())
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const prompt = pieces.join('')
        const one = scriptOf(SESSION, [turn({ prompt })], 0, () => true)
        const steps = sentAgain([one], 1, REAL).find(({ path }) => path[0] === 'steps')?.value
        const [{ then: [{ message = '' } = {}] = [] } = {}] = steps as { then: { message?: string }[] }[]
        expect(compileTemplate(message).render({} as never)).toBe(prompt)
      }),
      { numRuns: 500 },
    )
  })
})
