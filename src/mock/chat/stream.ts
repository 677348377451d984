/** Sends the frames of a stream, each at its due time, with the planned fault. */

import type { MockFault } from '../persona/faults.ts'
import { monotonicMs } from '../persona/pace.ts'
import type { MockSettings } from '../persona/settings.ts'
import { breakOff, breaks, type Delivery, write } from './delivery.ts'
import { CONTENT_TYPES, encodeFrame } from './encode.ts'
import type { MockFrame, MockFraming } from './formats/format.ts'

/** A streamed reply before pings and faults are applied. */
interface StreamAnswer {
  readonly framing: MockFraming
  readonly headers: Readonly<Record<string, string>>
  readonly frames: readonly MockFrame[]
  readonly ping: MockFrame | undefined
  /** The frames that are sent in place of the remaining ones when the planned fault is an error within the stream. */
  readonly errorFrames: readonly MockFrame[]
}

/** Sends a streamed reply of the mock to the client. Resolves when the reply has ended or the client has disconnected. */
export async function sendStream(delivery: Delivery, answer: StreamAnswer): Promise<void> {
  const { res, pacer, settings, fault, startMs, entry } = delivery
  if (!(await pacer.until(startMs))) return
  entry.status = 200
  res.writeHead(200, { 'content-type': CONTENT_TYPES[answer.framing], 'cache-control': 'no-cache', ...answer.headers })
  res.flushHeaders()
  if (!(await playFrames(delivery, answer.framing, plannedFrames(answer, settings, fault)))) return
  if (breaks(fault)) await breakOff(delivery)
  else res.end()
}

/**
 * Returns the frames of a streamed reply that the mock will send, keep-alive pings included. The fault that was chosen for the request may remove
 * frames at the end or add an error. Without a fault, the setting `endMarker: false` removes the last frame.
 */
export function plannedFrames(answer: StreamAnswer, settings: MockSettings, fault: MockFault): MockFrame[] {
  const frames = withPings(answer.frames, settings.pings, answer.ping)
  if (breaks(fault)) return cut(frames, settings.faultAfter)
  if (fault.outcome === 'midstream_error') {
    const kept = cut(frames, settings.faultAfter)
    const dueMs = kept.at(-1)?.dueMs ?? 0
    return [...kept, ...answer.errorFrames.map((frame) => ({ ...frame, dueMs }))]
  }
  return settings.endMarker ? frames : frames.slice(0, -1)
}

/** Returns the frames up to the first `share` (0 to 1) of the generated units, without the end of the reply. */
function cut(frames: readonly MockFrame[], share: number): MockFrame[] {
  const units = frames.filter((frame) => frame.kind === 'unit')
  const lastUnit = units[Math.floor(units.length * share) - 1]
  const firstUnit = units[0]
  if (lastUnit) return frames.slice(0, frames.indexOf(lastUnit) + 1)
  const before = frames.slice(0, firstUnit ? frames.indexOf(firstUnit) : frames.length)
  return before.filter((frame) => frame.kind !== 'end')
}

/** Returns the frames with a ping before every n-th unit (`every`), due half-way between that unit and the frame before it; 0 adds none. */
function withPings(frames: readonly MockFrame[], every: number, ping: MockFrame | undefined): MockFrame[] {
  if (every === 0 || !ping) return [...frames]
  let units = 0
  return frames.flatMap((frame, i) => {
    if (frame.kind !== 'unit') return [frame]
    units += 1
    const dueMs = ((frames[i - 1]?.dueMs ?? 0) + frame.dueMs) / 2
    return units % every === 0 ? [{ ...ping, dueMs }, frame] : [frame]
  })
}

/**
 * Sends each frame of the mock's streamed reply when it is due. Resolves with true when all are sent, with false when the client has disconnected.
 */
export async function playFrames(delivery: Delivery, framing: MockFraming, frames: readonly MockFrame[]): Promise<boolean> {
  const { pacer, settings, fault, record, entry, startMs } = delivery
  const complete = settings.endMarker && !breaks(fault)
  let sentFrames = 0
  for (const [i, frame] of frames.entries()) {
    if (monotonicMs() < startMs + frame.dueMs && !(await pacer.until(startMs + frame.dueMs))) return false
    const at = monotonicMs()
    if (frame.kind === 'unit') entry.firstTokenAt ??= at
    const bytes = encodeFrame(frame, {
      framing,
      crlf: settings.crlf,
      stamp: settings.stamps ? at : undefined,
      first: i === 0,
      last: complete && i === frames.length - 1,
      sent: { frames: sentFrames, firstTokenMs: (entry.firstTokenAt ?? at) - startMs, nowMs: at - startMs },
    })
    record.frame(entry, at)
    await write(delivery, bytes)
    if (!pacer.alive) return false
    if (frame.kind !== 'ping') sentFrames += 1
  }
  return true
}
