import * as z from 'zod'
import type { MockReply } from '../../persona/reply.ts'
import { type Asked, type ChatFormat, createdAt, type FormatRequest, limited, type MockFrame, readJson } from './format.ts'
import { openaiChat, usageOf } from './openai-chat.ts'

const completionBody = z.object({
  model: z.string().default('mock-model'),
  prompt: z.string().min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
})

/** The mock's OpenAI Completions API, which continues a prompt and has no roles: `POST /v1/completions`. */
export const openaiCompletions: ChatFormat = {
  ...openaiChat,
  name: 'openai-completions',
  matches: (method, path) => method === 'POST' && path === '/v1/completions',
  ask(request: FormatRequest): Asked {
    const body = readJson(request.body, completionBody)
    const head = {
      id: `cmpl-mock-${request.k}`,
      object: 'text_completion',
      created: createdAt(request.k),
      model: body.model,
      system_fingerprint: 'fp_mock',
    }
    return {
      turns: [{ role: 'user', text: body.prompt }],
      ...limited(body.max_tokens),
      framing: body.stream ? 'sse' : undefined,
      frames: (reply) => frames(reply, head, body.stream_options?.include_usage === true),
      whole: (reply) => ({ ...head, choices: [choice(reply.text, reply.finish)], usage: usageOf(reply) }),
    }
  },
}

function frames(reply: MockReply, head: object, withUsage: boolean): MockFrame[] {
  const { endMs, finish } = reply
  // This API has no field for reasoning: the reply takes the time for it but leaves its text out.
  const units = reply.units.filter(({ kind }) => kind !== 'reasoning')
  const end = (data: MockFrame['data']): MockFrame => ({ kind: 'end', dueMs: endMs, data })
  return [
    ...units.map(
      ({ text, delayMs }): MockFrame => ({ kind: 'unit', dueMs: delayMs, data: { ...head, choices: [choice(text)] } }),
    ),
    end({ ...head, choices: [choice('', finish)] }),
    ...(withUsage ? [end({ ...head, choices: [], usage: usageOf(reply) })] : []),
    end('[DONE]'),
  ]
}

function choice(text: string, finish: string | null = null): object {
  return { index: 0, text, logprobs: null, finish_reason: finish }
}
