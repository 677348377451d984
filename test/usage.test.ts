/** What is left for the network of the time to the first token, when the server says how long it took. */
import { describe, expect, test } from 'vitest'
import { network, signedNetwork } from '../src/usage.ts'
import { streamed, USAGE, whole } from './dialects/timed-replies.ts'

describe('the network', () => {
  const vllm = (queue: number, prefill: number) =>
    streamed({ choices: [], usage: USAGE, metrics: { queue_time_ms: queue, time_to_first_token_ms: prefill } })

  test('is what is left of the time to the first token', () => {
    expect(network(vllm(2, 3))).toBe(4)
  })

  test('by a header: what is left of the time to the first byte', () => {
    expect(network(whole({}, { 'openai-processing-ms': '6' }))).toBe(3)
    expect(network(streamed({ choices: [], usage: USAGE }, { 'x-envoy-upstream-service-time': '6' }))).toBe(3)
  })

  test('below 0 by rounding it is 0; by more it is no measurement, and the reply has a warning', () => {
    const rounded = vllm(4, 7)
    expect([signedNetwork(rounded), network(rounded), rounded.warnings]).toEqual([-2, 0, []])
    const differing = vllm(5, 7)
    expect([signedNetwork(differing), network(differing), differing.warnings]).toEqual([-3, undefined, ['server_times_differ']])
  })

  test('without the queue it is not known, but more time than passed is said', () => {
    const exchange = whole({ timings: { prompt_ms: 4, predicted_ms: 8 } })
    expect(network(exchange)).toBeUndefined()
    expect(exchange.warnings).toEqual(['server_times_differ'])
  })
})
