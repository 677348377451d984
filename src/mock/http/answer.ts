/** Answers an HTTP request with an error, plain JSON, a complete reply or a stream. */
import { type Delivery, sendWhole } from '../chat/delivery.ts'
import {
  type Asked,
  type ChatFormat,
  type FormatRequest,
  type MockError,
  type MockFrame,
  type MockFraming,
  MockRefusal,
} from '../chat/formats/format.ts'
import type { MockRoute } from '../chat/index.ts'
import { type PlainRoute, simpleError, simpleRateLimitHeaders } from '../chat/plain.ts'
import { sendStream } from '../chat/stream.ts'
import { TIMED_FORMATS, withTimings } from '../chat/timings.ts'
import { monotonicMs } from '../persona/pace.ts'
import { type MockReply, plainDelayMs, promptTokens, replyFor } from '../persona/reply.ts'
import { openEvents, type Subscribers, say } from './subscription.ts'

/**
 * Answers an HTTP request to the mock: with the reply of its route (path), with the fault that was chosen for this request, or with an error if the
 * request is invalid.
 */
export async function answer(
  delivery: Delivery,
  route: MockRoute,
  request: FormatRequest,
  subscribers: Subscribers,
): Promise<void> {
  const { fault, record, entry } = delivery
  if ('status' in fault) {
    record.planned(entry, fault.outcome)
    const retry = fault.outcome === 'rate_limited' ? { retryAfterSeconds: fault.retryAfterSeconds } : {}
    return sendError(
      delivery,
      route,
      request,
      { status: fault.status, message: `planned ${fault.outcome}`, ...retry },
      fault.waitMs,
    )
  }
  if (route.kind === 'format') return answerFormat(delivery, route.format, request)
  if (route.kind === 'subscription') return answerSubscription(delivery, route, request, subscribers)
  record.planned(entry, fault.outcome)
  return answerPlain(delivery, route.plain, request)
}

async function answerSubscription(
  delivery: Delivery,
  route: Extract<MockRoute, { kind: 'subscription' }>,
  request: FormatRequest,
  subscribers: Subscribers,
): Promise<void> {
  if (route.part === 'events') return openEvents(delivery, request, subscribers)
  try {
    await say(delivery, request, subscribers)
  } catch (error) {
    if (!(error instanceof MockRefusal)) throw error
    await reject(delivery, route, request, error)
  }
}

/**
 * Answers an invalid HTTP request to the mock with an error, in the format of the API that the path belongs to. The mock's statistics count the
 * request as rejected.
 */
export function reject(
  delivery: Delivery,
  route: MockRoute | undefined,
  request: FormatRequest,
  refusal: MockRefusal,
): Promise<void> {
  delivery.record.planned(delivery.entry, 'rejected')
  return sendError(
    { ...delivery, fault: { outcome: 'ok' } },
    route,
    request,
    { status: refusal.status, message: refusal.message },
    0,
  )
}

async function answerFormat(delivery: Delivery, format: ChatFormat, request: FormatRequest): Promise<void> {
  let asked: Asked
  try {
    asked = timedIn(delivery, format, format.ask(request))
  } catch (error) {
    if (error instanceof MockRefusal) return reject(delivery, { kind: 'format', format }, request, error)
    throw error
  }
  delivery.record.planned(delivery.entry, delivery.fault.outcome)
  const reply = replyTo(asked, delivery, request.k)
  if (asked.framing === undefined) await sendWholeReply(delivery, format, request, asked, reply)
  else await sendStreamedReply(delivery, format, request, asked.framing, asked.frames(reply))
  if (delivery.pacer.alive && delivery.fault.outcome === 'ok') countFinished(delivery, reply)
}

