import type { Usage } from '../../exchange.ts'
import { asObject, type JsonObject } from './json.ts'

/** Facts about a received reply that are needed to convert its token counts, such as whether it contained reasoning. */
export interface UsageContext {
  readonly source?: Usage['source']
  /** True when the reply contained reasoning. If its usage has no count of reasoning tokens, the number of visible tokens is then unknown. */
  readonly reasoningSeen?: boolean
}

const INPUT = [
  'prompt_tokens',
  'input_tokens',
  'prompt_eval_count',
  'inputTokens',
  'input_token_count',
  'promptTokens',
  'input_length',
]
const OUTPUT = [
  'completion_tokens',
  'output_tokens',
  'eval_count',
  'outputTokens',
  'generated_token_count',
  'output_token_count',
  'completionTokens',
  'generated_tokens',
]
const CACHE_READ = ['cache_read_input_tokens', 'cacheReadInputTokens', 'prompt_cache_hit_tokens']
const CACHE_WRITE = ['cache_creation_input_tokens', 'cacheWriteInputTokens']
/** The largest depth of a usage record that is stored. A deeper one is an attack and would overflow the stack when it is serialised. */
const MAX_DEPTH = 8

interface UsageCounts {
  input: number | null
  cached: number | null
  cacheWrite: number | null
  cacheWrite1h: number | null
  output: number | null
  reasoning: number | null
  visible: number | null
}

/** Converts the token counts of a reply from any provider's form to burn's own, with null for unknown counts; undefined when no count is known. */
export function normaliseUsage(raw: unknown, context: UsageContext = {}): Usage | undefined {
  const record = asObject(raw)
  if (record === undefined) return undefined
  const counts = read(record, context.reasoningSeen ?? false)
  if (counts.input === null && counts.output === null) return undefined
  return {
    inputTokens: counts.input,
    cachedInputTokens: counts.cached,
    cacheWriteTokens: counts.cacheWrite,
    ...(counts.cacheWrite1h === null ? {} : { cacheWrite1hTokens: counts.cacheWrite1h }),
    outputTokens: counts.output,
    reasoningTokens: counts.reasoning,
    visibleTokens: counts.visible,
    source: context.source ?? 'usage',
    raw: isShallow(raw, MAX_DEPTH) ? raw : null,
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  for (const inner of Object.values(value)) if (!isShallow(inner, depth - 1)) return false
  return true
}

function read(record: JsonObject, reasoningSeen: boolean): UsageCounts {
  if ('promptTokenCount' in record || 'candidatesTokenCount' in record) return readGemini(record)
  // Cohere has the counts under `tokens`, beside those that are billed.
  const nested = asObject(record.tokens)
  if (nested !== undefined) return read(nested, reasoningSeen)
  const details = asObject(record.prompt_tokens_details) ?? asObject(record.input_tokens_details)
  const input = readInput(record)
  const reasoning = readReasoning(record)
  const output = readOutput(record, input, reasoning)
  return {
    input,
    cached: count(details?.cached_tokens) ?? first(record, CACHE_READ),
    cacheWrite: count(details?.cache_write_tokens) ?? readCacheWrite(record),
    cacheWrite1h: count(asObject(record.cache_creation)?.ephemeral_1h_input_tokens),
    output,
    reasoning,
    visible: readVisible(output, reasoning, reasoningSeen),
  }
}

/** Returns all input tokens of a usage record. Anthropic and Bedrock count cached tokens apart from `input_tokens`, other providers include them. */
function readInput(record: JsonObject): number | null {
  const own = first(record, INPUT)
  if (own === null) return sum(count(record.prompt_cache_hit_tokens), count(record.prompt_cache_miss_tokens))
  const inside = record.prompt_tokens !== undefined || record.input_tokens_details !== undefined
  return inside ? own : own + (first(record, CACHE_READ) ?? 0) + (readCacheWrite(record) ?? 0)
}

/** Returns the tokens written to a cache. Anthropic states the sum, or its parts by how long they are cached. */
function readCacheWrite(record: JsonObject): number | null {
  const parts = asObject(record.cache_creation)
  const own = first(record, CACHE_WRITE)
  return own ?? sum(count(parts?.ephemeral_5m_input_tokens), count(parts?.ephemeral_1h_input_tokens))
}

/** Returns all output tokens, reasoning included. xAI counts reasoning apart: then the total is larger, or reasoning exceeds the output. */
function readOutput(record: JsonObject, input: number | null, reasoning: number | null): number | null {
  const own = first(record, OUTPUT)
  if (own === null || reasoning === null || reasoning === 0) return own
  const total = count(record.total_tokens)
  const apart = reasoning > own || (input !== null && total === input + own + reasoning)
  return apart ? own + reasoning : own
}

/** Returns the reasoning tokens. At Gemini and xAI they are not part of the output count, elsewhere they are. */
function readReasoning(record: JsonObject): number | null {
  const details = asObject(record.completion_tokens_details) ?? asObject(record.output_tokens_details)
  return first(details ?? {}, ['reasoning_tokens', 'thinking_tokens']) ?? count(record.reasoning_tokens)
}

function readVisible(output: number | null, reasoning: number | null, reasoningSeen: boolean): number | null {
  if (output === null) return null
  if (reasoning !== null) return Math.max(0, output - reasoning)
  return reasoningSeen ? null : output
}

/** Converts Gemini's counts: its candidates do not include reasoning, tool prompts are not part of the prompt, and zero counts are left out. */
function readGemini(record: JsonObject): UsageCounts {
  const prompt = count(record.promptTokenCount)
  const tools = count(record.toolUsePromptTokenCount)
  const thoughts = count(record.thoughtsTokenCount)
  const visible = count(record.candidatesTokenCount)
  const input = prompt === null ? null : prompt + (tools ?? 0)
  return {
    input,
    // The API leaves out counts that are 0; a prompt was read, so how much of it was cached is known.
    cached: prompt !== null && record.cachedContentTokenCount === undefined ? 0 : count(record.cachedContentTokenCount),
    cacheWrite: null,
    cacheWrite1h: null,
    output: visible === null ? thoughts : visible + (thoughts ?? 0),
    reasoning: thoughts,
    visible,
  }
}

function first(record: JsonObject, keys: readonly string[]): number | null {
  for (const key of keys) {
    const found = count(record[key])
    if (found !== null) return found
  }
  return null
}

/** Returns a number of tokens; null when it is negative or too large to be exact, so that sums stay correct. */
function count(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
