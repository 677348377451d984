/** The server times that the mock can put into its replies, as some model servers do. */
import type { Asked, MockFrame, SentSoFar } from './formats/format.ts'

/** The names of the API formats into whose replies the mock can put times: those of OpenAI's chat API, as vLLM extends it. */
export const TIMED_FORMATS: ReadonlySet<string> = new Set(['openai-chat', 'azure'])

/**
 * Makes a request whose reply, or its last chunk, has the member `metrics` as vLLM writes it: the wait for a slot (`queueMs`), the time from then to
 * the first token, and the remaining time, all in ms as the mock measured them.
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
