import { describe, expect, test } from 'vitest'
import { type MeasuredReply, qualityOf } from '../../../src/metrics/quality/measure.ts'
import { qualitySettings } from '../../../src/metrics/quality/schema.ts'
import { passages, withLoop } from '../../text-metrics/passages.ts'

const [prose = '', , , , , , , , other = ''] = passages(120)
const settings = qualitySettings()
if (!settings) throw new Error('quality is on by default')

const measure = (reply: Partial<MeasuredReply>, own = {}) =>
  qualityOf(
    {
      step: 'a',
      prompt: 'Tell me about it.',
      text: prose,
      latencyMs: 100,
      finishReason: 'stop',
      refused: false,
      earlier: [],
      ...reply,
    },
    { ...settings, ...own },
  )

const german = 'Ihre Bestellung ist auf dem Weg und wird morgen bei Ihnen sein. Wenn Sie eine Frage haben, schreiben Sie uns.'
const english = 'Please tell me in one sentence where the order is and when it will be with me, if you can.'

test('a good reply has no flag', () => {
  const { flags, measures } = measure({})
  expect(flags).toEqual({
    loop: false,
    stuck: false,
    truncated: false,
    refusal: false,
    wrongLanguage: null,
    sameAnswer: null,
  })
  expect(measures).toMatchObject({ loop: 0, turnSimilarity: null, safety: 1, latency: 1 })
  expect(measures.repetition).toBeLessThan(0.5)
})

describe('flags', () => {
  test.each<[string, Partial<MeasuredReply>, object]>([
    ['a loop', { text: withLoop(prose, 1) }, { loop: true, stuck: true }],
    ['a text twice', { text: `${prose} ${prose}` }, { loop: false, stuck: true }],
    ['a short text', { text: 'Yes.' }, { loop: null, stuck: null, sameAnswer: null }],
    ['a sentence three times', { text: 'That is not so. '.repeat(3) }, { loop: true, stuck: true }],
    ['an end by length', { finishReason: 'max_tokens' }, { truncated: true }],
    ['no end mark and no reason', { text: 'It is on its way and comes to you', finishReason: undefined }, { truncated: true }],
    ['a refusal', { text: "I'm sorry, but I can't help with that." }, { refusal: true }],
    ['a filter', { finishReason: 'content_filter' }, { refusal: true }],
    ['another language', { text: german, prompt: english }, { wrongLanguage: true }],
    ['the same language', { text: english, prompt: english }, { wrongLanguage: false }],
  ])('%s', (_what, reply, flags) => {
    expect(measure(reply).flags).toMatchObject(flags)
  })

  test('the language of the scenario counts more than that of the message', () => {
    expect(measure({ text: german, prompt: english }, { language: 'de' }).flags.wrongLanguage).toBe(false)
    expect(measure({ text: english, prompt: english }, { language: 'de' }).flags.wrongLanguage).toBe(true)
    expect(measure({ text: '42', prompt: english }, { language: 'de' }).flags.wrongLanguage).toBeNull()
  })
})

describe('the answers before', () => {
  const earlier = [
    { prompt: 'Who are you?', text: other },
    { prompt: 'Where is my parcel?', text: prose.replace('and', 'or') },
  ]

  test('the same answer to another message', () => {
    const { measures, flags } = measure({ prompt: 'What does it cost?', earlier })
    expect(measures.turnSimilarity).toBeGreaterThan(0.9)
    expect(flags.sameAnswer).toBe(true)
  })

  test('the same message may get the same answer', () => {
    const { measures, flags } = measure({ prompt: 'Where is my parcel?', earlier })
    expect(measures.turnSimilarity).toBeLessThan(0.3)
    expect(flags.sameAnswer).toBe(false)
    expect(measure({ prompt: 'Where is my parcel?', earlier: earlier.slice(1) }).flags.sameAnswer).toBeNull()
  })
})
