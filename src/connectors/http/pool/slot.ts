import type { Socket } from 'node:net'
import type { ConnectionEvents } from '../../wire/connector.ts'
import { classify, isSocketError } from '../../wire/failures.ts'
import type { Call } from '../call.ts'
import type { HttpLine } from '../transport.ts'

/**
 * Longest wait in ms for the end of the previous reply on the same connection. Without it, a server that sends its end marker and
 * the end of the body in two packets would cost a new connection for each message; a longer wait would hide the target's delay.
 */
export const GRACE_MS = 2

/** One HTTP/1.1 socket, the call that uses it and the call that waits for it. */
export class Slot {
  readonly socket: Socket
  readonly line: HttpLine
  readonly origin: string
  /** The call whose reply is being read, even after its exchange was settled. */
  call: Call | undefined
  /** The call that waits for that reply to end. */
  waiting: Call | undefined
  grace: NodeJS.Timeout | undefined
  used = false
  /** True when burn ended the socket before anything else did. */
  ours = false
  /** Failure class of the reply with which the socket was lost; undefined when it was not. */
  lossClass: string | undefined
  /** Number of exchanges that failed when the socket was lost. */
  inFlight = 0

  constructor(socket: Socket, line: HttpLine, origin: string) {
    this.socket = socket
    this.line = line
    this.origin = origin
  }
}

const LOSSES = new Set(['reset', 'closed_early', 'unreachable', 'tls_protocol'])

/** Calls `ended` one microtask after the socket has closed, so that the call on it has got its outcome by then. */
export function watchEnd(socket: Socket, ended: () => void): void {
  socket.on('error', () => {})
  socket.once('close', () => queueMicrotask(ended))
}

/** Destroys the socket of a slot. It counts as closed by burn, unless a loss of the connection was recorded before. */
export function end(slot: Slot): void {
  slot.ours ||= slot.lossClass === undefined
  slot.socket.destroy()
}

/** Records the failure class with which a socket was lost during a call, and whether the call's exchange fails by it. */
export function lose(slot: Slot, { exchange }: Call, failureClass: string): void {
  slot.lossClass = failureClass
  slot.inFlight = exchange.settled ? 0 : 1
}

/** Reports the end of a socket to `events`, as lost or closed; returns true when it counts as a loss. */
export function reportEnd(slot: Slot, events: ConnectionEvents): boolean {
  const lossClass = lossOf(slot)
  if (lossClass === undefined) events.closed()
  else events.lost(lossClass, slot.inFlight)
  return lossClass !== undefined
}

/** The failure class of a loss; undefined when burn ended the socket, when it ended cleanly between replies, or after a bad reply. */
function lossOf({ ours, lossClass, socket }: Slot): string | undefined {
  if (ours) return undefined
  if (lossClass !== undefined) return LOSSES.has(lossClass) ? lossClass : undefined
  return socket.errored && isSocketError(socket.errored) ? classify(socket.errored, 'close').class : undefined
}
