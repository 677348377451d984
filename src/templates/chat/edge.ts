/** Inputs that a bot may stumble over. */
import { FEW_ERRORS, repeated, say, spaced, type Template } from '../template.ts'

/** Refusing such a message politely is right too. */
const ANSWERED_OR_REFUSED = [{ status: ['2xx', 400, 422] }]
const ANSWERED = [{ status: '2xx' }]

const ALONE = 'Each message stands alone: an API that refuses an empty turn would refuse it in the history too.'

const empty: Template = {
  name: 'edge-case-empty',
  category: 'Edge case',
  summary: 'Hardly anything said: an empty message, a space, single characters, punctuation',
  messages: { perIteration: 6, iterations: 3 },
  scenario: () => ({
    load: repeated(3),
    conversation: { memory: 'none' },
    verbosity: 'normal',
    steps: spaced(
      '500ms',
      say('', { name: 'empty', expect: ANSWERED_OR_REFUSED }),
      say(' ', { name: 'space', expect: ANSWERED_OR_REFUSED }),
      say('?', { name: 'question mark', expect: ANSWERED_OR_REFUSED }),
      say('x', { name: 'letter', expect: ANSWERED_OR_REFUSED }),
      say('7', { name: 'digit', expect: ANSWERED_OR_REFUSED }),
      say('?!...,,;;--', { name: 'punctuation', expect: ANSWERED_OR_REFUSED }),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: {
    conversation: ALONE,
    steps: 'An answer or a clean refusal is right; a 500 is not.',
  },
}

const unicode: Template = {
  name: 'edge-case-unicode',
  category: 'Edge case',
  summary: 'Emoji, Chinese, Arabic, Hebrew, mathematical signs: bytes must arrive as they were written',
  messages: { perIteration: 6, iterations: 2 },
  scenario: () => ({
    load: repeated(2),
    verbosity: 'normal',
    steps: spaced(
      '1s',
      say('Good morning 👋 how are you today? 😊', { name: 'emoji' }),
      say('请用中文介绍一下你自己。', { name: 'chinese' }),
      say('ما هي عاصمة المغرب؟', { name: 'arabic' }),
      say('מה השעה עכשיו בירושלים?', { name: 'hebrew' }),
      say('👩‍🚀🚀🌍🔥💯👨‍👩‍👧‍👦🏳️‍🌈🇯🇵', { name: 'emoji run' }),
      say('Prove or refute: ∀ε>0 ∃δ>0 : |x−a|<δ ⇒ |f(x)−f(a)|<ε, and ∑ₙ 1⁄n² = π²⁄6 ≠ ∞.', { name: 'mathematics' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

const input: Template = {
  name: 'input-edge',
  category: 'Edge case',
  summary:
    'Six kinds of input, each with the status it may get: plain, 9,999 characters, complex, empty, special characters, Unicode',
  messages: { perIteration: 6, iterations: 2 },
  scenario: () => ({
    load: repeated(2),
    conversation: { memory: 'none' },
    verbosity: 'normal',
    steps: spaced(
      '1s',
      say('What is the capital of Peru?', { name: 'plain', expect: ANSWERED }),
      say('{{repeat "at length " 999}}at length', { name: 'long', expect: [{ status: ['2xx', 400, 413, 422] }] }),
      say(
        'Answer in three parts:\n1. the sum of {"a": [1, {"b": -2.5e3}], "c": null};\n2. what `for (let i = 0; i < 3; i++) f(i)` does;\n3. | x | y |\n   |---|---|\n   | 1 | "2, or \'3\'" | as CSV.',
        { name: 'complex', expect: ANSWERED },
      ),
      say('', { name: 'empty', expect: ANSWERED_OR_REFUSED }),
      say('<b>&amp;</b> \'; -- "\\" %00 %s $HOME $(id) `id` ../../etc \t | ~ ^ \u0007', {
        name: 'special',
        expect: ANSWERED_OR_REFUSED,
      }),
      say('Zażółć 你好 مرحبا 👩‍🚀 e\u0301 ∑', { name: 'unicode', expect: ANSWERED }),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: {
    conversation: ALONE,
    steps: 'A clean refusal is right only where a step names it: 413 for what is too long, 400 and 422 for what is empty or odd.',
  },
}

export const edgeTemplates: readonly Template[] = [empty, unicode, input]
