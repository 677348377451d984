/** What servers and gateways tell of their time, each in its own way. */
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/exchange.ts'
import { feed, NDJSON } from '../feed.ts'
import { settled, streamed, USAGE, whole } from '../timed-replies.ts'

const ollama = (last: object) => {
  const lines = [{ message: { content: 'a' } }, { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 1, ...last }]
  const exchange = feed(
    { dialect: 'ollama', headers: NDJSON },
    lines.map((line) => `${JSON.stringify(line)}\n`),
  )
  return settled(exchange)
}

const GROQ = { ...USAGE, queue_time: 0.001, prompt_time: 0.002, completion_time: 0.004, total_time: 0.006 }
const groqTimes = { queueMs: 1, prefillMs: 2, decodeMs: 4, firstTokenMs: 3, totalMs: 7, sources: ['Groq'] }

describe('times in a reply', () => {
  test.each<[string, Exchange, object]>([
    [
      'vLLM',
      streamed({
        choices: [],
        usage: USAGE,
        metrics: { queue_time_ms: 1, time_to_first_token_ms: 3, generation_time_ms: 6, mean_itl_ms: 3 },
      }),
      { queueMs: 1, prefillMs: 3, decodeMs: 6, firstTokenMs: 4, totalMs: 10, sources: ['vLLM'] },
    ],
    [
      'llama.cpp says nothing of its queue, so that neither the first token nor the whole is known',
      streamed({
        choices: [],
        usage: USAGE,
        timings: { cache_n: 0, prompt_n: 4, prompt_ms: 2.5, predicted_n: 2, predicted_ms: 5 },
      }),
      { prefillMs: 2.5, decodeMs: 5, sources: ['llama.cpp'] },
    ],
    [
      'llama.cpp, whole',
      whole({ timings: { prompt_ms: 2.5, predicted_ms: 5 } }),
      { prefillMs: 2.5, decodeMs: 5, sources: ['llama.cpp'] },
    ],
    [
      'Cerebras',
      whole({ time_info: { queue_time: 0.001, prompt_time: 0.001, completion_time: 0.002, total_time: 0.006 } }),
      { queueMs: 1, prefillMs: 1, decodeMs: 2, firstTokenMs: 2, totalMs: 6, sources: ['Cerebras'] },
    ],
    [
      'Fireworks, in the last event, as text',
      streamed({
        choices: [],
        usage: USAGE,
        perf_metrics: { 'server-time-to-first-token': '0.004', 'prefill-queue-duration': '0.001', 'prefill-duration': '0.002' },
      }),
      { queueMs: 1, prefillMs: 2, firstTokenMs: 4, sources: ['Fireworks'] },
    ],
    ['Bedrock', whole({ metrics: { latencyMs: 7 } }), { totalMs: 7, sources: ['Bedrock'] }],
    [
      'Bedrock, of a stream',
      whole({ 'amazon-bedrock-invocationMetrics': { inputTokenCount: 4, invocationLatency: 8, firstByteLatency: 3 } }),
      { firstTokenMs: 3, totalMs: 8, sources: ['Bedrock'] },
    ],
    ['Groq, in the usage', whole({ usage: GROQ }), groqTimes],
    ['Groq, streamed', streamed({ choices: [], x_groq: { usage: GROQ } }), groqTimes],
    [
      'LocalAI',
      whole({ usage: { ...USAGE, timing_prompt_processing: 2, timing_token_generation: 3 } }),
      { prefillMs: 2, decodeMs: 3, sources: ['LocalAI'] },
    ],
    [
      'Ollama: what is neither reading nor writing is waiting',
      ollama({ total_duration: 15e6, load_duration: 1e6, prompt_eval_duration: 4e6, eval_duration: 8e6 }),
      { queueMs: 3, prefillMs: 4, decodeMs: 8, firstTokenMs: 7, totalMs: 15, sources: ['Ollama'] },
    ],
  ])('%s', (_title, exchange, times) => {
    expect(exchange.outcome).toBe('ok')
    expect(exchange.serverTimes).toEqual({ ...times, refused: false })
    expect(exchange.warnings).toEqual([])
  })
})

