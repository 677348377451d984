/** Event streams that clients subscribe to: `GET /sse/events?user=` stays open, and replies to messages sent by `POST /sse/say` come on it. */
import type { ServerResponse } from 'node:http'
import * as z from 'zod'
import { breakOff, breaks, type Delivery, sendWhole } from '../chat/delivery.ts'
import { CONTENT_TYPES } from '../chat/encode.ts'
import { type FormatRequest, type MockFrame, MockRefusal, readJson } from '../chat/formats/format.ts'
import { sse } from '../chat/sse.ts'
import { plannedFrames, playFrames } from '../chat/stream.ts'
import { Pacer } from '../persona/pace.ts'
import { replyFor } from '../persona/reply.ts'

/** The `retry` field of the streams: how long a client waits before it reconnects, in ms. */
const RETRY_MS = 100

const sayBody = z.object({
  message: z.string(),
  user: z.union([z.string(), z.number()]).optional(),
  id: z.union([z.string(), z.number()]).optional(),
})

/** The event streams that clients have open at the mock's path `/sse/events`, by the name of the user who opened each. */
export type Subscribers = Map<string, ServerResponse>

/**
 * Opens the event stream that a client requests from the mock by `GET /sse/events?user=`, and stores it in `open`. It takes the place of an earlier
 * stream of the same user, which stays open but gets no further replies.
 */
export function openEvents({ res, entry, record, fault }: Delivery, { query }: FormatRequest, open: Subscribers): void {
  const user = query.get('user') ?? ''
  record.planned(entry, fault.outcome)
  entry.status = 200
  res.writeHead(200, { 'content-type': CONTENT_TYPES.sse, 'cache-control': 'no-cache' })
  res.write(`retry: ${RETRY_MS}\n: welcome\n\n`)
  open.set(user, res)
  res.on('close', () => {
    if (open.get(user) === res) open.delete(user)
  })
}

/**
 * Answers `POST /sse/say` of the mock with status 202, and sends the reply to the posted message on the event stream that the same user has open.
 * @throws MockRefusal for an invalid body, and when the user has no open stream
 */
export async function say(delivery: Delivery, request: FormatRequest, open: Subscribers): Promise<void> {
  const { settings, fault, record, entry } = delivery
  const { message, user = '', id } = readJson(request.body, sayBody)
  const stream = open.get(String(user))
  if (!stream) throw new MockRefusal(409, `user ${JSON.stringify(user)} has no stream: GET /sse/events?user= comes first`)
  record.planned(entry, fault.outcome)
  await sendWhole({ ...delivery, fault: { outcome: 'ok' } }, { status: 202, headers: {}, dueMs: 0, body: () => '{}' })
  const pacer = new Pacer()
  const stop = () => pacer.stop()
  stream.once('close', stop)
  const onStream: Delivery = { ...delivery, res: stream, pacer }
  const nothing = fault.outcome === 'empty' ? { tokens: 0, reasoningTokens: 0 } : {}
  const reply = replyFor([{ role: 'user', text: message }], { ...settings, ...nothing }, request.k)
  const frames = sse.ask({ ...request, body: JSON.stringify({ message }) }).frames(reply)
  const errorFrames = sse.errorFrames({ status: 500, message: 'planned midstream_error' }, request)
  const answer = { framing: 'sse' as const, headers: {}, frames, ping: sse.ping, errorFrames }
  const marked = plannedFrames(answer, settings, fault).map((frame) => withId(frame, id))
  try {
    if ((await playFrames(onStream, 'sse', marked)) && breaks(fault)) await breakOff(onStream)
  } finally {
    // A stream carries many replies, and each would leave its listener behind.
    stream.off('close', stop)
  }
}

function withId(frame: MockFrame, id: string | number | undefined): MockFrame {
  return typeof frame.data === 'object' && id !== undefined ? { ...frame, data: { ...frame.data, id } } : frame
}
