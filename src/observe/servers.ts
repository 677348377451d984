/** The names that each model server has for its metrics. To support another server, add a row here. */
import type { MeaningName } from './meanings.ts'

/** A server's name for a metric, and how its values are converted. */
interface SourceRow {
  /** The name without the endings `_total`, `_bucket`, `_sum` and `_count`, which may or may not be present. */
  readonly name: string
  /** The factor that converts the values to burn's unit; for times the default is 1,000, from s to ms. */
  readonly scale?: number
  /** The labels that a value must have to count; left out when all values count. */
  readonly where?: Readonly<Record<string, string>>
  /** For a time that the server reports only as a sum: the name of the counter by which to divide it. */
  readonly per?: string
}

/**
 * The names under which one inference server, such as vLLM, reports the metrics in `MEANINGS`. Of several names for one metric, the first that the
 * server reports is used.
 */
interface ServerNames {
  readonly server: string
  readonly names: Readonly<Partial<Record<MeaningName, readonly (string | SourceRow)[]>>>
}

const US = 0.001
const MIB = 1024 ** 2

// biome-ignore format: a table is read line by line
/** The inference servers, such as vLLM, whose metrics burn knows. */
export const SERVERS: readonly ServerNames[] = [
  { server: 'vLLM', names: {
    running: ['vllm:num_requests_running'],
    queue: ['vllm:num_requests_waiting', 'vllm:num_requests_waiting_by_reason'],
    kv_usage: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
    preemptions: ['vllm:num_preemptions'],
    prefix_queries: ['vllm:prefix_cache_queries', 'vllm:gpu_prefix_cache_queries'],
    prefix_hits: ['vllm:prefix_cache_hits', 'vllm:gpu_prefix_cache_hits', 'vllm:prompt_tokens_cached'],
    tokens_in: ['vllm:prompt_tokens'],
    tokens_out: ['vllm:generation_tokens'],
    requests: ['vllm:request_success'],
    ttft: ['vllm:time_to_first_token_seconds'],
    queue_time: ['vllm:request_queue_time_seconds'],
    prefill_time: ['vllm:request_prefill_time_seconds'],
    decode_time: ['vllm:request_decode_time_seconds'],
    itl: ['vllm:inter_token_latency_seconds', 'vllm:time_per_output_token_seconds', 'vllm:request_time_per_output_token_seconds'],
    e2e: ['vllm:e2e_request_latency_seconds'],
  } },
  { server: 'SGLang', names: {
    running: ['sglang:num_running_reqs'],
    queue: ['sglang:num_queue_reqs'],
    kv_usage: ['sglang:token_usage'],
    cache_hit_rate: ['sglang:cache_hit_rate'],
    preemptions: ['sglang:num_retracted_reqs'],
    prefix_hits: ['sglang:cached_tokens'],
    tokens_in: ['sglang:prompt_tokens'],
    tokens_out: ['sglang:generation_tokens'],
    requests: ['sglang:num_requests'],
    requests_failed: ['sglang:num_aborted_requests'],
    ttft: ['sglang:time_to_first_token_seconds'],
    queue_time: ['sglang:queue_time_seconds'],
    prefill_time: [{ name: 'sglang:per_stage_req_latency_seconds', where: { stage: 'prefill_forward' } }],
    decode_time: [{ name: 'sglang:per_stage_req_latency_seconds', where: { stage: 'decode_forward' } }],
    itl: ['sglang:inter_token_latency_seconds', 'sglang:time_per_output_token_seconds'],
    e2e: ['sglang:e2e_request_latency_seconds'],
  } },
  { server: 'TensorRT-LLM', names: {
    requests: ['trtllm:request_success'],
    ttft: ['trtllm:time_to_first_token_seconds'],
    queue_time: ['trtllm:request_queue_time_seconds'],
    itl: ['trtllm:time_per_output_token_seconds'],
    e2e: ['trtllm:e2e_request_latency_seconds'],
  } },
  { server: 'TGI', names: {
    running: ['tgi_batch_current_size'],
    queue: ['tgi_queue_size'],
    tokens_in: [{ name: 'tgi_request_input_length' }],
    tokens_out: [{ name: 'tgi_request_generated_tokens' }],
    requests: ['tgi_request_success'],
    requests_failed: ['tgi_request_failure'],
    queue_time: ['tgi_request_queue_duration'],
    prefill_time: [{ name: 'tgi_batch_forward_duration', where: { method: 'prefill' } }],
    decode_time: [{ name: 'tgi_batch_forward_duration', where: { method: 'decode' } }],
    itl: ['tgi_request_mean_time_per_token_duration'],
    e2e: ['tgi_request_duration'],
  } },
  { server: 'llama.cpp', names: {
    running: ['llamacpp:requests_processing'],
    queue: ['llamacpp:requests_deferred'],
    kv_usage: ['llamacpp:kv_cache_usage_ratio'],
    tokens_in: ['llamacpp:prompt_tokens'],
    tokens_out: ['llamacpp:tokens_predicted'],
    itl: [{ name: 'llamacpp:tokens_predicted_seconds', per: 'llamacpp:tokens_predicted' }],
  } },
  { server: 'Triton', names: {
    queue: ['nv_inference_pending_request_count'],
    kv_usage: [{ name: 'nv_trt_llm_kv_cache_block_metrics', where: { kv_cache_block_type: 'fraction' } }],
    prefix_hits: ['nv_cache_num_hits_per_model'],
    requests: ['nv_inference_request_success'],
    requests_failed: ['nv_inference_request_failure'],
    queue_time: [{ name: 'nv_inference_queue_duration_us', scale: US, per: 'nv_inference_request_success' }],
    e2e: [{ name: 'nv_inference_request_duration_us', scale: US, per: 'nv_inference_request_success' }],
    gpu_usage: ['nv_gpu_utilization'],
    gpu_power: ['nv_gpu_power_usage'],
    gpu_memory: ['nv_gpu_memory_used_bytes'],
    gpu_energy: ['nv_energy_consumption'],
  } },
  { server: 'Dynamo', names: {
    running: ['dynamo_frontend_inflight_requests'],
    queue: ['dynamo_frontend_queued_requests'],
    kv_usage: ['dynamo_component_kvstats_gpu_cache_usage_percent'],
    cache_hit_rate: ['dynamo_component_kvstats_gpu_prefix_cache_hit_rate'],
    tokens_in: [{ name: 'dynamo_frontend_input_sequence_tokens' }],
    tokens_out: ['dynamo_frontend_output_tokens', 'dynamo_frontend_output_sequence_tokens'],
    requests: ['dynamo_frontend_requests'],
    ttft: ['dynamo_frontend_time_to_first_token_seconds'],
    itl: ['dynamo_frontend_inter_token_latency_seconds'],
    e2e: ['dynamo_frontend_request_duration_seconds'],
  } },
  { server: 'LiteLLM', names: {
    running: ['litellm_in_flight_requests'],
  } },
  { server: 'DCGM', names: {
    gpu_usage: [{ name: 'DCGM_FI_DEV_GPU_UTIL', scale: 0.01 }],
    gpu_power: ['DCGM_FI_DEV_POWER_USAGE'],
    gpu_memory: [{ name: 'DCGM_FI_DEV_FB_USED', scale: MIB }],
    gpu_energy: [{ name: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', scale: 0.001 }],
  } },
]
