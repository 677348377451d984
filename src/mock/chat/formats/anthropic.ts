import * as z from 'zod'
import { wallNow } from '../../../clock.ts'
import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import type { OfferedTools } from '../../persona/tools.ts'
import {
  answeredSince,
  type ChatFormat,
  content,
  type FormatRequest,
  type MockError,
  type MockFrame,
  MockRefusal,
  message,
  readJson,
  toTurns,
} from './format.ts'

const messagesBody = z.object({
  model: z.string().default('mock-model'),
  max_tokens: z.int().min(1),
  system: content,
  messages: z.array(message).min(1),
  tools: z.array(z.object({ name: z.string(), input_schema: z.unknown() })).nullish(),
  thinking: z.looseObject({ type: z.string() }).nullish(),
  stream: z.boolean().nullish(),
})

const ERROR_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}
const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const
const SIGNATURE = 'bW9jay1zaWduYXR1cmU='

/** The mock's Anthropic Messages API: `POST /v1/messages`. */
export const anthropic: ChatFormat = {
  name: 'anthropic',
  matches: (method, path) => method === 'POST' && path === '/v1/messages',
  ask(request) {
    const body = readJson(request.body, messagesBody)
    if (body.thinking && body.thinking.type !== 'disabled') demandThoughts(request)
    const system = body.system === '' ? [] : [{ role: 'system', content: body.system }]
    const head = { id: `msg_mock_${request.k}`, type: 'message', role: 'assistant', model: body.model }
    return {
      turns: toTurns([...system, ...body.messages]),
      limit: body.max_tokens,
      offered: offeredIn(body.tools, request),
      framing: body.stream ? 'sse' : undefined,
      frames: (reply) => messageFrames(reply, head),
      whole: (reply) => ({
        ...head,
        content: wholeContent(reply),
        ...stop(reply),
        usage: usageOf(reply, reply.usage.outputTokens),
      }),
    }
  },
  errorBody,
  errorFrames: (error, request) => [{ kind: 'end', dueMs: 0, event: 'error', data: errorBody(error, request) }],
  rateLimitHeaders: (seconds) => ({
    'anthropic-ratelimit-requests-limit': '60',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': new Date(wallNow() + seconds * 1000).toISOString(),
    'x-ratelimit-remaining-requests': '0',
  }),
  ping: { kind: 'ping', dueMs: 0, event: 'ping', data: { type: 'ping' } },
}

function errorBody({ status, message: text }: MockError, { k }: FormatRequest): object {
  return { type: 'error', error: { type: ERROR_TYPES[status] ?? 'api_error', message: text }, request_id: `req_mock_${k}` }
}

/** A schema that picks the content blocks of each message from a request body. */
const blocks = z.object({
  messages: z.array(
    z.object({
      content: z.union([
        z.string(),
        z.array(z.looseObject({ type: z.string(), id: z.string().optional(), tool_use_id: z.string().optional() })),
      ]),
    }),
  ),
})

/** Checks that each call of a tool comes with the thoughts that led to it, and their signature. @throws MockRefusal when one does not, as the real API does */
function demandThoughts(request: FormatRequest): void {
  for (const [at, { content: list }] of readJson(request.body, blocks).messages.entries()) {
    if (typeof list === 'string' || !list.some(({ type }) => type === 'tool_use')) continue
    const [first] = list
    if (first?.type !== 'thinking')
      throw new MockRefusal(400, `messages.${at}.content.0.type: Expected \`thinking\`, but found \`${first?.type}\``)
    if (first.signature !== SIGNATURE)
      throw new MockRefusal(400, `messages.${at}.content.0: Invalid \`signature\` in \`thinking\` block`)
  }
}

