/** One socket of a user, and what goes on over it. */
import type { Socket } from 'node:net'
import { classify, isSocketError } from '../failures.ts'
import type { Call } from './call.ts'
import type { Line } from './transport.ts'

/** One socket and what goes on over it. */
export interface Slot {
  readonly socket: Socket
  readonly line: Line
  readonly origin: string
  /** Whose reply is being read, even after its exchange was settled. */
  call: Call | undefined
  /** Who waits for that reply to end. */
  waiting: Call | undefined
  grace: NodeJS.Timeout | undefined
  used: boolean
  /** We ended it. */
  ours: boolean
  lossClass: string | undefined
}

const LOSSES = new Set(['reset', 'closed_early', 'unreachable', 'tls_protocol'])

/** A socket that has carried nothing yet. */
export function newSlot(socket: Socket, line: Line, origin: string): Slot {
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
  }
}

/** A clean end between two replies is the server's right; undefined then. Else the class of the loss. */
export function lossOf({ lossClass, socket }: Slot): string | undefined {
  if (lossClass !== undefined) return LOSSES.has(lossClass) ? lossClass : undefined
  return socket.errored && isSocketError(socket.errored) ? classify(socket.errored, 'close').class : undefined
}