/** Makes the reply to a request. The more of its prompt is not in the cache, the later the reply begins. */
function replyTo({ turns, limit, offered }: Asked, { settings, fault, prompts, work }: Delivery, k: number): MockReply {
  const { cache, prefillMs, firstTokenMs } = settings
  const cached = cache === 'none' ? 0 : prompts.read(turns)
  const unread = promptTokens(turns) - cached
  if (cache !== 'none') work.searched(unread + cached, cached)
  const nothing = fault.outcome === 'empty' ? { tokens: 0, reasoningTokens: 0 } : {}
  const reply = replyFor(
    turns,
    { ...settings, ...nothing, firstTokenMs: firstTokenMs + (unread * prefillMs) / 1000 },
    k,
    limit,
    offered,
  )
  return cache === 'none' ? reply : { ...reply, usage: { ...reply.usage, cachedTokens: cache === 'reported' ? cached : null } }
}

function timedIn({ entry, startMs, settings }: Delivery, { name }: ChatFormat, asked: Asked): Asked {
  if (!settings.timings || !TIMED_FORMATS.has(name)) return asked
  return withTimings(asked, Math.max(0, startMs - settings.slowHeadersMs - (entry.receivedAt ?? startMs)))
}

/** Counts a complete reply for the page `/metrics`. */
function countFinished({ work, entry, startMs, settings }: Delivery, { usage }: MockReply): void {
  const endedAt = monotonicMs()
  const { receivedAt, firstTokenAt } = entry
  const times = { receivedAt: receivedAt ?? startMs, startedAt: startMs - settings.slowHeadersMs, endedAt }
  work.finish({ ...usage, ...times, firstTokenAt: firstTokenAt ?? endedAt })
}

function sendStreamedReply(
  delivery: Delivery,
  format: ChatFormat,
  request: FormatRequest,
  framing: MockFraming,
  frames: readonly MockFrame[],
): Promise<void> {
  return sendStream(delivery, {
    framing,
    headers: idHeader(request),
    frames,
    ping: format.ping,
    errorFrames: format.errorFrames(BROKEN, request),
  })
}

const BROKEN: MockError = { status: 500, message: 'planned midstream_error' }

function idHeader({ k }: FormatRequest): Record<string, string> {
  return { 'x-request-id': `req_mock_${k}` }
}

function sendWholeReply(
  delivery: Delivery,
  format: ChatFormat,
  request: FormatRequest,
  asked: Asked,
  reply: MockReply,
): Promise<void> {
  const failing = delivery.fault.outcome === 'midstream_error'
  const dueMs = plainDelayMs(delivery.settings, request.k) ?? reply.endMs
  const firstTokenMs = Math.min(reply.units[0]?.delayMs ?? dueMs, dueMs)
  const whole = (nowMs: number): object => asked.whole(reply, { frames: 0, firstTokenMs, nowMs })
  return sendWhole(delivery, {
    status: 200,
    headers: idHeader(request),
    dueMs,
    body: (nowMs) => JSON.stringify(failing ? format.errorBody(BROKEN, request) : whole(nowMs)),
  })
}

function answerPlain(delivery: Delivery, plain: PlainRoute, request: FormatRequest): Promise<void> {
  const { settings, fault } = delivery
  const { status, headers, body } = plain.answer(request, settings)
  const failing = fault.outcome === 'midstream_error'
  const text = JSON.stringify(failing ? simpleError(BROKEN) : body)
  return sendWhole(delivery, {
    status,
    headers: { ...idHeader(request), ...headers },
    dueMs: plainDelayMs(settings, request.k) ?? 0,
    body: () => (fault.outcome === 'empty' ? '' : text),
  })
}

function sendError(
  delivery: Delivery,
  route: MockRoute | undefined,
  request: FormatRequest,
  error: MockError,
  waitMs: number,
): Promise<void> {
  const format = route?.kind === 'format' ? route.format : undefined
  const body = JSON.stringify(format ? format.errorBody(error, request) : simpleError(error))
  const limits = format ? format.rateLimitHeaders : simpleRateLimitHeaders
  const seconds = error.retryAfterSeconds
  const retryAfter = seconds === undefined || format?.saysWaitInBody ? {} : { 'retry-after': `${seconds}` }
  return sendWhole(delivery, {
    status: error.status,
    headers: { ...idHeader(request), ...retryAfter, ...(seconds === undefined ? {} : limits(seconds)) },
    dueMs: waitMs,
    body: () => body,
  })
}
