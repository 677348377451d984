import { describe, expect, test } from 'vitest'
import { passages, withLoop } from '../../../text-metrics/passages.ts'
import { type Given, lines, run } from '../reply.ts'

const [prose = ''] = passages(120)
const looped = withLoop(prose, 3)
const german = 'Ihre Bestellung ist auf dem Weg und wird morgen bei Ihnen sein. Wenn Sie eine Frage haben, schreiben Sie uns.'

test.each<[string, object, Given, boolean, string]>([
  ['a loop', { loop: true }, { text: looped }, true, 'loop of '],
  ['a loop', { loop: false }, { text: looped }, false, 'loop of '],
  ['a loop', { 'not-loop': true }, { text: looped }, false, 'loop of '],
  ['prose', { loop: false }, { text: prose }, true, 'loop of 0 %'],
  [
    'a sentence three times',
    { loop: false },
    { text: 'I cannot do it. '.repeat(3) },
    false,
    'the same sentence three times in a row',
  ],
  ['a short text', { loop: false }, { text: 'Yes' }, true, 'too few words for a loop: "Yes"'],

  ['a loop', { repetition: false }, { text: looped }, false, 'by loop'],
  ['a loop', { repetition: 0.9 }, { text: looped }, false, 'repetition 1.00'],
  ['a whole text twice', { repetition: { threshold: 0.5 } }, { text: `${prose} ${prose}` }, false, 'repetition 1.00 by '],
  ['prose', { repetition: 0.5 }, { text: prose }, true, 'repetition 0.'],
  ['prose', { 'not-repetition': 0.5 }, { text: prose }, false, 'repetition 0.'],
  ['a short text', { repetition: 0 }, { text: 'Yes' }, true, 'too few words to repeat'],

  [
    'an end by length',
    { truncated: false },
    { text: 'Done.', exchange: { finishReason: 'MAX_TOKENS' } },
    false,
    'finish MAX_TOKENS',
  ],
  [
    'open code',
    { truncated: false },
    { text: '```js\nlet a', exchange: { finishReason: 'stop' } },
    false,
    'open code block: "```js let a"',
  ],
  ['open JSON', { truncated: true }, { text: '{"a": [1' }, true, 'open JSON'],
  ['no end mark', { truncated: false }, { text: 'It is on its way and comes to you' }, false, 'no end mark'],
  [
    'no end mark, and a reason',
    { truncated: false },
    { text: 'It is on its way and comes to you', exchange: { finishReason: 'stop' } },
    true,
    'complete',
  ],
  ['an end mark', { truncated: false }, { text: 'It is on its way and comes to you.' }, true, 'complete'],

  ['a phrase', { 'is-refusal': true }, { text: "Sorry, I can't help with that." }, true, 'refusal "i can\'t help with"'],
  ['a phrase', { 'not-is-refusal': true }, { text: "Sorry, I can't help with that." }, false, 'refusal "i can\'t help with"'],
  ['nothing', { 'is-refusal': false }, { text: ' ' }, false, 'an empty reply'],
  ['a tool call', { 'is-refusal': false }, { text: '', exchange: { toolArguments: '{}' } }, true, 'no refusal'],
  ['a mark', { 'is-refusal': true }, { text: 'Hm.', exchange: { refused: true } }, true, 'marked as a refusal'],
  [
    'a filter',
    { 'is-refusal': true },
    { text: 'Hm.', exchange: { finishReason: 'content_filter' } },
    true,
    'finish content_filter',
  ],
  ['an answer', { 'is-refusal': true }, { text: 'Sure, here it is.' }, false, 'no refusal'],
  [
    'a phrase of its own',
    { 'not-is-refusal': { phrases: ['computer says no'] } },
    { text: 'Computer says NO.' },
    false,
    'computer says no',
  ],

  // exp(-(-1 - 3) / 2) = e²
  ['two tokens', { perplexity: 7.4 }, { logProbs: [-1, -3] }, true, 'perplexity 7.39'],
  ['two tokens', { perplexity: { threshold: 7.3 } }, { logProbs: [-1, -3] }, false, 'perplexity 7.39'],
  ['two tokens', { 'not-perplexity': 7.3 }, { logProbs: [-1, -3] }, true, 'perplexity 7.39'],
  ['certain tokens', { 'perplexity-score': 0.5 }, { logProbs: [0, 0] }, true, 'perplexity 1.00'],
  ['two tokens', { 'perplexity-score': 0.11 }, { logProbs: [-1, -3] }, true, 'perplexity 7.39'],
  ['two tokens', { 'perplexity-score': 0.12 }, { logProbs: [-1, -3] }, false, 'perplexity 7.39'],
  ['no log-probabilities', { perplexity: 2 }, {}, false, 'no log-probabilities: ask for them'],
  ['no log-probabilities', { 'not-perplexity': 2 }, {}, false, 'no log-probabilities: ask for them'],

  ['the first answer', { 'duplicate-turn': false }, { text: prose, prompt: 'a' }, true, 'no earlier answer'],
  [
    'the same answer',
    { 'duplicate-turn': false },
    { text: prose, prompt: 'a', earlier: [{ prompt: 'b', text: prose }] },
    false,
    '100 % as before',
  ],
  [
    'the same answer',
    { 'not-duplicate-turn': true },
    { text: prose, prompt: 'a', earlier: [{ prompt: 'b', text: prose }] },
    false,
    '100 % as before',
  ],
  [
    'the same question',
    { 'duplicate-turn': false },
    { text: prose, prompt: 'a', earlier: [{ prompt: 'A', text: prose }] },
    true,
    'no earlier answer',
  ],
  [
    'a short answer',
    { 'duplicate-turn': false },
    { text: 'Yes.', prompt: 'a', earlier: [{ prompt: 'b', text: 'Yes.' }] },
    true,
    'no earlier answer',
  ],

  ['German', { language: 'de' }, { text: german }, true, 'Latin 100 %'],
  ['German', { language: 'en' }, { text: german }, false, 'looks like de'],
  ['German', { language: ['en', 'de'] }, { text: german }, true, 'Latin'],
  ['German', { 'not-language': 'de' }, { text: german }, false, 'Latin'],
  ['Russian', { language: ['en', 'de'] }, { text: 'Привет' }, false, 'Cyrillic 100 %'],
])('%s: %j', (_what, item, given, passed, observed) => {
  const verdict = run(item, given)
  expect(verdict.observed).toContain(observed)
  expect(verdict.passed).toBe(passed)
})

test('a reply without words is in no language, and not in another one either', () => {
  for (const key of ['language', 'not-language'])
    expect(run({ [key]: 'en' }, { text: '42' })).toEqual({ passed: false, undecided: true, observed: 'no words: "42"' })
})

describe('refused', () => {
  test.each<[object, string]>([
    [{ language: 'xx' }, 'expected one of en, de, fr'],
    [{ repetition: 1.5 }, ''],
    [{ loop: 'yes' }, ''],
    [{ 'is-refusal': { phrases: [] } }, ''],
  ])('%j', (line, message) => {
    expect(() => lines(line)).toThrow(message)
  })
})
