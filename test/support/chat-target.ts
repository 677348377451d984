/** A chat without a network: it streams its replies as OpenAI's API does, in virtual time. */
import { type MemoryRequest, MemoryTarget, type Reply } from './memory-target.ts'

/** Milliseconds and counts of one reply; a request may set its own with the header `x-mock`, in JSON, as for the mock. */
export interface ChatPace {
  /** From the request to the first token; the head of the reply comes at once. 1 when left out. */
  readonly firstTokenMs?: number
  readonly gapMs?: number
  /** 2 when left out. */
  readonly tokens?: number
}

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`
const delta = (content: string, finish: string | null = null) =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })

const usageOf = (tokens: number) => ({ choices: [], usage: { prompt_tokens: 1, completion_tokens: tokens } })

/** One streamed reply. Its end, with the token counts, comes with the last token. */
export function chatReply({ firstTokenMs = 1, gapMs = 0, tokens = 2 }: ChatPace): Reply {
  const words = Array.from({ length: tokens }, (_, i) => [i === 0 ? firstTokenMs : gapMs, delta(`word${i} `)] as const)
  return {
    headMs: 0,
    headers: { 'content-type': 'text/event-stream' },
    pieces: [...words, [0, `${delta('', 'stop')}${event(usageOf(tokens))}data: [DONE]\n\n`]],
  }
}

/** For `chatAt`, in the place of a mock. `instead`: what some requests get that is no chat; undefined for all others. */
export function chatTarget(
  pace: ChatPace = {},
  instead?: (n: number, request: MemoryRequest) => Reply | undefined,
): MemoryTarget {
  return new MemoryTarget({
    reply: (request, n) => instead?.(n, request) ?? chatReply({ ...pace, ...JSON.parse(request.headers['x-mock'] ?? '{}') }),
  })
}
