import { describe, expect, test } from 'vitest'
import { feed, JSON_TYPE, SSE } from './feed.ts'
import { delta, LEFT_OUT, speed, sse, TEN_MS, times } from './reasoning-of.ts'

const silence = (count: number) => times(count, () => ': working\n\n')

const chatEnd = (usage: object) => [
  ...sse([{ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, { choices: [], usage }]),
  'data: [DONE]\n\n',
]

const chatUsage = (output: number, reasoning?: number) => ({
  prompt_tokens: 5,
  completion_tokens: output,
  ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
})

const chat = (chunks: readonly string[]) => feed({ dialect: 'openai-chat', headers: SSE }, chunks)

describe('OpenAI chat', () => {
  test('hidden reasoning: only visible tokens make a speed', () => {
    const exchange = chat([
      ...sse([delta({ role: 'assistant', content: '' })]),
      ...silence(40),
      ...sse(times(11, () => delta({ content: 'x ' }))),
      ...chatEnd(chatUsage(211, 200)),
    ])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual(['hidden_reasoning'])
  })

  test.each([
    ['with the reasoning told on each chunk', (at: number) => chatUsage(203 + 3 * at, 200)],
    ['without', (at: number) => chatUsage(203 + 3 * at)],
  ])('hidden reasoning with usage on every chunk, %s', (_title, usage) => {
    const exchange = chat([
      ...silence(10),
      ...sse(times(11, (at) => delta({ content: 'a b c ' }, usage(at)))),
      ...chatEnd(chatUsage(233, 200)),
    ])
    // 30 tokens behind the first three, in 100 ms.
    expect(speed(exchange).tpot).toBeCloseTo(100 / 30, 9)
  })

  test.each<[string, (text: string) => object, boolean]>([
    ['reasoning_content', (text) => ({ reasoning_content: text }), false],
    ['reasoning', (text) => ({ reasoning: text, content: null }), false],
    ['thinking', (text) => ({ thinking: text }), false],
    ['reasoning.text', (text) => ({ content: '', reasoning_details: [{ type: 'reasoning.text', text }] }), false],
    ['reasoning.summary', (text) => ({ reasoning_details: [{ type: 'reasoning.summary', summary: text }] }), true],
    [
      'a summary beside its own text',
      (text) => ({ reasoning: text, reasoning_details: [{ type: 'reasoning.summary', summary: text }] }),
      true,
    ],
    ['thinking blocks', (text) => ({ thinking_blocks: [{ type: 'thinking', thinking: text, signature: 's' }] }), false],
    ['an object', (text) => ({ reasoning: { content: text } }), false],
    ["Gemini's mark", (text) => ({ content: text, extra_content: { google: { thought: true } } }), true],
    ["Mistral's parts", (text) => ({ content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] }), false],
  ])('%s is reasoning: ttft and ttfo are two', (_name, make, summary) => {
    const exchange = chat([
      ...silence(9),
      ...sse(times(5, (at) => delta(make(`step ${at} `)))),
      ...silence(25),
      ...sse(times(6, () => delta({ content: 'x ' }))),
      ...chatEnd(chatUsage(16, 10)),
    ])
    expect(exchange.reasoning).toBe('step 0 step 1 step 2 step 3 step 4 ')
    expect(exchange.text).toBe('x '.repeat(6))
    expect(exchange.firstOutputAt - exchange.firstTokenAt).toBe(300)
    expect(exchange.warnings).toEqual([])
    // All 15 tokens behind the first in 350 ms; of a summary, the five visible ones behind the first in 50.
    expect(speed(exchange).tpot).toBeCloseTo(summary ? 10 : 350 / 15, 9)
  })

  test('encrypted reasoning is not seen', () => {
    const encrypted = delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'gAAAA' }] })
    const told = chat([...sse([encrypted, delta({ content: 'a' }), delta({ content: 'b' })]), ...chatEnd(chatUsage(52, 50))])
    expect(told.firstTokenAt).toBe(20)
    expect(speed(told)).toEqual(TEN_MS)
    expect(told.warnings).toEqual(['hidden_reasoning'])
    const untold = chat([...sse([encrypted, delta({ content: 'a' }), delta({ content: 'b' })]), ...chatEnd(chatUsage(52))])
    expect(speed(untold)).toEqual(LEFT_OUT)
    expect(untold.warnings).toEqual(['hidden_reasoning', 'uncounted_reasoning'])
  })

  test('more reasoning tokens than the text that was shown has bytes: it was a summary', () => {
    const exchange = chat([
      ...sse([delta({ reasoning_content: 'Let me think.' }), ...times(11, () => delta({ content: 'x ' }))]),
      ...chatEnd(chatUsage(2011, 2000)),
    ])
    expect(speed(exchange)).toEqual(TEN_MS)
  })

  test('one delivery, and one document, have no speed and no gaps', () => {
    const all = [...sse(times(5, () => delta({ content: 'x ' }))), ...chatEnd(chatUsage(5))].join('')
    expect(speed(chat([all]))).toEqual(LEFT_OUT)
    const message = { role: 'assistant', content: 'Four.', reasoning_content: 'Two and two.' }
    const body = { choices: [{ index: 0, message, finish_reason: 'stop' }], usage: chatUsage(9, 5) }
    const whole = feed({ dialect: 'openai-chat', headers: JSON_TYPE, streaming: false }, [JSON.stringify(body)])
    expect({ ...speed(whole), gaps: whole.gapsMs }).toEqual({ ...LEFT_OUT, gaps: [] })
    expect(whole.reasoning).toBe('Two and two.')
  })
})

