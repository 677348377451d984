/** Puts bytes of one reply on the wire: whole or broken off, in one piece or torn. */
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MockFault } from '../persona/faults.ts'
import { monotonicMs, type Pacer } from '../persona/pace.ts'
import type { MockSettings } from '../persona/settings.ts'
import type { MockRecorder, MockRequest } from '../state/record.ts'
import { singleBytes, tornPieces } from './encode.ts'

/** A stalled reply is given up after this long. */
const STALL_MS = 300_000

/** One reply on its way. */
export interface Delivery {
  readonly res: ServerResponse
  readonly pacer: Pacer
  readonly settings: MockSettings
  readonly fault: MockFault
  readonly entry: MockRequest
  readonly record: MockRecorder
  /** From where all due times count: the complete request, plus `slowHeadersMs`. Monotonic ms. */
  readonly startMs: number
}

/** An answer that is one body. */
interface WholeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** When it is due, in ms after `startMs`. */
  readonly dueMs: number
  /** The body; asked for when it is due, `nowMs` ms after `startMs`. */
  readonly body: (nowMs: number) => string
}

/** Sends a body when it is due, or part of it when the fault breaks it off. */
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

/** True for faults that end a reply before it is complete, without a word. */
export function breaks({ outcome }: MockFault): boolean {
  return outcome === 'truncated' || outcome === 'reset' || outcome === 'stalled'
}

/** Ends a reply as its fault says: cleanly but too early, with a reset, or never (five minutes). */
export async function breakOff({ res, pacer, fault }: Delivery): Promise<void> {
  // What was written goes out at the end of this turn of the loop; a reset would take it along.
  await nextTurn()
  if (fault.outcome === 'truncated') res.end()
  else if (fault.outcome === 'reset') res.socket?.resetAndDestroy()
  else if (await pacer.until(monotonicMs() + STALL_MS)) res.destroy()
}

/** Writes bytes as the settings want them torn; resolves when the client has taken enough of them. */
export async function write({ res, pacer, settings }: Delivery, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return
  const pieces = piecesOf(bytes, settings)
  for (const [i, piece] of pieces.entries()) {
    // A turn of the loop between pieces keeps them apart on the wire.
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
