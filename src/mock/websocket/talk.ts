import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { breaks } from '../chat/delivery.ts'
import { encodeFrame, singleBytes, tornPieces } from '../chat/encode.ts'
import { type FormatRequest, type MockError, type MockFrame, MockRefusal } from '../chat/formats/format.ts'
import { plannedFrames } from '../chat/stream.ts'
import { type MockFault, planFault } from '../persona/faults.ts'
import { monotonicMs, type Pacer } from '../persona/pace.ts'
import { plainDelayMs, replyFor } from '../persona/reply.ts'
import type { MockSettings } from '../persona/settings.ts'
import type { MockRecorder, MockRequest } from '../state/record.ts'
import type { WebSocketRoute } from './routes.ts'

/** How long a stalled reply stays open before the mock ends it, in ms. */
const STALL_MS = 300_000
const BROKEN: MockError = { status: 500, message: 'planned midstream_error' }

/** One WebSocket message that the mock has to answer. */
interface Talk {
  readonly socket: WebSocket
  /** Resets the TCP connection under the WebSocket. */
  readonly reset: () => void
  readonly pacer: Pacer
  readonly settings: MockSettings
  readonly entry: MockRequest
  readonly record: MockRecorder
  readonly route: WebSocketRoute
  readonly request: FormatRequest
  /** The bytes of the received message, which an echo sends back. */
  readonly message: Buffer
  readonly binary: boolean
  /** The moment from which due times count, in ms of the monotonic clock: the end of earlier answers, plus the setting `slowHeadersMs`. */
  readonly startMs: number
}

/**
 * Answers one WebSocket message to the mock. Resolves with true when the answer is complete, or was ended early by the fault that was chosen for the
 * message; with false when the client disconnected before.
 */
export async function answerMessage(talk: Talk): Promise<boolean> {
  const { settings, entry, record, request, route } = talk
  const fault = planFault(settings, request.k)
  if ('status' in fault) {
    record.planned(entry, fault.outcome)
    return say(talk, route.error({ status: fault.status, message: `planned ${fault.outcome}` }, request), fault.waitMs)
  }
  try {
    const frames = framesOf(talk, fault)
    record.planned(entry, fault.outcome)
    return (await play(talk, frames)) && (!breaks(fault) || (await breakOff(talk, fault)))
  } catch (error) {
    if (!(error instanceof MockRefusal)) throw error
    record.planned(entry, 'rejected')
    return say(talk, route.error({ status: error.status, message: error.message }, request), 0)
  }
}

function framesOf({ route, request, settings, message }: Talk, fault: MockFault): MockFrame[] {
  const { format } = route
  if (!format) {
    const data = fault.outcome === 'empty' ? '' : message.toString('utf8')
    return wholeFrames(fault, { kind: 'end', dueMs: plainDelayMs(settings, request.k) ?? 0, data }, route.error(BROKEN, request))
  }
  const asked = format.ask({ ...request, body: route.body(request.body) })
  const nothing = fault.outcome === 'empty' ? { tokens: 0, reasoningTokens: 0 } : {}
  const reply = replyFor(asked.turns, { ...settings, ...nothing }, request.k, asked.limit, asked.offered)
  if (asked.framing !== undefined) {
    const errorFrames = format.errorFrames(BROKEN, request)
    const answer = { framing: asked.framing, headers: {}, frames: asked.frames(reply), ping: PING, errorFrames }
    return plannedFrames(answer, settings, fault)
  }
  const dueMs = plainDelayMs(settings, request.k) ?? reply.endMs
  const whole: MockFrame = { kind: 'end', dueMs, data: (sent) => asked.whole(reply, sent) }
  return wholeFrames(fault, whole, route.error(BROKEN, request))
}

const PING: MockFrame = { kind: 'ping', dueMs: 0, data: '' }

/**
 * Returns the frames of a reply that is a single message, after the planned fault: the message, an error, or nothing, because one message cannot
 * break off in its middle.
 */
function wholeFrames(fault: MockFault, whole: MockFrame, error: object): MockFrame[] {
  if (breaks(fault)) return []
  return [fault.outcome === 'midstream_error' ? { ...whole, data: error } : whole]
}

function say(talk: Talk, data: object, dueMs: number): Promise<boolean> {
  return play(talk, [{ kind: 'end', dueMs, data }])
}

async function play(talk: Talk, frames: readonly MockFrame[]): Promise<boolean> {
  const { pacer, settings, entry, record, socket, startMs } = talk
  let sent = 0
  for (const frame of frames) {
    if (!(await pacer.until(startMs + frame.dueMs))) return false
    const at = monotonicMs()
    if (frame.kind === 'unit') entry.firstTokenAt ??= at
    record.frame(entry, at)
    if (frame.kind === 'ping') socket.ping()
    else {
      const times = { frames: sent, firstTokenMs: (entry.firstTokenAt ?? at) - startMs, nowMs: at - startMs }
      await write(talk, encode(frame, settings.stamps ? at : undefined, times))
      sent += 1
    }
    if (!pacer.alive) return false
  }
  return true
}

function encode(frame: MockFrame, stamp: number | undefined, sent: Parameters<typeof encodeFrame>[1]['sent']): string {
  // An `ndjson` frame without its line break is the JSON of one message.
  return encodeFrame(frame, { framing: 'ndjson', crlf: false, stamp, first: false, last: false, sent }).toString().slice(0, -1)
}

/** Sends one WebSocket message, in fragments if the mock's settings say so; resolves when it has been written. */
async function write({ socket, settings, route, message, binary }: Talk, text: string): Promise<void> {
  const echoed = binary && !route.format && text !== ''
  const bytes = echoed ? message : Buffer.from(text)
  const pieces = settings.byteAtATime ? singleBytes(bytes) : settings.splitUtf8 ? tornPieces(bytes) : [bytes]
  const all = pieces.length === 0 ? [bytes] : pieces
  for (const [i, piece] of all.entries()) {
    // A turn of the event loop between fragments makes them separate packets.
    if (i > 0) await nextTurn()
    await sendPiece(socket, piece, binary && !route.format, i === all.length - 1)
  }
}

function sendPiece(socket: WebSocket, piece: Buffer, binary: boolean, fin: boolean): Promise<void> {
  return new Promise((resolve) => socket.send(piece, { binary, fin }, () => resolve()))
}

/** Ends a reply before it is complete, as its planned fault says: by a close frame, a connection reset, or a stall of five minutes. */
async function breakOff({ socket, pacer, reset }: Talk, { outcome }: MockFault): Promise<boolean> {
  // Written bytes are sent at the end of this turn of the event loop; an earlier reset would discard them.
  await nextTurn()
  if (outcome === 'truncated') socket.close(1000, 'planned truncated')
  else if (outcome === 'reset') reset()
  else if (await pacer.until(monotonicMs() + STALL_MS)) socket.terminate()
  else return false
  return true
}
