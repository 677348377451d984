import * as z from 'zod'
import { wallNow } from '../../../clock.ts'
import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import {
  type ChatFormat,
  content,
  type FormatRequest,
  type MockError,
  type MockFrame,
  message,
  readJson,
  toTurns,
} from './format.ts'

const messagesBody = z.object({
  model: z.string().default('mock-model'),
  max_tokens: z.int().min(1),
  system: content,
  messages: z.array(message).min(1),
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
const SIGNATURE = 'bW9jay1zaWduYXR1cmU='

/** The mock's Anthropic Messages API: `POST /v1/messages`. */
export const anthropic: ChatFormat = {
  name: 'anthropic',
  matches: (method, path) => method === 'POST' && path === '/v1/messages',
  ask(request) {
    const body = readJson(request.body, messagesBody)
    const system = body.system === '' ? [] : [{ role: 'system', content: body.system }]
    const head = { id: `msg_mock_${request.k}`, type: 'message', role: 'assistant', model: body.model }
    return {
      turns: toTurns([...system, ...body.messages]),
      limit: body.max_tokens,
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

function stop(reply: MockReply): { stop_reason: string; stop_sequence: null } {
  return { stop_reason: reply.finish === 'stop' ? 'end_turn' : 'max_tokens', stop_sequence: null }
}

function usageOf({ usage }: MockReply, outputTokens: number): object {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
  }
}

function wholeContent(reply: MockReply): object[] {
  const thinking = { type: 'thinking', thinking: reply.reasoning, signature: SIGNATURE }
  const text = { type: 'text', text: reply.text }
  return [...(reply.reasoning === '' ? [] : [thinking]), ...(reply.text === '' ? [] : [text])]
}

/** A frame whose event name equals the type in its data. */
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
    event('end', reply.endMs, 'message_delta', { delta: stop(reply), usage: usageOf(reply, reply.usage.outputTokens) }),
    event('end', reply.endMs, 'message_stop'),
  ]
}

/** The frames of one content block; empty for a block without units. */
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
  return unit.kind === 'reasoning' ? { type: 'thinking_delta', thinking: unit.text } : { type: 'text_delta', text: unit.text }
}
