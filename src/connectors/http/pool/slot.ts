import type { Socket } from 'node:net'
import type { WireCauses } from '../../../errors.ts'
import type { ConnectionEvents } from '../../wire/connector.ts'
import { endSocket, wireFaultsOf } from '../../wire/dial.ts'
import { classify, isSocketError } from '../../wire/failures.ts'
import { DROPPED } from '../../wire/relay.ts'
import type { Call } from '../call.ts'
import type { HttpLine } from '../transport.ts'

/**
 * The longest time in ms that a request waits for the end of the previous reply on the same connection. Some servers send their end marker and the
 * end of the body in two packets; without the wait, each message would need a new connection. A longer wait would hide the target's delay.
 */
export const GRACE_MS = 2

/**
 * An HTTP/1.1 socket of a user or a pool, with two requests: the one whose reply is being read, and the next one, which waits for the end of that
 * reply.
 */
export class Slot {
  readonly socket: Socket
  readonly line: HttpLine
  readonly origin: string
  /** Kinds of the injected faults that have acted on the socket; undefined without a relay. */
  readonly wireFaults: WireCauses | undefined
  /** The call whose reply is being read, even after its exchange has its outcome. */
  call: Call | undefined
  /** The next call, which waits until the reply of `call` ends. */
  waiting: Call | undefined
  grace: NodeJS.Timeout | undefined
  /** The URL of the last request to this origin, to find the socket again quickly; undefined before the second request. */
  url: URL | undefined
  used = false
  /** True when burn ended the socket before anything else did. */
  ours = false
  /** The class of the failure with which the socket was lost; undefined when it was not lost. */
  lossClass: string | undefined
  /** Number of exchanges that failed when the socket was lost. */
  inFlight = 0

  constructor(socket: Socket, line: HttpLine, origin: string) {
    this.socket = socket
    this.line = line
    this.origin = origin
    this.wireFaults = wireFaultsOf(socket)
  }
}

const LOSSES = new Set(['reset', 'closed_early', 'unreachable', 'tls_protocol'])

/** Calls `ended` when a socket has closed. The call comes one microtask later, so that the request on the socket already has its outcome. */
export function watchEnd(socket: Socket, ended: () => void): void {
  socket.on('error', () => {})
  socket.once('close', () => queueMicrotask(ended))
}

/** Closes an HTTP/1.1 socket that burn no longer needs. It counts as closed by burn, unless its loss was recorded before. */
export function end(slot: Slot): void {
  slot.ours ||= slot.lossClass === undefined
  slot.socket.destroy()
}

/** Ends an HTTP/1.1 socket because of an injected fault, as if the server or the network had ended it; it counts as lost. */
export function sever(slot: Slot, how: 'reset' | 'close'): void {
  const exchange = slot.call?.exchange
  if (exchange && !exchange.settled) exchange.carried(exchange.reused, DROPPED)
  slot.lossClass ??= how === 'reset' ? 'reset' : 'closed_early'
  endSocket(slot.socket, how)
}

/** Records that an HTTP/1.1 socket was lost during a request: the failure class, and whether the loss makes the request's exchange fail. */
export function lose(slot: Slot, { exchange }: Call, failureClass: string): void {
  slot.lossClass = failureClass
  slot.inFlight = exchange.settled ? 0 : 1
}

/**
 * Reports to the event handlers `events` that an HTTP/1.1 connection has ended: as lost when the server or the network ended it during a request or
 * with an error, else as closed. Returns true when it was lost.
 */
export function reportEnd(slot: Slot, events: ConnectionEvents): boolean {
  const lossClass = lossOf(slot)
  if (lossClass === undefined) events.closed()
  else events.lost(lossClass, slot.inFlight)
  return lossClass !== undefined
}

/**
 * Returns the failure class of a lost socket; undefined when burn ended the socket, or when it ended without an error between replies or after an
 * invalid reply.
 */
function lossOf({ ours, lossClass, socket }: Slot): string | undefined {
  if (ours) return undefined
  if (lossClass !== undefined) return LOSSES.has(lossClass) ? lossClass : undefined
  return socket.errored && isSocketError(socket.errored) ? classify(socket.errored, 'close').class : undefined
}
