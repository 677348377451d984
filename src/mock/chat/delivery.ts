/** Sends the bytes of one HTTP reply: complete or broken off by a fault, in one piece or cut into small ones. */
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MockFault } from '../persona/faults.ts'
import { monotonicMs, type Pacer } from '../persona/pace.ts'
import type { MockSettings } from '../persona/settings.ts'
import type { PromptCache } from '../state/prompt-cache.ts'
import type { MockRecorder, MockRequest } from '../state/record.ts'
import type { MockWork } from '../state/work.ts'
import { singleBytes, tornPieces } from './encode.ts'

/** How long a stalled reply stays open before the mock ends it, in ms. */
const STALL_MS = 300_000

/**
 * An HTTP reply that the mock is sending: the socket, the mock's settings, the fault that was chosen for the request, and the request's entry in the
 * mock's log.
 */
export interface Delivery {
  readonly res: ServerResponse
  readonly pacer: Pacer
  readonly settings: MockSettings
  readonly fault: MockFault
  readonly entry: MockRequest
  readonly record: MockRecorder
  readonly work: MockWork
  readonly prompts: PromptCache
  /**
   * The moment from which due times count, in ms of the monotonic clock: the arrival of the request, or the end of its wait for a slot, plus the
   * setting `slowHeadersMs`.
   */
  readonly startMs: number
}

/** A reply that is sent as a single body, not as a stream. */
interface WholeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** When the reply is due, in ms after `startMs`. */
  readonly dueMs: number
  /** Returns the body. It is called when the reply is due; `nowMs` is the time since `startMs`, in ms. */
  readonly body: (nowMs: number) => string
}

/**
 * Sends an HTTP reply of the mock that is not streamed, at the time when it is due. Only a part of the body is sent if the fault that was chosen for
 * the request ends the reply early.
 */
export async function sendWhole(delivery: Delivery, answer: WholeAnswer): Promise<void> {
  const { res, pacer, settings, fault, entry, record, startMs } = delivery
  if (!(await pacer.until(startMs + answer.dueMs))) return
  const bytes = Buffer.from(answer.body(monotonicMs() - startMs))
  entry.status = answer.status
  const broken = breaks(fault)
  if (broken && settings.faultAfter === 0) return breakOff(delivery)
  const length = fault.outcome === 'truncated' ? {} : { 'content-length': bytes.length }
  res.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...length, ...answer.headers })
  record.frame(entry, monotonicMs())
  if (!broken) return finish(delivery, bytes)
  await write(delivery, bytes.subarray(0, Math.floor(bytes.length * settings.faultAfter)))
  return breakOff(delivery)
}

/** True for the mock's faults `truncated`, `reset` and `stalled`, which end a reply before it is complete, without an error message. */
export function breaks({ outcome }: MockFault): boolean {
  return outcome === 'truncated' || outcome === 'reset' || outcome === 'stalled'
}

/**
 * Ends one of the mock's replies before it is complete, as the chosen fault demands: the body just ends, the connection is reset, or nothing more is
 * sent for five minutes.
 */
export async function breakOff({ res, pacer, fault }: Delivery): Promise<void> {
  // Written bytes are sent at the end of this turn of the event loop; an earlier reset would discard them.
  await nextTurn()
  if (fault.outcome === 'truncated') res.end()
  else if (fault.outcome === 'reset') res.socket?.resetAndDestroy()
  else if (await pacer.until(monotonicMs() + STALL_MS)) res.destroy()
}

/**
 * Writes bytes of a reply of the mock to the client, split into pieces if the mock's settings say so. Resolves when the socket can take more, or the
 * client has disconnected.
 */
export async function write({ res, pacer, settings }: Delivery, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return
  const pieces = piecesOf(bytes, settings)
  for (const [i, piece] of pieces.entries()) {
    // A turn of the event loop between pieces makes them separate packets.
    if (i > 0) await nextTurn()
    if (!pacer.alive) return
    if (!res.write(piece)) await drained(res)
  }
}

async function finish(delivery: Delivery, bytes: Buffer): Promise<void> {
  if (!torn(delivery.settings)) {
    delivery.res.end(bytes)
    return
  }
  await write(delivery, bytes)
  delivery.res.end()
}

function torn({ byteAtATime, splitUtf8 }: MockSettings): boolean {
  return byteAtATime || splitUtf8
}

function piecesOf(bytes: Buffer, settings: MockSettings): Buffer[] {
  if (settings.byteAtATime) return singleBytes(bytes)
  return settings.splitUtf8 ? tornPieces(bytes) : [bytes]
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      res.off('drain', settle)
      res.off('close', settle)
      resolve()
    }
    res.on('drain', settle)
    res.on('close', settle)
  })
}
