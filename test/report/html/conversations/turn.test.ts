/** One turn of a conversation on the page. */
import { describe, expect, test } from 'vitest'
import { timesOf } from '../../../../src/report/html/conversations/time-line.ts'
import { reportedConversation, reportedTurn, TALK } from '../../conversations.ts'
import { bodyOf, wordsOf } from './words.ts'

const itemsOf = (text: string) => Array.from(text.matchAll(/<li data-[\s\S]*?<\/li>/g), ([item]) => item)

describe('a turn', () => {
  test('says what was said, when, and how it ended', () => {
    const [first, second] = itemsOf(bodyOf([TALK])).map(wordsOf)
    expect(first).toBe(
      'user Hello ok · open · sent at 1.02s · first token after 280ms · took 1s · status 200 · 15 → 200 tokens reply What can I do for you today?',
    )
    expect(second).toBe('user Where is my order? failed · follow-up, try 2 · never sent · took 100ms refused: nobody listens')
  })

  test('has its cost, and what is odd about it', () => {
    const [item] = itemsOf(bodyOf([reportedConversation({ turns: [reportedTurn({ cost: 0.00123, marks: ['slow'] })] })]))
    expect(wordsOf(item)).toMatch(/ok · slow · open .* tokens · 0\.00123 reply/)
  })

  test('says how long the player waits: since the turn before, for the reply, and while it comes', () => {
    const waits = Array.from(
      bodyOf([TALK]).matchAll(/data-gap="(\d+)" data-wait="(\d+)" data-stream="(\d+)"/g),
      ([, ...all]) => all,
    )
    expect(waits).toEqual([
      ['0', '300', '700'],
      ['500', '100', '0'],
    ])
  })

  test('its line has parts as long as they took, beside the longest of the conversation', () => {
    const lines = itemsOf(bodyOf([TALK])).map((item) => Array.from(item.matchAll(/ width="([^"]*)"/g), ([, width]) => width))
    expect(lines).toEqual([['2%', '28%', '70%'], ['10%']])
  })

  test.each([
    ['a reply without tokens has no stream', { firstTokenAtMs: null }, { wait: 20, first: 980, stream: 0 }],
    ['what was never sent has waited only', { sentAtMs: null, firstTokenAtMs: null }, { wait: 1000, first: 0, stream: 0 }],
    ['a clock that went back gives no negative part', { sentAtMs: 990 }, { wait: 0, first: 310, stream: 700 }],
  ])('%s', (_, over, times) => {
    expect(timesOf(reportedTurn(over))).toEqual(times)
  })
})
