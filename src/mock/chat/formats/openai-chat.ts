/** The mock's version of OpenAI Chat Completions. */
import * as z from 'zod'
import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import type { OfferedTools } from '../../persona/tools.ts'
import {
  type Asked,
  type ChatFormat,
  COMMENT_PING,
  createdAt,
  type FormatRequest,
  functionTool,
  limited,
  type MockError,
  type MockFrame,
  MockRefusal,
  message,
  readJson,
  toolRoundsIn,
  toTurns,
} from './format.ts'

const chatMessage = message.extend({
  tool_calls: z.array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) })).optional(),
  tool_call_id: z.string().optional(),
})

const chatBody = z.object({
  model: z.string().default('mock-model'),
  messages: z.array(chatMessage).min(1),
  tools: z.array(functionTool).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional(), continuous_usage_stats: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
})

type ChatBody = z.output<typeof chatBody>

/** The paths of OpenAI's chat API and of OpenRouter's. */
const PATHS = ['/v1/chat/completions', '/api/v1/chat/completions']

/** The mock's OpenAI Chat Completions API: `POST /v1/chat/completions`, or `/api/v1/chat/completions` as OpenRouter has it. */
export const openaiChat: ChatFormat = {
  name: 'openai-chat',
  matches: (method, path) => method === 'POST' && PATHS.includes(path),
  ask: askChat,
  errorBody: openaiError,
  // Some servers send the end marker even after an error; a client that only looks for the marker misses the error.
  errorFrames: (error) => [
    { kind: 'end', dueMs: 0, data: openaiError(error) },
    { kind: 'end', dueMs: 0, data: '[DONE]' },
  ],
  rateLimitHeaders: openaiRateLimitHeaders,
  ping: COMMENT_PING,
}

/**
 * Parses a chat request to the mock in the format of OpenAI's chat API, which several of the APIs that the mock imitates use.
 * @throws MockRefusal for an invalid body
 */
export function askChat(request: FormatRequest): Asked {
  const body = readJson(request.body, chatBody)
  const head = {
    id: `chatcmpl-mock-${request.k}`,
    created: createdAt(request.k),
    model: body.model,
    system_fingerprint: 'fp_mock',
  }
  return {
    turns: toTurns(body.messages),
    ...limited(body.max_completion_tokens ?? body.max_tokens),
    offered: offeredIn(body),
    framing: body.stream ? 'sse' : undefined,
    frames: (reply) => chatFrames(reply, body, head),
    whole: (reply) => ({ ...head, object: 'chat.completion', choices: [wholeChoice(reply)], usage: usageOf(reply) }),
  }
}

/** Returns the tools that a request offers. @throws MockRefusal for a tool result whose call is not in the message before, as the real API does */
function offeredIn({ tools, messages }: Pick<ChatBody, 'tools' | 'messages'>): OfferedTools {
  const known = new Set<string>()
  for (const { role, tool_calls = [], tool_call_id } of messages) {
    for (const { id } of tool_calls) known.add(id)
    if (role === 'tool' && !known.has(tool_call_id ?? ''))
      throw new MockRefusal(400, "messages with role 'tool' must be a response to a preceding message with 'tool_calls'")
  }
  return {
    tools: tools?.map((tool) => tool.function) ?? [],
    answered: toolRoundsIn(messages),
  }
}

/** Returns the error body that the mock sends when it imitates one of OpenAI's APIs. */
export function openaiError({ status, message: text }: MockError): object {
  return { error: { message: text, type: errorType(status), param: null, code: status === 429 ? 'rate_limit_exceeded' : null } }
}

function errorType(status: number): string {
  if (status === 429) return 'requests'
  if (status === 401) return 'authentication_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/**
 * Returns the headers by which the mock reports that a rate limit is reached, as OpenAI's APIs do. `seconds` is the time until the limit is reset.
 */
export function openaiRateLimitHeaders(seconds: number): Record<string, string> {
  return {
    'retry-after-ms': `${seconds * 1000}`,
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${seconds}s`,
  }
}

/** Returns the object `usage` (token counts) for a reply of the mock in the format of one of OpenAI's APIs. */
export function usageOf({ usage }: MockReply): object {
  return usageFor(usage, usage.outputTokens, usage.reasoningTokens)
}

function usageFor({ inputTokens: input, cachedTokens = 0 }: MockReply['usage'], output: number, reasoning: number): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: cachedTokens === null ? null : { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function wholeChoice(reply: MockReply): object {
  const reasoning = reply.reasoning === '' ? {} : { reasoning_content: reply.reasoning }
  return {
    index: 0,
    message: {
      role: 'assistant',
      content: reply.calls.length > 0 ? null : reply.text,
      refusal: null,
      ...reasoning,
      ...callsOf(reply),
    },
    logprobs: null,
    finish_reason: reply.finish,
  }
}

function callsOf({ calls }: MockReply): object {
  if (calls.length === 0) return {}
  return { tool_calls: calls.map(({ id, ...called }) => ({ id, type: 'function', function: called })) }
}

function chatFrames(reply: MockReply, body: ChatBody, head: object): MockFrame[] {
  const options = body.stream_options
  const chunk = (kind: MockFrame['kind'], dueMs: number, choices: object[], usage: object | null): MockFrame => ({
    kind,
    dueMs,
    data: { ...head, object: 'chat.completion.chunk', choices, ...(options?.include_usage ? { usage } : {}) },
  })
  const running = options?.continuous_usage_stats ? runningUsage(reply) : () => null
  return [
    chunk('meta', 0, [choice({ role: 'assistant', content: '' })], null),
    ...reply.units.flatMap((unit, at) => [
      ...callBegins(reply, at).map((begun) => chunk('meta', unit.delayMs, [choice(begun)], null)),
      chunk('unit', unit.delayMs, [choice(delta(unit))], running(unit)),
    ]),
    chunk('end', reply.endMs, [choice({}, reply.finish)], null),
    ...(options?.include_usage ? [chunk('end', reply.endMs, [], usageOf(reply))] : []),
    { kind: 'end', dueMs: reply.endMs, data: '[DONE]' },
  ]
}

function choice(part: object, finish: string | null = null): object {
  return { index: 0, delta: part, logprobs: null, finish_reason: finish }
}

/** Returns a list with the delta that names a tool call, if the call's arguments begin with unit number `at`; else an empty list. */
function callBegins({ units, calls }: MockReply, at: number): object[] {
  const index = units[at]?.call
  const call = index === undefined || units[at - 1]?.call === index ? undefined : calls[index]
  if (!call) return []
  return [{ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }]
}

function delta(unit: ReplyUnit): object {
  if (unit.kind === 'tool') return { tool_calls: [{ index: unit.call, function: { arguments: unit.text } }] }
  return unit.kind === 'reasoning' ? { reasoning_content: unit.text } : { content: unit.text }
}

/** Returns a function that states the usage up to a unit, for servers that send usage with every chunk. */
function runningUsage(reply: MockReply): (unit: ReplyUnit) => object {
  let output = 0
  let reasoning = 0
  return (unit) => {
    output += unit.tokens
    if (unit.kind === 'reasoning') reasoning += unit.tokens
    return usageFor(reply.usage, output, reasoning)
  }
}
