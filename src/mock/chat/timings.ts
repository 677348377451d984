/** The server times that the mock can put into its replies, as some model servers do. */
import type { Asked, MockFrame, SentSoFar } from './formats/format.ts'

/**
 * The names of the APIs in whose replies the mock can state how long its own work took, in a field `metrics` as vLLM sends it. They are the APIs that
 * use the format of OpenAI's chat API.
 */
export const TIMED_FORMATS: ReadonlySet<string> = new Set(['openai-chat', 'azure'])

/**
 * Returns a copy of `asked`, a chat request to the mock, whose reply states how long the mock's work took, as vLLM's replies do. The reply, or its
 * last chunk if it is streamed, gets a field `metrics` with three times in ms: the time in the mock's queue (`queueMs`), the time to the first token,
 * and the time from there to the end.
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
