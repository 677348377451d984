import { describe, expect, test } from 'vitest'
import { firstTokenText, quantileText, serverTexts } from '../../../src/report/text/server.ts'
import type { Result, ServerEndpoint } from '../../../src/result/schema.ts'
import { distribution, fine, slice } from '../results.ts'

const times = (mean: number, count = 10): ServerEndpoint['histograms'][string] => {
  const quantile = { value: mean * 2, from: mean, to: mean * 3 }
  return { unit: 'ms', count, mean, p50: quantile, p95: quantile, p99: { value: 5000, from: 5000, to: null } }
}
const vllm: ServerEndpoint = {
  url: 'http://gpu-1:8000/metrics',
  server: ['vLLM'],
  scrapes: 10,
  failed: 0,
  error: null,
  sinceMs: 0,
  untilMs: 9000,
  gauges: { queue: { unit: 'count', count: 9, min: 0, mean: 12, max: 34, p95: 30 } },
  counters: {
    preemptions: { unit: 'count', delta: 3, perSecond: 0.33, resets: 0 },
    tokens_out: { unit: 'tokens', delta: 900, perSecond: 100, resets: 1 },
    prefix_hits: { unit: 'tokens', delta: 0, perSecond: 0, resets: 0 },
  },
  histograms: { queue_time: times(1700), prefill_time: times(300), e2e: times(9000) },
  series: [],
}
const run = (mean: number, server: readonly ServerEndpoint[]): Pick<Result, 'server' | 'total'> => ({
  server,
  total: slice(fine.total.counts, { ttft: { ...distribution(mean, mean, mean), mean } }),
})

test('estimates show the borders of their bucket; beyond the last one there is only a lower one', () => {
  expect(quantileText(times(100).p95, 'ms')).toBe('~200ms (100ms to 300ms)')
  expect(quantileText(times(100).p99, 'ms')).toBe('above 5s')
})

test('what burn measures itself is left out, and what did not happen; restarts are said', () => {
  const [text = ''] = serverTexts({ server: [vllm] }, String)
  expect(text).toMatch(/^vLLM at gpu-1:8000 · counters began anew 1 time · waiting 12 mean, 34 max · preemptions 3 /)
  expect(text).toContain('tokens out 900 (100/s)')
  expect(text).toContain('in the queue 1.7s mean, p95 ~3.4s (1.7s to 5.1s)')
  expect(text).not.toMatch(/whole request|prefix/)
})

test('where the time to the first token went', () => {
  expect(firstTokenText(run(2100, [vllm]))).toBe(
    "ttft 2.1s mean: 1.7s waiting in the server's queue (34 waiting at most), 300ms prefill, 100ms elsewhere; means of /metrics",
  )
  // Never cut to 0: then the figures are of other requests, too.
  expect(firstTokenText(run(1500, [vllm]))).toMatch(
    /300ms prefill, the server's figures are 500ms more: other requests are among them; means of/,
  )
})

test('only when one server tells it', () => {
  const silent = { ...vllm, histograms: { queue_time: times(0, 0) } }
  for (const servers of [[], [vllm, vllm], [silent], [{ ...vllm, histograms: {} }]])
    expect(firstTokenText(run(2100, servers))).toBe('')
})

describe('times in the replies themselves', () => {
  const told = (means: Readonly<Record<string, number>>, source: string): Pick<Result, 'server' | 'total'> => ({
    server: [vllm],
    total: {
      ...slice(
        fine.total.counts,
        Object.fromEntries(Object.entries(means).map(([name, mean]) => [name, { ...distribution(mean, mean, mean), mean }])),
      ),
      serverTimes: { [source]: 4 },
    },
  })

  test('come before what was asked for beside the load', () => {
    expect(firstTokenText(told({ ttft: 2100, server_queue: 1200, server_prefill: 700, network: 200 }, 'vLLM'))).toBe(
      "ttft 2.1s mean: 1.2s waiting in the server's queue (34 waiting at most), 700ms prefill, 200ms network; told by vLLM in each reply",
    )
  })

  test('leave open what they do not tell', () => {
    expect(firstTokenText(told({ ttft: 50, server_prefill: 30 }, 'llama.cpp'))).toBe(
      "ttft 50ms mean: 30ms prefill, 20ms elsewhere (the server's queue, the network); told by llama.cpp in each reply",
    )
    expect(firstTokenText(told({ ttft: 50, network: 5, gateway_overhead: 3 }, 'LiteLLM'))).toBe(
      'ttft 50ms mean: 45ms in the server, 3ms in the gateway, 2ms network; told by LiteLLM in each reply',
    )
  })

  test('are never cut to fit, unless by what rounding explains', () => {
    expect(firstTokenText(told({ ttft: 50, server_queue: 21, server_prefill: 30 }, 'vLLM'))).toMatch(
      /30ms prefill, 0ms network; told/,
    )
    expect(firstTokenText(told({ ttft: 50, server_queue: 30, server_prefill: 30 }, 'vLLM'))).toMatch(
      /30ms prefill, the server's figures are 10ms more: clocks or definitions differ; told/,
    )
  })

  test('of some replies only say nothing of all', () => {
    const some = told({ ttft: 2100, server_queue: 1200, server_prefill: 700 }, 'vLLM')
    const { server_prefill: prefill } = some.total.distributions
    if (prefill) Object.assign(prefill, { count: prefill.count - 1 })
    expect(firstTokenText(some)).toMatch(/100ms elsewhere; means of \/metrics$/)
  })
})
