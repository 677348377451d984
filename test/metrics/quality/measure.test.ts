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
    sharedAnswer: null,
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

describe('of long texts', () => {
  const long = `${prose} `.repeat(40).slice(0, 4096)

  test('the first 4,096 characters are measured', () => {
    const question = 'What about the tower? '.repeat(200).slice(0, 4096)
    const short = measure({ prompt: question, text: long })
    const { measures, flags } = measure({ prompt: `${question}${german.repeat(500)}`, text: `${long}${german.repeat(100)}` })
    expect({ ...measures, loop: 0, rep4: 0, longestRepeat: 0, repetition: 0 }).toEqual({
      ...short.measures,
      loop: 0,
      rep4: 0,
      longestRepeat: 0,
      repetition: 0,
    })
    expect(flags.wrongLanguage).toBe(false)
  })

  test('a loop at the end is found, and code at the end is none', () => {
    const words = passages(800).slice(0, 6).join(' ')
    const code = 'do the same thing again here\n'.repeat(300)
    expect(words.length).toBeGreaterThan(8192)
    expect(measure({ text: `${words} ${'It goes on and on. '.repeat(250)}` }).flags.loop).toBe(true)
    expect(measure({ text: `${words}\n\`\`\`\n${code}\`\`\`\n` }).flags.loop).not.toBe(true)
  })

  test('whether the whole was cut off is seen', () => {
    expect(measure({ text: `${long}\n\`\`\`\n${'x = 1\n'.repeat(2000)}`, finishReason: undefined }).flags.truncated).toBe(true)
    expect(measure({ text: `\`\`\`\n${'x = 1\n'.repeat(2000)}\`\`\`\n`, finishReason: undefined }).flags.truncated).toBe(false)
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

  test('only the latest three are compared', () => {
    const same = { prompt: 'Where is my parcel?', text: prose }
    const more = (n: number) => Array.from({ length: n }, (_, i) => ({ prompt: `Who are you, number ${i}?`, text: other }))
    expect(measure({ prompt: 'What does it cost?', earlier: [same, ...more(2)] }).flags.sameAnswer).toBe(true)
    expect(measure({ prompt: 'What does it cost?', earlier: [same, ...more(3)] }).flags.sameAnswer).toBe(false)
  })

  test('the same message may get the same answer', () => {
    const { measures, flags } = measure({ prompt: 'Where is my parcel?', earlier })
    expect(measures.turnSimilarity).toBeLessThan(0.3)
    expect(flags.sameAnswer).toBe(false)
    expect(measure({ prompt: 'Where is my parcel?', earlier: earlier.slice(1) }).flags.sameAnswer).toBeNull()
  })
})
