/** One socket, of a user or of a pool, and what goes on over it. */
import type { Socket } from 'node:net'
import type { ConnectionEvents } from '../../wire/connector.ts'
import { classify, isSocketError } from '../../wire/failures.ts'
import type { Call } from '../call.ts'
import type { HttpLine } from '../transport.ts'

/**
 * How long a request waits for the end of the last reply's body, in ms. A server that sends its end marker and the end of the
 * body in two packets would otherwise cost a new connection for each message; a longer wait would hide the target's delay.
 */
export const GRACE_MS = 2

/** One socket and what goes on over it. */
export interface Slot {
  readonly socket: Socket
  readonly line: HttpLine
  readonly origin: string
  /** Whose reply is being read, even after its exchange was settled. */
  call: Call | undefined
  /** Who waits for that reply to end. */
  waiting: Call | undefined
  grace: NodeJS.Timeout | undefined
  used: boolean
  /** We ended it, and nothing else had before. */
  ours: boolean
  /** The failure of the reply that it was lost with. */
  lossClass: string | undefined
  /** Exchanges that were lost with it. */
  inFlight: number
}

const LOSSES = new Set(['reset', 'closed_early', 'unreachable', 'tls_protocol'])

/** A socket that has carried nothing yet. */
export function newSlot(socket: Socket, line: HttpLine, origin: string): Slot {
  return {
    socket,
    line,
    origin,
    call: undefined,
    waiting: undefined,
    grace: undefined,
    used: false,
    ours: false,
    lossClass: undefined,
    inFlight: 0,
  }
}

/** Tells when the socket has closed: a microtask later, when the transport has told the call what happened. */
export function watchEnd(socket: Socket, ended: () => void): void {
  socket.on('error', () => {})
  socket.once('close', () => queueMicrotask(ended))
}

/** Ends it at once. A loss that was noticed already stays one. */
export function end(slot: Slot): void {
  slot.ours ||= slot.lossClass === undefined
  slot.socket.destroy()
}

/** It is lost to the failure of a call, which takes it along unless its exchange has settled before. */
export function lose(slot: Slot, { exchange }: Call, failureClass: string): void {
  slot.lossClass = failureClass
  slot.inFlight = exchange.settled ? 0 : 1
}

/** Tells that it is closed; true when that was a loss. */
export function tellEnd(slot: Slot, events: ConnectionEvents): boolean {
  const lossClass = lossOf(slot)
  if (lossClass === undefined) events.closed()
  else events.lost(lossClass, slot.inFlight)
  return lossClass !== undefined
}

/** Class of the loss; undefined when we ended it. A clean end between two replies is the server's right, and a bad reply is no loss. */
function lossOf({ ours, lossClass, socket }: Slot): string | undefined {
  if (ours) return undefined
  if (lossClass !== undefined) return LOSSES.has(lossClass) ? lossClass : undefined
  return socket.errored && isSocketError(socket.errored) ? classify(socket.errored, 'close').class : undefined
}
