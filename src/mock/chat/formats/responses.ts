import * as z from 'zod'
import type { MockReply, MockTurn } from '../../persona/reply.ts'
import type { OfferedTools } from '../../persona/tools.ts'
import {
  answeredSince,
  type ChatFormat,
  COMMENT_PING,
  content,
  createdAt,
  type FormatRequest,
  limited,
  type MockError,
  type MockFrame,
  MockRefusal,
  readJson,
  toTurns,
} from './format.ts'
import { openaiError, openaiRateLimitHeaders } from './openai-chat.ts'
import { endedResponse, responseFrames } from './responses-frames.ts'

const inputItem = z.looseObject({
  call_id: z.string().optional(),
  type: z.string().default('message'),
  role: z.string().default('user'),
  content,
})
const responsesBody = z.object({
  model: z.string().default('mock-model'),
  input: z.union([z.string(), z.array(inputItem).min(1)]),
  instructions: z.string().nullish(),
  tools: z.array(z.looseObject({ type: z.string(), name: z.string().default(''), parameters: z.unknown() })).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  previous_response_id: z.string().nullish(),
  store: z.boolean().default(true),
  stream: z.boolean().nullish(),
})

type ResponsesBody = z.output<typeof responsesBody>

/** The mock's OpenAI Responses API: `POST /v1/responses`, and Azure's `/openai/v1/responses`. */
export const openaiResponses: ChatFormat = {
  name: 'openai-responses',
  matches: (method, path) => method === 'POST' && (path === '/v1/responses' || path === '/openai/v1/responses'),
  ask(request) {
    const body = readJson(request.body, responsesBody)
    const turns = conversation(body, request)
    const response = responseOf(body, request)
    const keep = (reply: MockReply): void => {
      if (body.store) request.memory.keep(idOf(request), [...turns, { role: 'assistant', text: reply.text }])
    }
    return {
      turns: [...(body.instructions ? [{ role: 'system', text: body.instructions } as const] : []), ...turns],
      ...limited(body.max_output_tokens),
      offered: offeredIn(body),
      framing: body.stream ? 'sse' : undefined,
      frames(reply) {
        keep(reply)
        return responseFrames(reply, response, request.k)
      },
      whole(reply) {
        keep(reply)
        return endedResponse(reply, response, request.k)
      },
    }
  },
  errorBody: openaiError,
  errorFrames: (error, request) => [failedFrame(error, request)],
  rateLimitHeaders: openaiRateLimitHeaders,
  ping: COMMENT_PING,
}

function idOf(request: FormatRequest): string {
  return `resp_mock_${request.k}`
}

/**
 * Returns the turns of the response that this request continues, followed by its own. Earlier instructions are not carried over, as in the real API.
 */
function conversation(body: ResponsesBody, request: FormatRequest): MockTurn[] {
  const id = body.previous_response_id
  const earlier = id ? request.memory.recall(id) : []
  if (!earlier) throw new MockRefusal(400, `Previous response with id '${id}' not found.`)
  if (typeof body.input === 'string') return [...earlier, { role: 'user', text: body.input }]
  return [...earlier, ...toTurns(body.input.filter((item) => item.type === 'message'))]
}

function offeredIn({ tools, input }: ResponsesBody): OfferedTools {
  const items = typeof input === 'string' ? [] : input
  const ids = new Set(items.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : [])))
  const lost = items.find((item) => item.type === 'function_call_output' && !ids.has(item.call_id))
  if (lost) throw new MockRefusal(400, `No tool call found for function call output with call_id ${lost.call_id}.`)
  const is = (type: string) => (item: (typeof items)[number]) => item.type === type
  return {
    tools: tools?.filter(({ type }) => type === 'function') ?? [],
    answered: answeredSince(items, is('function_call_output'), is('function_call')),
  }
}

function responseOf(body: ResponsesBody, request: FormatRequest): object {
  return {
    id: idOf(request),
    object: 'response',
    created_at: createdAt(request.k),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: body.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: body.previous_response_id ?? null,
    store: body.store,
    tool_choice: 'auto',
    tools: [],
    usage: null,
  }
}

function failedFrame({ message }: MockError, request: FormatRequest): MockFrame {
  const type = 'response.failed'
  const response = {
    id: idOf(request),
    object: 'response',
    status: 'failed',
    error: { code: 'server_error', message },
    output: [],
    usage: null,
  }
  return { kind: 'end', dueMs: 0, event: type, data: ({ frames }) => ({ type, sequence_number: frames, response }) }
}
