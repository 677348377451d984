/** The times that the mock, as some model servers, puts into its replies. */
import type { Asked, MockFrame, SentSoFar } from './formats/format.ts'

/** Names of the formats whose replies have a place for times: those of OpenAI's chat API, which vLLM speaks. */
export const TIMED_FORMATS: ReadonlySet<string> = new Set(['openai-chat', 'azure'])

/**
 * Returns a request whose reply, or the last chunk of it, has the member `metrics` of vLLM (`--enable-per-request-metrics`), with the wait for a
 * slot, the time to the first token after it, and the rest; in ms, as the mock measured them.
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
