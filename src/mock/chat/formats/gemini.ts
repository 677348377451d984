import * as z from 'zod'
import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import type { OfferedTools } from '../../persona/tools.ts'
import {
  answeredSince,
  type ChatFormat,
  COMMENT_PING,
  content,
  type FormatRequest,
  limited,
  type MockError,
  type MockFrame,
  readJson,
  toTurns,
} from './format.ts'

const PATH = /^\/v1(?:beta)?\/models\/([^/:]+):(streamGenerateContent|generateContent)$/

const parts = z.object({ role: z.string().default('user'), parts: content })
const declarations = z.object({
  functionDeclarations: z.array(z.object({ name: z.string(), parameters: z.unknown() })).default([]),
})
const generateBody = z.object({
  contents: z.array(parts).min(1),
  tools: z.array(declarations).nullish(),
  systemInstruction: parts.optional(),
  generationConfig: z.object({ maxOutputTokens: z.int().min(1).optional() }).nullish(),
})

const STATUS_NAMES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/**
 * The mock's Gemini API: `POST /v1beta/models/{model}:streamGenerateContent` streams server-sent events with `alt=sse`, else the items of one JSON
 * array; `:generateContent` sends the whole reply at once. The version `/v1` is accepted, too.
 */
export const gemini: ChatFormat = {
  name: 'gemini',
  matches: (method, path) => method === 'POST' && PATH.test(path),
  ask(request) {
    const body = readJson(request.body, generateBody)
    const system = body.systemInstruction ? [{ role: 'system', content: body.systemInstruction.parts }] : []
    const head = { modelVersion: PATH.exec(request.path)?.[1], responseId: `mock-${request.k}` }
    return {
      turns: toTurns([...system, ...body.contents.map((turn) => ({ role: turn.role, content: turn.parts }))]),
      ...limited(body.generationConfig?.maxOutputTokens),
      offered: offeredIn(body.tools, request),
      framing: framingOf(request),
      frames: (reply) => chunkFrames(reply, head),
      whole: (reply) => ({ candidates: [candidate(wholeParts(reply), finishOf(reply))], ...usageOf(reply), ...head }),
    }
  },
  errorBody: (error, request) => (framingOf(request) === 'json-array' ? [errorObject(error)] : errorObject(error)),
  errorFrames: (error) => [{ kind: 'end', dueMs: 0, data: errorObject(error) }],
  rateLimitHeaders: () => ({ 'x-ratelimit-remaining-requests': '0' }),
  saysWaitInBody: true,
  ping: COMMENT_PING,
}

/** A schema that picks the parts of each content from a request body. */
const partLists = z.object({ contents: z.array(z.object({ parts: z.array(z.looseObject({})).default([]) })) })

function offeredIn(tools: readonly z.output<typeof declarations>[] | null | undefined, request: FormatRequest): OfferedTools {
  const lists = readJson(request.body, partLists).contents.map((one) => one.parts)
  const has = (key: string) => (list: (typeof lists)[number]) => list.some((part) => key in part)
  return {
    tools: tools?.flatMap((tool) => tool.functionDeclarations) ?? [],
    answered: answeredSince(lists, has('functionResponse'), has('functionCall')),
  }
}

function framingOf({ path, query }: FormatRequest): 'sse' | 'json-array' | undefined {
  if (!path.endsWith(':streamGenerateContent')) return undefined
  return query.get('alt') === 'sse' ? 'sse' : 'json-array'
}

function errorObject({ status, message, retryAfterSeconds }: MockError): object {
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }
  const details = retryAfterSeconds === undefined ? {} : { details: [retry] }
  return { error: { code: status, message, status: STATUS_NAMES[status] ?? 'INTERNAL', ...details } }
}

function candidate(list: object[], finishReason?: string): object {
  return { content: { parts: list, role: 'model' }, ...(finishReason === undefined ? {} : { finishReason }), index: 0 }
}

function finishOf(reply: MockReply): string {
  // Calls of tools end with STOP, too.
  return reply.finish === 'length' ? 'MAX_TOKENS' : 'STOP'
}

function wholeParts(reply: MockReply): object[] {
  const thoughts = reply.reasoning === '' ? [] : [{ text: reply.reasoning, thought: true }]
  return [...thoughts, ...(reply.calls.length > 0 ? callParts(reply) : [{ text: reply.text }])]
}

function callParts({ calls }: MockReply): object[] {
  return calls.map((call) => ({
    functionCall: { name: call.name, args: JSON.parse(call.arguments) },
    thoughtSignature: 'bW9jaw==',
  }))
}

function usageOf({ usage }: MockReply): object {
  return usageMetadata(usage, usage.outputTokens - usage.reasoningTokens, usage.reasoningTokens)
}

/** Returns Gemini's token usage, in which `candidatesTokenCount` does not include reasoning. */
function usageMetadata({ inputTokens: prompt, cachedTokens }: MockReply['usage'], candidates: number, thoughts: number): object {
  return {
    usageMetadata: {
      promptTokenCount: prompt,
      ...(cachedTokens ? { cachedContentTokenCount: cachedTokens } : {}),
      candidatesTokenCount: candidates,
      ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
      totalTokenCount: prompt + candidates + thoughts,
    },
  }
}

function chunkFrames(reply: MockReply, head: object): MockFrame[] {
  let candidates = 0
  let thoughts = 0
  const chunk = (unit: ReplyUnit): MockFrame => {
    if (unit.kind === 'reasoning') thoughts += unit.tokens
    else candidates += unit.tokens
    const part = { text: unit.text, ...(unit.kind === 'reasoning' ? { thought: true } : {}) }
    const usage = usageMetadata(reply.usage, candidates, thoughts)
    return { kind: 'unit', dueMs: unit.delayMs, data: { candidates: [candidate([part])], ...usage, ...head } }
  }
  const last = { candidates: [candidate([{ text: '' }], finishOf(reply))], ...usageOf(reply), ...head }
  const units = reply.units.filter(({ kind }) => kind !== 'tool').map(chunk)
  // This API streams calls whole.
  const called: MockFrame[] =
    reply.calls.length === 0
      ? []
      : [{ kind: 'unit', dueMs: reply.endMs, data: { candidates: [candidate(callParts(reply))], ...usageOf(reply), ...head } }]
  return [...units, ...called, { kind: 'end', dueMs: reply.endMs, data: last }]
}
