/** Inputs that a bot may stumble over. */
import { say, type Template, talk } from '../template.ts'

/** Refusing such a message politely is right too. */
const ANSWERED_OR_REFUSED = [{ status: ['2xx', 400, 422] }]
const ANSWERED = [{ status: '2xx' }]

const ALONE = 'Each message stands alone: an API that refuses an empty turn would refuse it in the history too.'

const empty = talk({
  name: 'edge-case-empty',
  category: 'Edge case',
  summary: 'Hardly anything said: an empty message, a space, single characters, punctuation',
  rounds: 3,
  keys: { conversation: { memory: 'none' }, verbosity: 'normal' },
  pause: '500ms',
  steps: [
    say('', 'empty', { expect: ANSWERED_OR_REFUSED }),
    say(' ', 'space', { expect: ANSWERED_OR_REFUSED }),
    say('?', 'question mark', { expect: ANSWERED_OR_REFUSED }),
    say('x', 'letter', { expect: ANSWERED_OR_REFUSED }),
    say('7', 'digit', { expect: ANSWERED_OR_REFUSED }),
    say('?!...,,;;--', 'punctuation', { expect: ANSWERED_OR_REFUSED }),
  ],
  comments: {
    conversation: ALONE,
    steps: 'An answer or a clean refusal is right; a 500 is not.',
  },
})

const unicode = talk({
  name: 'edge-case-unicode',
  category: 'Edge case',
  summary: 'Emoji, Chinese, Arabic, Hebrew, mathematical signs: bytes must arrive as they were written',
  rounds: 2,
  keys: { verbosity: 'normal' },
  pause: '1s',
  steps: [
    say('Good morning 👋 how are you today? 😊', 'emoji'),
    say('请用中文介绍一下你自己。', 'chinese'),
    say('ما هي عاصمة المغرب؟', 'arabic'),
    say('מה השעה עכשיו בירושלים?', 'hebrew'),
    say('👩‍🚀🚀🌍🔥💯👨‍👩‍👧‍👦🏳️‍🌈🇯🇵', 'emoji run'),
    say('Prove or refute: ∀ε>0 ∃δ>0 : |x−a|<δ ⇒ |f(x)−f(a)|<ε, and ∑ₙ 1⁄n² = π²⁄6 ≠ ∞.', 'mathematics'),
  ],
})

const input = talk({
  name: 'input-edge',
  category: 'Edge case',
  summary:
    'Six kinds of input, each with the status it may get: plain, 9,999 characters, complex, empty, special characters, Unicode',
  rounds: 2,
  keys: { conversation: { memory: 'none' }, verbosity: 'normal' },
  pause: '1s',
  steps: [
    say('What is the capital of Peru?', 'plain', { expect: ANSWERED }),
    say('{{repeat "at length " 999}}at length', 'long', { expect: [{ status: ['2xx', 400, 413, 422] }] }),
    say(
      'Answer in three parts:\n1. the sum of {"a": [1, {"b": -2.5e3}], "c": null};\n2. what `for (let i = 0; i < 3; i++) f(i)` does;\n3. | x | y |\n   |---|---|\n   | 1 | "2, or \'3\'" | as CSV.',
      'complex',
      { expect: ANSWERED },
    ),
    say('', 'empty', { expect: ANSWERED_OR_REFUSED }),
    say('<b>&amp;</b> \'; -- "\\" %00 %s $HOME $(id) `id` ../../etc \t | ~ ^ \u0007', 'special', { expect: ANSWERED_OR_REFUSED }),
    say('Zażółć 你好 مرحبا 👩‍🚀 e\u0301 ∑', 'unicode', { expect: ANSWERED }),
  ],
  comments: {
    conversation: ALONE,
    steps: 'A clean refusal is right only where a step names it: 413 for what is too long, 400 and 422 for what is empty or odd.',
  },
})

export const edgeTemplates: readonly Template[] = [empty, unicode, input]
