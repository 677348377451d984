/** Answers that sessions share: found by half of their groups of three words, and hardly ever in healthy prose. */
import { expect, test } from 'vitest'
import { OtherSessions, SHARED_ANSWER } from '../../../src/metrics/quality/other-sessions.ts'
import { changed, passages } from '../../text-metrics/passages.ts'

/** Passages of so many words that have no word in common place: each fourth one. */
const apart = (words: number) => passages(words).filter((_, index) => index % 4 === 0)
const answer = (user: number, text: string, prompt = `question ${['one', 'two', 'three'][user % 3]} of user`) => ({
  place: { user, iteration: 0 },
  prompt,
  text,
})

test.each([60, 120, 250])(
  'at most 2 % of healthy prose of %d words is flagged, and a word in twenty changed hides nothing',
  (words) => {
    const texts = apart(words)
    const others = new OtherSessions()
    const fresh = texts.map((text, user) => others.likenessOf(answer(user, text, `tell me about ${text.slice(0, 40)}`)))
    const falsely = fresh.filter((alike) => alike !== null && alike >= SHARED_ANSWER)
    // The documentation, from which the prose is, repeats a sentence here and there, and changes with each feature: 0 or 1 of 100.
    expect(falsely.length / texts.length).toBeLessThanOrEqual(0.02)
    const canned = texts.map((text, index) =>
      others.likenessOf(answer(1000 + index, changed(text, 0.05, `${index}`), 'what does it cost to send this back')),
    )
    const found = canned.filter((alike) => alike !== null && alike >= SHARED_ANSWER)
    // Three changed words break nine of the 58 groups of a short text.
    expect(found.length / texts.length).toBeGreaterThan(words < 100 ? 0.9 : 0.95)
  },
)

test('the same session, the same message, and short answers say nothing', () => {
  const [text = ''] = passages(60)
  const others = new OtherSessions()
  expect(others.likenessOf(answer(1, text, 'Where is my order?'))).toBeNull()
  expect(others.likenessOf(answer(1, text, 'And what does it cost?')), 'of the same session').toBeNull()
  const same = new OtherSessions()
  same.likenessOf(answer(1, text, 'Where is order 17?'))
  expect(same.likenessOf(answer(2, text, 'Where is order 18?')), 'numbers alone').toBeNull()
  expect(same.likenessOf(answer(3, text, 'What does it cost to send it back?'))).toBe(1)
  expect(same.likenessOf(answer(4, 'It comes tomorrow.', 'When?')), 'too short').toBeNull()
})

test('only the latest 1,024 different answers are kept', () => {
  const others = new OtherSessions()
  const [text = ''] = passages(60)
  others.likenessOf(answer(0, text, 'the first message of all'))
  const filler = (n: number) => Array.from({ length: 20 }, (_, at) => `w${n}x${at}`).join(' ')
  for (let n = 0; n < 1023; n += 1) others.likenessOf(answer(n + 1, filler(n), `message about thing ${filler(n)}`))
  expect(others.likenessOf(answer(5000, text, 'quite another question')), 'still kept').toBe(1)
  for (let n = 2000; n < 3024; n += 1) others.likenessOf(answer(n, filler(n), `message about thing ${filler(n)}`))
  expect(others.likenessOf(answer(6000, text, 'a third question'))).toBeLessThan(0.1)
})
