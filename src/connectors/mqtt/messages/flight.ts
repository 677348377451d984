/** One exchange under way, and what its end is called. */
import type { Exchange, Failure } from '../../../exchange.ts'
import type { Match } from './match.ts'
import type { Outgoing } from './outgoing.ts'

/** A publish of QoS 1 or 2 whose handshake is not over. */
interface Unacknowledged {
  /** PUBREC is here and PUBREL on its way (QoS 2). */
  released: boolean
}

export interface Flight {
  readonly exchange: Exchange
  /** Which message answers it; undefined when the acknowledgement does. */
  readonly match: Match | undefined
  /** The id that its answer bears. */
  readonly id: string | undefined
  /** The reader says when the reply is complete; else its first message does. */
  readonly readerEnds: boolean
  /** A request step waits for a text: bytes that are none are odd. The reader of a message step sees to that itself. */
  readonly isText: boolean
  /** A reply that nothing but its topic ties to this exchange. */
  readonly uncorrelated: boolean
  /** What is published; undefined for other exchanges. */
  readonly publish: Outgoing | undefined
  /** Copies of it that have not gone out yet. */
  unsent: number
  /** Copies of QoS 0 that have not left the process. */
  unwritten: number
  /** Copies that the broker has not acknowledged, by packet id. */
  readonly unacknowledged: Map<number, Unacknowledged>
  /** How often it was sent again. */
  resent: number
  /** The highest reason code of its acknowledgements so far. */
  code: number
  /** The packet that has not come yet: PUBACK, PUBCOMP, SUBACK, UNSUBACK. */
  awaiting: string | undefined
  timer: NodeJS.Timeout | undefined
  frames: number
}

/** The reason code of a publish that reached nobody: no failure. */
export const NO_SUBSCRIBERS = 0x10

/** A flight in which nothing has come yet. */
export function newFlight(exchange: Exchange, rest: Partial<Flight>): Flight {
  return {
    match: undefined,
    id: undefined,
    readerEnds: false,
    isText: false,
    uncorrelated: false,
    publish: undefined,
    unsent: 0,
    unwritten: 0,
    unacknowledged: new Map(),
    resent: 0,
    code: 0,
    awaiting: undefined,
    timer: undefined,
    frames: 0,
    ...rest,
    exchange,
  }
}

/** Fails what a lost connection took along. A publish without its acknowledgement is never taken for delivered, whatever ended it. */
export function failLost(exchange: Exchange, failure: Failure | undefined, awaiting?: string): void {
  const {
    class: cause,
    message,
    code,
  } = failure ?? { class: 'closed_early', message: 'the connection is closed', code: undefined }
  const phase = Number.isNaN(exchange.sentAt) ? 'send' : Number.isNaN(exchange.firstByteAt) ? 'headers' : 'stream'
  if (awaiting && !cause.includes('mqtt')) exchange.fail('mqtt_no_ack', phase, `${cause} before ${awaiting}: ${message}`, code)
  else exchange.fail(cause, phase, message, code)
}
