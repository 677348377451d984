/** Reasoning that is shown, summarised or hidden: tokens that were never seen make no speed. */
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../src/metrics/groups/catalogue.ts'
import { feed, JSON_TYPE, NDJSON, SSE } from './feed.ts'

// Delivery n arrives at n × 10 ms: neighbouring chunks are 10 ms apart.
const sse = (events: readonly object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`)
const lines = (events: readonly object[]) => events.map((event) => `${JSON.stringify(event)}\n`)
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const silence = (count: number) => times(count, () => ': working\n\n')

const value = (metric: string, exchange: Exchange) => ATTEMPT_DISTRIBUTIONS.find(({ name }) => name === metric)?.of(exchange)
const speed = (exchange: Exchange) => ({ tpot: value('tpot', exchange), perSecond: value('tokens_per_second', exchange) })
const TEN_MS = { tpot: 10, perSecond: 100 }
const LEFT_OUT = { tpot: undefined, perSecond: undefined }

const delta = (part: object, usage?: object) => ({ choices: [{ index: 0, delta: part }], ...(usage && { usage }) })
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

describe('Responses', () => {
  const completed = (output: number, reasoning: number) => {
    const usage = { input_tokens: 5, output_tokens: output, output_tokens_details: { reasoning_tokens: reasoning } }
    return { type: 'response.completed', response: { status: 'completed', usage } }
  }
  const texts = (type: string, count: number) => times(count, () => ({ type: `response.${type}.delta`, delta: 'x ' }))
  const read = (events: readonly object[]) => feed({ dialect: 'openai-responses', headers: SSE }, sse(events))

  test('a summary of the reasoning: only visible tokens make a speed', () => {
    const exchange = read([...texts('reasoning_summary_text', 8), ...texts('output_text', 5), completed(405, 400)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.firstOutputAt - exchange.firstTokenAt).toBe(80)
  })

  test('the reasoning itself: all tokens were seen', () => {
    const exchange = read([...texts('reasoning_text', 8), ...texts('output_text', 5), completed(13, 8)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual([])
  })

  test('none of it', () => {
    const exchange = read([...texts('output_text', 5), completed(405, 400)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual(['hidden_reasoning'])
  })
})

describe('Anthropic', () => {
  const block = (type: string) => ({ type: 'content_block_start', content_block: { type, thinking: '' } })
  const thinking = (text: string) => ({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: text } })
  const text = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x ' } }
  const end = (usage: object) => [{ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }, { type: 'message_stop' }]
  const read = (events: readonly object[]) => feed({ dialect: 'anthropic', headers: SSE }, sse(events))
  const texts = times(5, () => text)

  test('thinking is a summary: without a count of its own, the speed is left out', () => {
    const exchange = read([block('thinking'), thinking('Hm, '), thinking('yes.'), ...texts, ...end({ output_tokens: 505 })])
    expect(speed(exchange)).toEqual(LEFT_OUT)
    expect(exchange.warnings).toEqual(['uncounted_reasoning'])
  })

  test('with a count of its own, visible tokens make the speed', () => {
    const usage = { output_tokens: 505, output_tokens_details: { thinking_tokens: 500 } }
    const exchange = read([block('thinking'), thinking('Hm.'), ...texts, ...end(usage)])
    expect(speed(exchange)).toEqual(TEN_MS)
    expect(exchange.warnings).toEqual([])
  })

  test.each(['thinking', 'redacted_thinking'])('a block of %s that shows nothing', (type) => {
    const exchange = read([block(type), ...texts, ...end({ output_tokens: 505 })])
    expect(speed(exchange)).toEqual(LEFT_OUT)
    expect(exchange.warnings).toEqual(['hidden_reasoning', 'uncounted_reasoning'])
  })

  test('without thinking, all tokens count', () => {
    expect(speed(read([...texts, ...end({ output_tokens: 5 })]))).toEqual(TEN_MS)
  })
})

describe('Gemini', () => {
  const chunk = (part: object, usage: object, finish?: string) => ({
    candidates: [{ content: { parts: [part] }, ...(finish && { finishReason: finish }) }],
    usageMetadata: { promptTokenCount: 4, ...usage },
  })
  const read = (events: readonly object[]) => feed({ dialect: 'gemini', headers: SSE }, sse(events))

  test('thoughts are summaries: visible tokens behind those of the first chunk of text', () => {
    const exchange = read([
      chunk({ text: 'Thinking', thought: true }, { thoughtsTokenCount: 50 }),
      chunk({ text: 'a' }, { thoughtsTokenCount: 90, candidatesTokenCount: 30 }),
      chunk({ text: 'b' }, { thoughtsTokenCount: 90, candidatesTokenCount: 40 }, 'STOP'),
    ])
    expect(speed(exchange)).toEqual({ tpot: 1, perSecond: 1000 })
    expect(exchange.warnings).toEqual([])
  })

  test('thoughts that are only counted', () => {
    const exchange = read([
      chunk({ text: 'a' }, { thoughtsTokenCount: 90, candidatesTokenCount: 30 }),
      chunk({ text: 'b' }, { thoughtsTokenCount: 90, candidatesTokenCount: 40 }, 'STOP'),
    ])
    expect(speed(exchange)).toEqual({ tpot: 1, perSecond: 1000 })
    expect(exchange.warnings).toEqual(['hidden_reasoning'])
  })

  test('a function without arguments is a unit', () => {
    expect(read([chunk({ functionCall: { name: 'now' } }, {}, 'STOP')]).toolArguments).toBe('{}')
  })
})

test('Ollama: thinking is all there, and all tokens count', () => {
  const events = [
    ...times(6, () => ({ message: { thinking: 'hm ' } })),
    ...times(5, () => ({ message: { content: 'x ' } })),
    { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 11 },
  ]
  const exchange = feed({ dialect: 'ollama', headers: NDJSON }, lines(events))
  expect(speed(exchange)).toEqual(TEN_MS)
  expect(exchange.warnings).toEqual([])
})