/** Returns the tools that a request offers. @throws MockRefusal for a tool result whose call is not in the message before, as the real API does */
function offeredIn(
  tools: readonly { name: string; input_schema?: unknown }[] | null | undefined,
  request: FormatRequest,
): OfferedTools {
  const messages = readJson(request.body, blocks).messages.map(({ content: list }) => (typeof list === 'string' ? [] : list))
  for (const [at, list] of messages.entries())
    for (const { type, tool_use_id: id } of list)
      if (type === 'tool_result' && !messages[at - 1]?.some((block) => block.type === 'tool_use' && block.id === id))
        throw new MockRefusal(400, `messages.${at}: unexpected tool_use_id found in tool_result blocks: ${id}`)
  const has = (type: string) => (list: (typeof messages)[number]) => list.some((block) => block.type === type)
  return {
    tools: tools?.map(({ name, input_schema: parameters }) => ({ name, parameters })) ?? [],
    answered: answeredSince(messages, has('tool_result'), has('tool_use')),
  }
}

function stop(reply: MockReply): { stop_reason: string; stop_sequence: null } {
  return { stop_reason: STOP_REASONS[reply.finish], stop_sequence: null }
}

function usageOf({ usage }: MockReply, outputTokens: number): object {
  const { cachedTokens = 0 } = usage
  return {
    input_tokens: usage.inputTokens - (cachedTokens ?? 0),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
  }
}

function wholeContent(reply: MockReply): object[] {
  const thinking = { type: 'thinking', thinking: reply.reasoning, signature: SIGNATURE }
  const text = { type: 'text', text: reply.text }
  const uses = reply.calls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: JSON.parse(call.arguments) }))
  return [...(reply.reasoning === '' ? [] : [thinking]), ...(reply.text === '' ? [] : [text]), ...uses]
}

/** Makes a frame whose event name is the same as the `type` in its data. */
function event(kind: MockFrame['kind'], dueMs: number, type: string, rest: object = {}): MockFrame {
  return { kind, dueMs, event: type, data: { type, ...rest } }
}

function messageFrames(reply: MockReply, head: object): MockFrame[] {
  const start = { ...head, content: [], stop_reason: null, stop_sequence: null, usage: usageOf(reply, 1) }
  const reasoning = reply.units.filter((unit) => unit.kind === 'reasoning')
  const text = reply.units.filter((unit) => unit.kind === 'text')
  return [
    event('meta', 0, 'message_start', { message: start }),
    event('meta', 0, 'ping'),
    ...blockFrames(0, { type: 'thinking', thinking: '', signature: '' }, reasoning),
    ...blockFrames(reasoning.length > 0 ? 1 : 0, { type: 'text', text: '' }, text),
    ...reply.calls.flatMap(({ id, name }, index) =>
      blockFrames(
        index + (reasoning.length > 0 ? 1 : 0),
        { type: 'tool_use', id, name, input: {} },
        reply.units.filter((unit) => unit.call === index),
      ),
    ),
    event('end', reply.endMs, 'message_delta', { delta: stop(reply), usage: usageOf(reply, reply.usage.outputTokens) }),
    event('end', reply.endMs, 'message_stop'),
  ]
}

/** Returns the frames of one content block; empty for a block without units. */
function blockFrames(index: number, block: object, units: readonly ReplyUnit[]): MockFrame[] {
  const first = units[0]
  const last = units.at(-1)
  if (!first || !last) return []
  const signature = { type: 'signature_delta', signature: SIGNATURE }
  return [
    event('meta', first.delayMs, 'content_block_start', { index, content_block: block }),
    ...units.map((unit) => event('unit', unit.delayMs, 'content_block_delta', { index, delta: delta(unit) })),
    ...(first.kind === 'reasoning' ? [event('meta', last.delayMs, 'content_block_delta', { index, delta: signature })] : []),
    event('meta', last.delayMs, 'content_block_stop', { index }),
  ]
}

function delta(unit: ReplyUnit): object {
  if (unit.kind === 'tool') return { type: 'input_json_delta', partial_json: unit.text }
  return unit.kind === 'reasoning' ? { type: 'thinking_delta', thinking: unit.text } : { type: 'text_delta', text: unit.text }
}
