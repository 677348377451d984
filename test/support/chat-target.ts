/** An in-memory chat target that streams replies as OpenAI's API does, in virtual time. */
import { type MemoryRequest, MemoryTarget, type Reply } from './memory-target.ts'

/** Length and timing of a chat reply. A request may override it with JSON in the header `x-mock`, as with the mock. */
export interface ChatPace {
  /** Time from the request to the first token, in ms; 1 by default. Status and headers come at once. */
  readonly firstTokenMs?: number
  readonly gapMs?: number
  /** Number of tokens; 2 by default. */
  readonly tokens?: number
}

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`
const delta = (content: string, finish: string | null = null) =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })

const usageOf = (tokens: number) => ({ choices: [], usage: { prompt_tokens: 1, completion_tokens: tokens } })

/** A streamed chat reply; its end, with the token counts, comes together with the last token. */
export function chatReply({ firstTokenMs = 1, gapMs = 0, tokens = 2 }: ChatPace): Reply {
  const words = Array.from({ length: tokens }, (_, i) => [i === 0 ? firstTokenMs : gapMs, delta(`word${i} `)] as const)
  return {
    headMs: 0,
    headers: { 'content-type': 'text/event-stream' },
    pieces: [...words, [0, `${delta('', 'stop')}${event(usageOf(tokens))}data: [DONE]\n\n`]],
  }
}

/** An in-memory chat target. `instead` may return another reply for request `n`; when it returns undefined, the chat answers. */
export function chatTarget(
  pace: ChatPace = {},
  instead?: (n: number, request: MemoryRequest) => Reply | undefined,
): MemoryTarget {
  return new MemoryTarget({
    reply: (request, n) => instead?.(n, request) ?? chatReply({ ...pace, ...JSON.parse(request.headers['x-mock'] ?? '{}') }),
  })
}
