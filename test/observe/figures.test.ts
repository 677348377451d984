import { expect, test } from 'vitest'
import { PrometheusReader } from '../../src/observe/asking/prometheus.ts'
import { EndpointFigures } from '../../src/observe/figures.ts'
import { MEANINGS } from '../../src/observe/meanings.ts'
import { SERVERS } from '../../src/observe/servers.ts'

function figuresOf(names: readonly string[], ...replies: string[]) {
  const figures = new EndpointFigures(names)
  for (const [i, text] of replies.entries()) {
    const reader = new PrometheusReader(figures.wants)
    reader.push(text)
    reader.end()
    figures.take(reader.samples, reader.types, i * 1000, i > 0)
  }
  return figures.read()
}

test('names with and without _total mean the same', () => {
  for (const suffix of ['', '_total'])
    expect(figuresOf([], `vllm:generation_tokens${suffix} 10`, `vllm:generation_tokens${suffix} 40`)).toMatchObject({
      server: ['vLLM'],
      counters: { tokens_out: { delta: 30, perSecond: 30, resets: 0 } },
    })
})

test('of two names for one thing, the first counts; series of several engines are put together', () => {
  const told = figuresOf(
    [],
    'up 1\nvllm:num_requests_waiting 0',
    [
      'vllm:num_requests_waiting{engine="0"} 3',
      'vllm:num_requests_waiting{engine="1"} 4',
      'vllm:num_requests_waiting_by_reason{reason="capacity"} 99',
      'vllm:kv_cache_usage_perc{engine="0"} 0.2',
      'vllm:kv_cache_usage_perc{engine="1"} 0.9',
      'DCGM_FI_DEV_GPU_UTIL{gpu="0"} 100',
      'DCGM_FI_DEV_GPU_UTIL{gpu="1"} 50',
      'DCGM_FI_DEV_FB_USED{gpu="0"} 2',
    ].join('\n'),
  )
  expect(told.server).toEqual(['vLLM', 'DCGM'])
  expect(told.series).toEqual([{ t: 1000, values: { queue: 7, kv_usage: 0.9, gpu_usage: 0.75, gpu_memory: 2 * 1024 ** 2 } }])
  expect(told.gauges.queue).toEqual({ unit: 'count', count: 1, min: 7, mean: 7, max: 7, p95: 7 })
})

test('times come as ms, from seconds in buckets, stages by their label, and sums in µs', () => {
  const sglang = (n: number) =>
    ['prefill_forward', 'other']
      .flatMap((stage) => [
        `sglang:per_stage_req_latency_seconds_bucket{stage="${stage}",le="0.5"} ${n}`,
        `sglang:per_stage_req_latency_seconds_bucket{stage="${stage}",le="+Inf"} ${n}`,
        `sglang:per_stage_req_latency_seconds_sum{stage="${stage}"} ${n * 0.25}`,
        `sglang:per_stage_req_latency_seconds_count{stage="${stage}"} ${n}`,
      ])
      .join('\n')
  expect(figuresOf([], sglang(1), sglang(3)).histograms).toEqual({
    prefill_time: expect.objectContaining({ unit: 'ms', count: 2, mean: 250, p50: { value: 250, from: 0, to: 500 } }),
  })
  const triton = (n: number) =>
    `nv_inference_queue_duration_us{model="m"} ${n * 4000}\nnv_inference_request_success{model="m"} ${n}`
  expect(figuresOf([], triton(10), triton(30))).toMatchObject({
    histograms: { queue_time: { count: 20, mean: 4, p50: null } },
    counters: { requests: { delta: 20 } },
  })
})

test('llama.cpp tells the time of its tokens as a sum: the mean between tokens is known, and no percentile', () => {
  const llama = (n: number) => `llamacpp:tokens_predicted_seconds_total ${n * 2}\nllamacpp:tokens_predicted_total ${n * 100}`
  expect(figuresOf([], llama(1), llama(4))).toMatchObject({
    server: ['llama.cpp'],
    counters: { tokens_out: { delta: 300 } },
    histograms: { itl: { count: 300, mean: 20, p50: null } },
  })
})

test('the KV cache of Triton is its series of the share in use; LiteLLM tells what is under way', () => {
  const triton = ['max 100', 'used 40', 'fraction 0.4'].map((pair) => {
    const [type, value] = pair.split(' ')
    return `nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="${type}",model="m",version="1"} ${value}`
  })
  const told = figuresOf([], 'up 1', [...triton, 'litellm_in_flight_requests 7'].join('\n'))
  expect(told).toMatchObject({ server: ['Triton', 'LiteLLM'], gauges: { kv_usage: { mean: 0.4 }, running: { mean: 7 } } })
})

test('TGI tells tokens as a distribution: their sum counts', () => {
  const tgi = (sum: number) => `tgi_request_generated_tokens_sum ${sum}\ntgi_request_generated_tokens_count 4\ntgi_queue_size 2`
  expect(figuresOf([], tgi(100), tgi(340))).toMatchObject({
    server: ['TGI'],
    counters: { tokens_out: { delta: 240 } },
    gauges: { queue: { max: 2 } },
  })
})

test('metrics that the user names are told as what they are', () => {
  const names = ['process_resident_memory_bytes', 'jobs_total', 'handler_seconds', 'typed']
  const reply = (n: number) =>
    [
      `process_resident_memory_bytes ${n}`,
      `jobs_total ${n}`,
      '# TYPE typed counter',
      `typed ${n}`,
      'handler_seconds{quantile="0.5"} 9',
      `handler_seconds_sum ${n * 2}`,
      `handler_seconds_count ${n}`,
    ].join('\n')
  expect(figuresOf(names, reply(1), reply(5))).toMatchObject({
    server: [],
    gauges: { process_resident_memory_bytes: { unit: '', max: 5 } },
    counters: { jobs_total: { delta: 4 }, typed: { delta: 4 } },
    histograms: { handler_seconds: { count: 4, mean: 2, p95: null } },
  })
})

test('the series stays short however long the run', () => {
  const replies = Array.from({ length: 3000 }, (_, i) => `vllm:num_requests_running ${i}`)
  const { series, gauges } = figuresOf([], ...replies)
  expect(series.length).toBeLessThan(1200)
  expect(series.at(-1)?.t).toBeGreaterThan(2_990_000)
  expect(gauges.running).toMatchObject({ count: 2999, min: 1, max: 2999 })
})

test('every name of a server has a meaning', () => {
  expect(SERVERS.flatMap(({ names }) => Object.keys(names)).filter((name) => !Object.hasOwn(MEANINGS, name))).toEqual([])
})
