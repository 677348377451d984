import * as z from 'zod'
import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import { type ChatFormat, COMMENT_PING, limited, type MockError, type MockFrame, readJson } from './format.ts'

const generateBody = z.object({
  inputs: z.string().min(1),
  parameters: z.object({ max_new_tokens: z.int().min(1).nullish(), details: z.boolean().nullish() }).nullish(),
})

const PATHS = ['/generate', '/generate_stream']
/** Tokens that are generated when the request sets no limit. */
const DEFAULT_LIMIT = 100
const ERROR_TYPES: Readonly<Record<number, string>> = { 422: 'validation', 424: 'generation', 429: 'overloaded' }
const FINISH_REASONS = { stop: 'eos_token', length: 'length', tool_calls: 'eos_token' } as const
const END: ReplyUnit = { kind: 'text', text: '</s>', tokens: 1, delayMs: 0 }

/** The mock's API of Text Generation Inference: `POST /generate` and `/generate_stream`, with a prompt. */
export const tgiGenerate: ChatFormat = {
  name: 'tgi-generate',
  matches: (method, path) => method === 'POST' && PATHS.includes(path),
  ask(request) {
    const { inputs, parameters } = readJson(request.body, generateBody)
    return {
      turns: [{ role: 'user', text: inputs }],
      ...limited(parameters?.max_new_tokens ?? DEFAULT_LIMIT),
      framing: request.path === '/generate_stream' ? 'sse' : undefined,
      frames,
      whole: (reply) => ({
        generated_text: reply.text,
        ...(parameters?.details && { details: { ...detailsOf(reply), prefill: [], tokens: textUnits(reply).map(tokenOf) } }),
      }),
    }
  },
  errorBody,
  errorFrames: (error) => [{ kind: 'end', dueMs: 0, data: errorBody(error) }],
  rateLimitHeaders: () => ({}),
  ping: COMMENT_PING,
}

function errorBody({ status, message: error }: MockError): object {
  return { error, error_type: ERROR_TYPES[status] ?? 'incomplete_generation' }
}

/** This API has no field for reasoning: the reply takes the time for it but leaves its text out. */
const textUnits = ({ units }: MockReply) => units.filter(({ kind }) => kind === 'text')

/** The last event has the whole text; its token is the end-of-sequence token, or the last one when the limit was reached. */
function frames(reply: MockReply): MockFrame[] {
  const units = textUnits(reply)
  const isCut = reply.finish === 'length'
  const last = (isCut ? units.at(-1) : undefined) ?? END
  const before = isCut ? units.slice(0, -1) : units
  const event = (unit: ReplyUnit, at: number, end: object = { generated_text: null, details: null }) => ({
    index: at + 1,
    token: tokenOf(unit, at),
    ...end,
  })
  const end = { generated_text: reply.text, details: { ...detailsOf(reply), input_length: reply.usage.inputTokens } }
  return [
    ...before.map((unit, at): MockFrame => ({ kind: 'unit', dueMs: unit.delayMs, data: event(unit, at) })),
    { kind: 'end', dueMs: reply.endMs, data: event(last, before.length, end) },
  ]
}

const tokenOf = (unit: ReplyUnit, at: number) => ({ id: 100 + at, text: unit.text, logprob: -0.25, special: unit === END })

const detailsOf = ({ finish, usage }: MockReply) => ({
  finish_reason: FINISH_REASONS[finish],
  generated_tokens: usage.outputTokens,
  seed: null,
})
