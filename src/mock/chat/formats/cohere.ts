import * as z from 'zod'
import type { MockReply } from '../../persona/reply.ts'
import {
  type ChatFormat,
  type FormatRequest,
  functionTool,
  limited,
  type MockError,
  type MockFrame,
  message,
  readJson,
  toolRoundsIn,
  toTurns,
} from './format.ts'

const chatMessage = message.extend({ tool_calls: z.array(z.looseObject({ id: z.string() })).optional() })

const chatBody = z.object({
  model: z.string().min(1),
  messages: z.array(chatMessage).min(1),
  tools: z.array(functionTool).nullish(),
  stream: z.boolean().nullish(),
  max_tokens: z.int().min(1).nullish(),
})

const FINISH_REASONS = { stop: 'COMPLETE', length: 'MAX_TOKENS', tool_calls: 'TOOL_CALL' } as const

/** The mock's Cohere Chat API, version 2: `POST /v2/chat`. */
export const cohere: ChatFormat = {
  name: 'cohere',
  matches: (method, path) => method === 'POST' && path === '/v2/chat',
  ask(request: FormatRequest) {
    const body = readJson(request.body, chatBody)
    const id = `mock-${request.k}`
    return {
      turns: toTurns(body.messages),
      ...limited(body.max_tokens),
      offered: {
        tools: body.tools?.map((tool) => tool.function) ?? [],
        answered: toolRoundsIn(body.messages),
      },
      framing: body.stream ? 'sse' : undefined,
      frames: (reply) => frames(reply, id),
      whole: (reply) => ({ id, message: wholeMessage(reply), ...end(reply) }),
    }
  },
  errorBody,
  errorFrames: (error) => [event('end', 0, 'message-end', { delta: { finish_reason: 'ERROR', error: error.message } })],
  rateLimitHeaders: () => ({ 'x-ratelimit-remaining-requests': '0' }),
  ping: undefined,
}

function errorBody({ message: text }: MockError, { k }: FormatRequest): object {
  return { id: `mock-${k}`, message: text }
}

function end({ finish, usage }: MockReply): object {
  const tokens = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens }
  return { finish_reason: FINISH_REASONS[finish], usage: { billed_units: tokens, tokens } }
}

function callOf({ id, ...called }: MockReply['calls'][number]): object {
  return { id, type: 'function', function: called }
}

function wholeMessage({ text, reasoning, calls }: MockReply): object {
  const thinking = reasoning === '' ? [] : [{ type: 'thinking', thinking: reasoning }]
  const texts = text === '' ? [] : [{ type: 'text', text }]
  return { role: 'assistant', content: [...thinking, ...texts], ...(calls.length > 0 ? { tool_calls: calls.map(callOf) } : {}) }
}

function frames(reply: MockReply, id: string): MockFrame[] {
  const kinds = (['reasoning', 'text'] as const).filter((kind) => reply.units.some((unit) => unit.kind === kind))
  return [
    event('meta', 0, 'message-start', {
      id,
      delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [] } },
    }),
    ...kinds.flatMap((kind, index) => contentFrames(reply, kind, index)),
    ...reply.calls.flatMap((_, index) => callFrames(reply, index)),
    event('end', reply.endMs, 'message-end', { id, delta: end(reply) }),
  ]
}

function contentFrames({ units }: MockReply, kind: 'reasoning' | 'text', index: number): MockFrame[] {
  const key = kind === 'text' ? 'text' : 'thinking'
  const own = units.filter((unit) => unit.kind === kind)
  const content = (text: string) => ({ index, delta: { message: { content: { [key]: text } } } })
  return [
    event('meta', own[0]?.delayMs ?? 0, 'content-start', { index, delta: { message: { content: { type: key, [key]: '' } } } }),
    ...own.map(({ text, delayMs }) => event('unit', delayMs, 'content-delta', content(text))),
    event('meta', own.at(-1)?.delayMs ?? 0, 'content-end', { index }),
  ]
}

function callFrames({ units, calls }: MockReply, index: number): MockFrame[] {
  const own = units.filter((unit) => unit.call === index)
  const call = calls[index]
  if (!call) return []
  const delta = (inner: object) => ({ index, delta: { message: { tool_calls: inner } } })
  return [
    event('meta', own[0]?.delayMs ?? 0, 'tool-call-start', delta(callOf({ ...call, arguments: '' }))),
    ...own.map(({ text, delayMs }) => event('unit', delayMs, 'tool-call-delta', delta({ function: { arguments: text } }))),
    event('meta', own.at(-1)?.delayMs ?? 0, 'tool-call-end', { index }),
  ]
}

/** Makes a frame whose event name is the same as the `type` in its data. */
function event(kind: MockFrame['kind'], dueMs: number, type: string, rest: object): MockFrame {
  return { kind, dueMs, event: type, data: { type, ...rest } }
}
