/** The section of conversations: what it says of each turn, what it leaves out, and how much room it takes. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import { reportedConversation, reportedTurn, TALK } from '../conversations.ts'
import { PLAIN } from '../every-report.ts'
import { fine, HOSTILE } from '../results.ts'
import { bodyOf, wordsOf } from './conversations/words.ts'

describe('the table of conversations', () => {
  const rowsOf = (text: string) => Array.from(text.matchAll(/<tr><th scope="row"[\s\S]*?<\/tr>/g), ([row]) => row)
  const piecesOf = (row = '') =>
    Array.from(row.matchAll(/<rect class="part (c\d)" x="([^"]*)" width="([^"]*)"/g), ([, color, x, width]) => [color, x, width])

  test('says when each was within the run, and how its turns ended', () => {
    // The run takes 70 s.
    const odd = reportedTurn({ intendedAtMs: 30_000, endedAtMs: 36_000, marks: ['slow'] })
    const late = reportedConversation({
      user: 4,
      why: 'sample',
      turns: [odd, reportedTurn({ intendedAtMs: 59_999, endedAtMs: 60_000 })],
    })
    const [first, second] = rowsOf(bodyOf([TALK, late]))
    expect(wordsOf(first)).toBe('user 3 #12 slow ttft 2 1s 1.6s 1 ok, 1 failed')
    expect(first).toContain('href="#talk-3-12"')
    expect(piecesOf(first)).toEqual([
      ['c3', '1.43%', '1.43%'],
      ['c4', '3.57%', '0.6%'],
    ])
    expect(wordsOf(second)).toBe('user 4 #12 sample 2 30s 30s 1 ok, 1 odd')
    expect(piecesOf(second)).toEqual([
      ['c2', '42.86%', '8.57%'],
      ['c3', '85.71%', '0.6%'],
    ])
  })

  test('of a long conversation neighbours are one piece, as bad as the worst of them', () => {
    const turns = Array.from({ length: 400 }, (_, i) =>
      reportedTurn({ intendedAtMs: 100 * i, endedAtMs: 100 * i + 100, ...(i === 205 && { outcome: 'failed' as const }) }),
    )
    const pieces = piecesOf(rowsOf(bodyOf([reportedConversation({ turns })]))[0])
    expect(pieces).toHaveLength(40)
    expect(pieces.flatMap(([color], at) => (color === 'c4' ? [at] : []))).toEqual([20])
  })

  test('each transcript names what is in it, for the filter', () => {
    const marked = reportedConversation({
      user: 9,
      turns: [reportedTurn({ marks: ['slow', 'not json'] }), reportedTurn({ marks: ['slow'] })],
    })
    const kinds = Array.from(bodyOf([TALK, marked]).matchAll(/data-kinds="([^"]*)"/g), ([, all]) => all)
    expect(kinds).toEqual(['failed', 'not-json slow'])
  })
})

describe('the section', () => {
  test('each conversation says why it is there', () => {
    expect(wordsOf(/<summary>[\s\S]*?<\/summary>/.exec(bodyOf([TALK]))?.[0])).toBe(
      'user 3 #12 slow ttft · 2 turns · longest 1s 1 failed',
    )
    expect(bodyOf([reportedConversation({ turnsLeftOut: 7 })])).toContain('7 more turns are left out, those that went well first')
  })

  test.each([
    ['all', 1, 'These are all conversations of the journal. The run kept every exchange (--log all).'],
    ['sample:0.1', 30, '1 of the 30 conversations in the journal; 29 are left out.'],
    ['sample:0.1', 30, 'The run kept a share of the conversations (--log sample:0.1).'],
    [
      'errors',
      30,
      'The run kept failed exchanges only (--log errors), so the turns around them are missing. burn run --log all keeps',
    ],
  ])('--log %s of %i: %s', (level, recorded, words) => {
    expect(wordsOf(bodyOf([TALK], level, recorded))).toContain(words)
  })

  test('without any it says why, and how to keep them', () => {
    expect(bodyOf([], 'errors')).toContain('(--log errors), and none failed. burn run --log all keeps every conversation')
    expect(bodyOf([], 'all')).toContain('The journal has no conversation.')
  })

  test('a run without a journal has none', () => {
    expect(html.render(fine, PLAIN)).not.toContain('id="conversations"')
    const page = html.render(fine, { ...PLAIN, conversations: { chosen: [TALK], recorded: 1, level: 'all' } })
    expect(page).toContain('<a href="#conversations">Conversations</a>')
  })

  test('hostile texts are texts', () => {
    const turn = reportedTurn({ prompt: HOSTILE, reply: HOSTILE, step: HOSTILE, failure: HOSTILE, marks: [HOSTILE] })
    const text = bodyOf([reportedConversation({ why: HOSTILE, turns: [turn] })], `sample:${HOSTILE}`)
    expect(text).toContain('&lt;b&gt;')
    expect(text).not.toMatch(/<b>|\x1b|\u202e|\u0000/)
  })

  test('texts are cut to 2,000 characters, those of a long conversation to less', () => {
    const longest = (turns: number) => {
      const turn = reportedTurn({ reply: 'x'.repeat(2001) })
      const text = bodyOf([reportedConversation({ turns: Array.from({ length: turns }, () => turn) })])
      return Math.max(...Array.from(text.matchAll(/x+…/g), ([each]) => each.length))
    }
    expect([longest(1), longest(10), longest(40)]).toEqual([2000, 1500, 375])
  })

  test('takes at most 240 KB; one that is too long is passed over, shorter ones after it are not', () => {
    const turns = Array.from({ length: 40 }, () => reportedTurn({ reply: '"'.repeat(2001) }))
    const long = Array.from({ length: 5 }, (_, iteration) => reportedConversation({ iteration, turns }))
    const text = bodyOf([...long, TALK], 'all', 6)
    expect(text.match(/<details/g)).toHaveLength(3)
    expect(text).toContain('3 of the 6 conversations in the journal; 3 are left out')
    expect(text).toContain('What can I do for you today?')
    expect(Buffer.byteLength(text)).toBeLessThan(242_000)
  })
})
