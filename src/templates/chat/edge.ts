/** Inputs that a bot may stumble over. */
import { FEW_ERRORS, repeated, say, spaced, type Template } from '../template.ts'

/** Refusing such a message politely is right too. */
const ANSWERED_OR_REFUSED = [{ status: ['2xx', 400, 422] }]

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
    conversation: 'Each message stands alone: an API that refuses an empty turn would refuse it in the history too.',
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

export const edgeTemplates: readonly Template[] = [empty, unicode]
