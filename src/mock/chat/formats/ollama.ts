/** The mock's version of Ollama's own API, chat and completion: one JSON object per line. */
import * as z from 'zod'
import type { MockReply, MockTurn } from '../../persona/reply.ts'
import type { OfferedTools } from '../../persona/tools.ts'
import {
  type Asked,
  type ChatFormat,
  createdAt,
  type FormatRequest,
  functionTool,
  limited,
  type MockFrame,
  message,
  readJson,
  type SentSoFar,
  toolRoundsIn,
  toTurns,
} from './format.ts'

const common = z.object({
  model: z.string().min(1),
  stream: z.boolean().default(true),
  options: z.object({ num_predict: z.int().optional() }).nullish(),
})
/** A schema for Base64 images beside a text. The mock mentions them in its reply as it does for image parts of other APIs. */
const images = z.array(z.base64()).default([])
const chatMessage = message.extend({ images, tool_calls: z.array(z.unknown()).optional(), tool_name: z.string().optional() })
const chatBody = common.extend({ messages: z.array(chatMessage).min(1), tools: z.array(functionTool).nullish() })
const generateBody = common.extend({ prompt: z.string().default(''), system: z.string().nullish(), images })

const NS_PER_MS = 1e6

/** Makes the part of a line with text, reasoning and tool calls. If `thinking` is undefined, the part has no reasoning and no tool calls. */
type MakeContent = (text: string, thinking: string | undefined, calls?: readonly object[]) => object

const SHARED = {
  errorBody: ({ message: error }) => ({ error }),
  errorFrames: ({ message: error }) => [{ kind: 'end', dueMs: 0, data: { error } }],
  rateLimitHeaders: (seconds) => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${seconds}s` }),
  ping: undefined,
} satisfies Partial<ChatFormat>

/** The mock's chat API of Ollama: `POST /api/chat`. */
export const ollama: ChatFormat = {
  ...SHARED,
  name: 'ollama',
  matches: (method, path) => method === 'POST' && path === '/api/chat',
  ask(request) {
    const body = readJson(request.body, chatBody)
    const made = asked(request, body, toTurns(body.messages.map(shown)), (content, thinking, calls) => ({
      message: {
        role: 'assistant',
        content,
        ...(thinking === undefined ? {} : { thinking }),
        ...(calls && { tool_calls: calls }),
      },
    }))
    return { ...made, offered: offeredIn(body) }
  },
}

/** The mock's completion API of Ollama: `POST /api/generate`, with a prompt and an optional system prompt. */
export const ollamaGenerate: ChatFormat = {
  ...SHARED,
  name: 'ollama-generate',
  matches: (method, path) => method === 'POST' && path === '/api/generate',
  ask(request) {
    const body = readJson(request.body, generateBody)
    const system: MockTurn[] = body.system ? [{ role: 'system', text: body.system }] : []
    return asked(
      request,
      body,
      [...system, { role: 'user', text: shown({ role: 'user', content: body.prompt, images: body.images }).content }],
      (response, thinking) => ({
        response,
        ...(thinking === undefined ? {} : { thinking }),
      }),
    )
  },
}

function offeredIn({ tools, messages }: z.output<typeof chatBody>): OfferedTools {
  return {
    tools: tools?.map((tool) => tool.function) ?? [],
    answered: toolRoundsIn(messages),
  }
}

function callsOf({ calls }: MockReply): object[] | undefined {
  if (calls.length === 0) return undefined
  return calls.map((call) => ({ function: { name: call.name, arguments: JSON.parse(call.arguments) } }))
}

function shown({ role, content, images: given }: { role: string; content: string; images: readonly string[] }) {
  return { role, content: content + ' [image]'.repeat(given.length) }
}

function asked({ k }: FormatRequest, body: z.output<typeof common>, turns: MockTurn[], generated: MakeContent): Asked {
  const head = { model: body.model, created_at: new Date(createdAt(k) * 1000).toISOString() }
  const limit = body.options?.num_predict
  return {
    turns,
    // A negative number of tokens means "no limit" in this API.
    ...limited(limit !== undefined && limit < 0 ? undefined : limit),
    framing: body.stream ? 'ndjson' : undefined,
    frames: (reply) => lines(reply, head, generated),
    whole: (reply, sent) => ({
      ...head,
      ...generated(reply.text, reply.reasoning || undefined, callsOf(reply)),
      ...terminal(reply, sent),
    }),
  }
}

function lines(reply: MockReply, head: object, generated: MakeContent): MockFrame[] {
  const units = reply.units
    .filter(({ kind }) => kind !== 'tool')
    .map(
      ({ kind, text, delayMs }): MockFrame => ({
        kind: 'unit',
        dueMs: delayMs,
        data: { ...head, ...(kind === 'text' ? generated(text, undefined) : generated('', text)), done: false },
      }),
    )
  const last = (sent: SentSoFar): object => ({ ...head, ...generated('', undefined), ...terminal(reply, sent) })
  const calls = callsOf(reply)
  // This API streams calls whole.
  const called: MockFrame[] = calls
    ? [{ kind: 'unit', dueMs: reply.endMs, data: { ...head, ...generated('', undefined, calls), done: false } }]
    : []
  return [...units, ...called, { kind: 'end', dueMs: reply.endMs, data: last }]
}

/** Returns the fields of the last line: token counts, and durations in ns. Like the real server, it leaves out counts that are zero. */
function terminal({ finish, usage }: MockReply, sent: SentSoFar): object {
  return {
    done: true,
    done_reason: finish === 'tool_calls' ? 'stop' : finish,
    total_duration: Math.round(sent.nowMs * NS_PER_MS),
    ...(usage.inputTokens > 0 ? { prompt_eval_count: usage.inputTokens } : {}),
    prompt_eval_duration: Math.round(sent.firstTokenMs * NS_PER_MS),
    ...(usage.outputTokens > 0 ? { eval_count: usage.outputTokens } : {}),
    eval_duration: Math.round((sent.nowMs - sent.firstTokenMs) * NS_PER_MS),
  }
}
