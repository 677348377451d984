/** The server times that the mock can put into its replies, as some model servers do. */
import type { Asked, MockFrame, SentSoFar } from './formats/format.ts'

/**
 * The names of the APIs in whose replies the mock can state how long its work took (`metrics`, as vLLM does). These are the APIs with the format of
 * OpenAI's chat API.
 */
export const TIMED_FORMATS: ReadonlySet<string> = new Set(['openai-chat', 'azure'])

/**
 * Lets the mock state in a reply how long its work took, as vLLM does. Returns a copy of the request `asked` whose reply, or last chunk if streamed,
 * has the member `metrics` with three times in ms: in the mock's queue (`queueMs`), from there to the first token, and from the first token to the
 * end.
 */
export function withTimings(asked: Asked, queueMs: number): Asked {
  const timed = (body: object, { firstTokenMs, nowMs }: SentSoFar): object => ({
    ...body,
    metrics: { queue_time_ms: queueMs, time_to_first_token_ms: firstTokenMs, generation_time_ms: nowMs - firstTokenMs },
  })
  return {
    ...asked,
    frames(reply) {
      const frames = asked.frames(reply)
      const last = frames.findLastIndex(({ kind, data }) => kind === 'end' && typeof data === 'object')
      return frames.map((frame, at): MockFrame => {
        const { data } = frame
        return at === last && typeof data === 'object' ? { ...frame, data: (sent) => timed(data, sent) } : frame
      })
    },
    whole: (reply, sent) => timed(asked.whole(reply, sent), sent),
  }
}
