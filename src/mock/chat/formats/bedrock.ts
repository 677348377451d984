import * as z from 'zod'
import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import {
  answeredSince,
  type ChatFormat,
  content,
  type FormatRequest,
  limited,
  type MockError,
  type MockFrame,
  readJson,
  toTurns,
} from './format.ts'

const PATH = /^\/model\/[^/]+\/(converse|converse-stream)$/

const block = z.looseObject({ text: z.string().optional() })
const converseBody = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.array(block).min(1) })).min(1),
  system: content,
  inferenceConfig: z.object({ maxTokens: z.int().min(1).optional() }).nullish(),
  toolConfig: z
    .object({
      tools: z.array(z.object({ toolSpec: z.object({ name: z.string(), inputSchema: z.object({ json: z.unknown() }) }) })),
    })
    .nullish(),
})

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const

/** The mock's Amazon Bedrock Converse API: `POST /model/{model}/converse-stream`, or `/converse` for whole replies. */
export const bedrock: ChatFormat = {
  name: 'bedrock-converse',
  matches: (method, path) => method === 'POST' && PATH.test(path),
  ask(request: FormatRequest) {
    const body = readJson(request.body, converseBody)
    const lists = body.messages.map((message) => message.content)
    const has = (key: string) => (list: (typeof lists)[number]) => list.some((one) => key in one)
    const system = body.system === '' ? [] : [{ role: 'system', content: body.system }]
    const turns = body.messages.map(({ role, content: list }) => ({ role, content: content.parse(list) }))
    return {
      turns: toTurns([...system, ...turns]),
      ...limited(body.inferenceConfig?.maxTokens),
      offered: {
        tools:
          body.toolConfig?.tools.map(({ toolSpec: { name, inputSchema } }) => ({ name, parameters: inputSchema.json })) ?? [],
        answered: answeredSince(lists, has('toolResult'), has('toolUse')),
      },
      framing: request.path.endsWith('-stream') ? 'event-stream' : undefined,
      frames,
      whole: (reply) => ({
        output: { message: { role: 'assistant', content: wholeContent(reply) } },
        stopReason: STOP_REASONS[reply.finish],
        ...counts(reply),
      }),
    }
  },
  errorBody,
  errorFrames: (error) => [event('end', 0, 'exception:modelStreamErrorException', errorBody(error))],
  rateLimitHeaders: () => ({ 'x-amzn-errortype': 'ThrottlingException' }),
  ping: undefined,
}

function errorBody({ message }: MockError): object {
  return { message }
}

function counts({ usage, endMs }: MockReply): object {
  const { inputTokens: input, outputTokens, cachedTokens } = usage
  const inputTokens = input - (cachedTokens ?? 0)
  return {
    usage: {
      inputTokens,
      outputTokens,
      totalTokens: input + outputTokens,
      ...(cachedTokens == null ? {} : { cacheReadInputTokens: cachedTokens }),
    },
    metrics: { latencyMs: Math.round(endMs) },
  }
}

function wholeContent({ text, reasoning, calls }: MockReply): object[] {
  const thoughts = reasoning === '' ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }]
  const uses = calls.map(({ id, name, arguments: input }) => ({ toolUse: { toolUseId: id, name, input: JSON.parse(input) } }))
  return [...thoughts, ...(text === '' ? [] : [{ text }]), ...uses]
}

function event(kind: MockFrame['kind'], dueMs: number, name: string, data: object): MockFrame {
  return { kind, dueMs, event: name, data }
}

/** Names the content block of a unit: reasoning, text, and each tool call have a block of their own. */
const blockOf = ({ kind, call = 0 }: ReplyUnit) => (kind === 'tool' ? `tool ${call}` : kind)

function frames(reply: MockReply): MockFrame[] {
  const blocks = [...new Set(reply.units.map(blockOf))]
  return [
    event('meta', 0, 'messageStart', { role: 'assistant' }),
    ...blocks.flatMap((name, index) => blockFrames(reply, name, index)),
    event('end', reply.endMs, 'messageStop', { stopReason: STOP_REASONS[reply.finish] }),
    event('end', reply.endMs, 'metadata', counts(reply)),
  ]
}

function blockFrames({ units, calls }: MockReply, name: string, contentBlockIndex: number): MockFrame[] {
  const own = units.filter((unit) => blockOf(unit) === name)
  const [first, last] = [own[0], own.at(-1)]
  const call = first?.call === undefined ? undefined : calls[first.call]
  const start =
    call &&
    event('meta', first?.delayMs ?? 0, 'contentBlockStart', {
      start: { toolUse: { toolUseId: call.id, name: call.name } },
      contentBlockIndex,
    })
  return [
    ...(start ? [start] : []),
    ...own.map((unit) => event('unit', unit.delayMs, 'contentBlockDelta', { delta: delta(unit), contentBlockIndex })),
    event('meta', last?.delayMs ?? 0, 'contentBlockStop', { contentBlockIndex }),
  ]
}

function delta({ kind, text }: ReplyUnit): object {
  if (kind === 'tool') return { toolUse: { input: text } }
  return kind === 'text' ? { text } : { reasoningContent: { text } }
}