const piece = (index: unknown, content: string) => ({ choices: [{ index, delta: { content }, finish_reason: null }] })
const ending = (index: unknown, reason: string) => ({ choices: [{ index, delta: {}, finish_reason: reason }] })
const role = (index: number) => ({ choices: [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }] })
const streamed = (events: readonly object[], body?: Readonly<Record<string, unknown>>) =>
  feed({ dialect: 'openai-chat', headers: SSE, ...(body && { body }) }, [...sse(events), 'data: [DONE]\n\n'])

describe('several choices', () => {
  test.each<[string, readonly object[], string]>([
    ['in turns', [piece(0, 'ap'), piece(1, 'pe'), piece(0, 'ple'), piece(1, 'ar'), piece(1, 's')], 'apple'],
    ['after roles', [role(1), role(0), piece(0, 'ap'), piece(1, 'pe'), piece(0, 'ple'), piece(1, 'ar'), piece(1, 's')], 'pears'],
    ['the second one first', [piece(1, 'pe'), piece(0, 'ap'), piece(1, 'ar'), piece(0, 'ple'), piece(1, 's')], 'pears'],
    ['three', [piece(0, 'a'), piece(1, 'b'), piece(2, 'c'), piece(0, 'd'), piece(1, 'e')], 'ad'],
  ])('%s: the first is the reply, and all count as generated', (_title, pieces, text) => {
    const usage = { choices: [], usage: chatUsage(5) }
    const events = [
      ...pieces,
      ending(1, text === 'pears' ? 'stop' : 'length'),
      ending(0, text === 'pears' ? 'length' : 'stop'),
      usage,
    ]
    // A stream of the same form without several choices, which must not teach the readers of those that have them.
    streamed([role(0), ...times(9, () => piece(0, 'x')), ending(0, 'stop')])
    const exchange = streamed(events, { n: 3 })
    expect(exchange).toMatchObject({ text, finishReason: 'stop', frames: 5, gapsMs: [10, 10, 10, 10], outcome: 'ok' })
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(streamed(events, { n: '{{vars.n}}' }).text).toBe(text)
  })

  test('in one event, unasked: the first is the reply', () => {
    const both = (first: string, second: string) => ({
      choices: [piece(0, first), piece(1, second)].flatMap(({ choices }) => choices),
    })
    expect(streamed([both('ap', 'pe'), both('ple', 'ars'), ending(0, 'stop')]).text).toBe('apple')
  })

  test.each<[string, readonly unknown[]]>([
    ['counts them', [0, 1, 2, 3, 4]],
    ['counts them after a role without a count', [undefined, 0, 1, 2, 3]],
    ['counts from 1', [1, 1, 1, 1, 1]],
    ['counts in texts', ['0', '0', '0', '0', '0']],
    ['counts them in texts', ['0', '1', '2', '3', '4']],
    ['counts nothing', [undefined, undefined, undefined, undefined, undefined]],
    ['leaves out the last count', [0, 0, 0, 0, undefined]],
  ])(
    'a request asks for one, and the server %s: every event is of the reply',
    (_title, [first, second, third, fourth, fifth]) => {
      const events = [piece(first, 'Wh'), piece(second, 'isper'), piece(third, ' it'), piece(fourth, ''), ending(fifth, 'stop')]
      for (const body of [undefined, { n: 1 }, { n: null }])
        expect(streamed(events, body)).toMatchObject({ text: 'Whisper it', finishReason: 'stop', frames: 3, outcome: 'ok' })
    },
  )

  test.each([
    ['openai-chat', 'their count', (content: string, index: number) => ({ message: { content }, index })],
    ['openai-chat', 'no count', (content: string) => ({ message: { content } })],
    ['openai-chat', 'one count', (content: string) => ({ message: { content }, index: 0 })],
    ['openai-completions', 'their count', (text: string, index: number) => ({ text, index })],
  ])('%s, in one document with %s: the first is the reply', (dialect, _title, choice) => {
    const choices = ['apple', 'pears'].map((text, index) => ({
      ...choice(text, index),
      finish_reason: index === 0 ? 'stop' : 'length',
    }))
    for (const body of [{}, { n: 2 }]) {
      const reply = { dialect, headers: JSON_TYPE, streaming: false, body }
      const whole = feed(reply, [JSON.stringify({ choices, usage: chatUsage(4) })])
      expect(whole).toMatchObject({ text: 'apple', finishReason: 'stop', frames: 1, outcome: 'ok' })
    }
  })

  test('an error in another one fails the reply, and is named', () => {
    const exchange = streamed([piece(0, 'ap'), piece(1, 'pe'), ending(1, 'error')], { n: 2 })
    expect(exchange.failure).toMatchObject({
      class: 'error_in_stream',
      message: 'the reply ended with the finish reason "error"',
    })
  })
})
