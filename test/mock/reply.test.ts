import { expect, test } from 'vitest'
import { type MockTurn, promptTokens, replyFor } from '../../src/mock/persona/reply.ts'
import { type MockOverrides, resolveSettings } from '../../src/mock/persona/settings.ts'

const user = (text: string): MockTurn => ({ role: 'user', text })
const reply = (
  settings: MockOverrides,
  k = 0,
  turns = [user('one two three four five six seven eight nine ten')],
  limit?: number,
) => replyFor(turns, resolveSettings(settings), k, limit)

test.each([0, 1, 2, 3, 24, 500])('%i tokens are exactly so many words', (tokens) => {
  const { text, usage, units } = reply({ tokens })
  expect(text === '' ? 0 : text.split(' ').length).toBe(tokens)
  expect(usage.outputTokens).toBe(tokens)
  expect(units.map((unit) => unit.text).join('')).toBe(text)
})

test('the text begins with the turn and the first eight words of the last user turn', () => {
  expect(reply({ tokens: 12 }).text).toMatch(/^turn 1: one two three four five six seven eight word\d+ word\d+$/)
  const second = reply({ tokens: 3 }, 0, [user('a'), { role: 'assistant', text: 'b' }, user('c')])
  expect(second.text).toBe('turn 2: c')
})

test('XML replies are whole documents of so many words, with what was said escaped; a limit leaves one torn', () => {
  const { text, usage } = reply({ replies: 'xml', tokens: 6 }, 0, [user('<b>&amp;</b> two')])
  expect(text).toMatch(
    /^<reply> <item>1:<\/item> <item>&lt;b&gt;&amp;amp;&lt;\/b&gt;<\/item> <item>two<\/item> <item>word\d+<\/item> <\/reply>$/,
  )
  expect(usage.outputTokens).toBe(6)
  expect([0, 1, 2].map((tokens) => reply({ replies: 'xml', tokens }).text)).toEqual(['', '<reply/>', '<reply> </reply>'])
  expect(reply({ replies: 'xml', tokens: 6 }, 0, undefined, 5)).toMatchObject({
    finish: 'length',
    text: expect.not.stringContaining('</reply>'),
  })
})

test('repetitive replies say one sentence over and over, the same to every message and turn, another with another seed', () => {
  const { text } = reply({ replies: 'repetitive', tokens: 20 })
  const words = text.split(' ')
  expect(words).toHaveLength(20)
  expect(words.slice(6)).toEqual(words.slice(0, -6))
  expect(new Set(words).size).toBeGreaterThan(2)
  expect(reply({ replies: 'repetitive', tokens: 20 }, 9, [user('a'), user('b')]).text).toBe(text)
  expect(reply({ replies: 'repetitive', tokens: 20, seed: 2 }).text).not.toBe(text)
})

test('the text depends on seed, turns and last message, not on the request number', () => {
  const base = reply({}).text
  expect(reply({}, 17).text).toBe(base)
  expect(reply({ seed: 2 }).text).not.toBe(base)
  expect(reply({}, 0, [user('one two three four five six seven eight nine eleven')]).text).not.toBe(base)
})

test.each([
  ['reasoning only', 2, { reasoningTokens: 2, outputTokens: 2 }, 0],
  ['into the text', 5, { reasoningTokens: 3, outputTokens: 5 }, 2],
])('a limit cuts reasoning first: %s', (_, limit, usage, visible) => {
  const cut = reply({ tokens: 10, reasoningTokens: 3 }, 0, undefined, limit)
  expect(cut.usage).toMatchObject(usage)
  expect(cut.units.filter((unit) => unit.kind === 'text')).toHaveLength(visible)
  expect(cut.finish).toBe('length')
})

test('a limit that is just enough is no cut', () => {
  expect(reply({ tokens: 10 }, 0, undefined, 10).finish).toBe('stop')
})

test('units are evenly spaced from the first, reasoning and text in one row', () => {
  const { units, endMs } = reply({ tokens: 5, reasoningTokens: 2, tokensPerChunk: 2, firstTokenMs: 100, gapMs: 7 })
  expect(units.map(({ kind, tokens, delayMs }) => [kind, tokens, delayMs])).toEqual([
    ['reasoning', 2, 100],
    ['text', 2, 107],
    ['text', 2, 114],
    ['text', 1, 121],
  ])
  expect(endMs).toBe(121)
})

test('jitter moves due times within its bound, never back, and the same for the same request', () => {
  const settings = { tokens: 200, firstTokenMs: 10, gapMs: 5, jitterMs: 20 }
  const delays = reply(settings, 3).units.map((unit) => unit.delayMs)
  for (const [i, delay] of delays.entries()) {
    expect(delay).toBeGreaterThanOrEqual(Math.max(10 + 5 * i, delays[i - 1] ?? 0))
    expect(delay).toBeLessThan(10 + 5 * i + 20)
  }
  expect(reply(settings, 3).units.map((unit) => unit.delayMs)).toEqual(delays)
  expect(reply(settings, 4).units.map((unit) => unit.delayMs)).not.toEqual(delays)
})

test('the known distribution gives every delay once in a round', () => {
  const delays = Array.from(
    { length: 1000 },
    (_, k) => reply({ delay: { multiplier: 7919, modulus: 1000 } }, k).units[0]?.delayMs ?? -1,
  )
  expect(delays.slice(0, 3)).toEqual([0, 919, 838])
  expect(delays.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
})

test('prompt tokens are the characters of all turns by four, rounded up', () => {
  expect(promptTokens([{ role: 'system', text: 'abc' }, user('de')])).toBe(2)
  expect(promptTokens([user('abcd')])).toBe(1)
  expect(promptTokens([])).toBe(0)
})

test.each([
  ['ecommerce', 1, /^turn 1: We have these products: /],
  ['support', 1, /^turn 1: Let me help you\. /],
  ['support', 5, /^turn 5: Escalating you to a human agent\. /],
  ['code', 1, /^turn 1: Here is the code: /],
] as const)('the %s persona in turn %i', (persona, turn, expected) => {
  const turns = Array.from({ length: turn }, () => user('hi'))
  expect(reply({ persona }, 0, turns).text).toMatch(expected)
})