describe('times in headers', () => {
  test.each<[string, Record<string, string>, object]>([
    [
      'TGI',
      { 'x-queue-time': '2', 'x-inference-time': '5', 'x-total-time': '8' },
      { queueMs: 2, totalMs: 8, headMs: 8, sources: ['TGI'] },
    ],
    [
      'Fireworks',
      { 'fireworks-server-time-to-first-token': '0.004', 'fireworks-server-processing-time': '0.007' },
      { firstTokenMs: 4, totalMs: 7, headMs: 7, sources: ['Fireworks'] },
    ],
    ['OpenAI', { 'openai-processing-ms': '6' }, { totalMs: 6, headMs: 6, sources: ['openai-processing-ms'] }],
    [
      'Server-Timing with texts in quotes, which separate nothing, and names without a duration',
      { 'server-timing': 'queue;dur="2", prefill;desc="a, decode;dur=99", miss' },
      { queueMs: 2, sources: ['Server-Timing'] },
    ],
    [
      'Server-Timing, in any order and case',
      { 'server-timing': 'miss, Queue;dur=1.5;desc="a b", total;desc=all;DUR=6' },
      { queueMs: 1.5, totalMs: 6, headMs: 6, sources: ['Server-Timing'] },
    ],
    ['Envoy', { 'x-envoy-upstream-service-time': '6' }, { totalMs: 6, headMs: 6, sources: ['Envoy'] }],
    [
      'a gateway before a provider: the total is that of the provider, and the network begins at the gateway',
      { 'openai-processing-ms': '5', 'x-litellm-overhead-duration-ms': '1.5', 'x-litellm-response-duration-ms': '7' },
      { overheadMs: 1.5, totalMs: 5, headMs: 7, sources: ['openai-processing-ms', 'LiteLLM'] },
    ],
  ])('%s', (_title, headers, times) => {
    expect(whole({}, headers).serverTimes).toEqual({ ...times, refused: false })
  })

  test('a header of a stream is older than its end: its total is the time until the reply began', () => {
    const { serverTimes } = streamed({ choices: [], usage: USAGE }, { 'openai-processing-ms': '6' })
    expect(serverTimes).toEqual({ headMs: 6, sources: [], refused: false })
  })

  test('a reply without any has none', () => {
    expect(whole({}, { server: 'x', date: 'y' }).serverTimes).toBeUndefined()
  })
})

describe('what cannot be a time', () => {
  test.each<[string, unknown]>([
    ['text', 'soon'],
    ['below 0', -1],
    ['above an hour', 3_600_001],
    ['too large to be a number', '1e999'],
    ['hexadecimal', '0x10'],
    ['a repeated header', '1, 2'],
    ['a list', [1]],
    ['true', true],
  ])('%s is refused, the rest counts, and the reply has a warning', (_title, value) => {
    const exchange = whole({ timings: { prompt_ms: value, predicted_ms: 5 } })
    expect(exchange.serverTimes).toEqual({ decodeMs: 5, sources: ['llama.cpp'], refused: true })
    expect(exchange.warnings).toEqual(['bad_server_times'])
    expect(exchange.outcome).toBe('ok')
  })

  test('parts that are more than their whole', () => {
    const exchange = ollama({ total_duration: 5e6, prompt_eval_duration: 4e6, eval_duration: 3e6 })
    expect(exchange.serverTimes).toMatchObject({ refused: true, firstTokenMs: 2, totalMs: 5 })
    expect(exchange.serverTimes?.queueMs).toBeUndefined()
  })

  test('null is nothing, as llama.cpp writes it for what it does not know; objects of others are left alone', () => {
    expect(whole({ timings: { prompt_ms: null, predicted_ms: 5 } }).serverTimes).toMatchObject({ decodeMs: 5, refused: false })
    expect(whole({ metrics: { users: 3 }, timings: ['x'] }).serverTimes).toBeUndefined()
  })
})
