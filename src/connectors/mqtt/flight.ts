/** One exchange under way, and what its end is called. */
import type { Packet } from 'mqtt'
import type { Exchange, Failure } from '../../exchange.ts'
import type { Match } from './match.ts'
import type { Outgoing } from './outgoing.ts'

export interface Flight {
  readonly exchange: Exchange
  /** Which message answers it; undefined when the acknowledgement does. */
  readonly match: Match | undefined
  /** The id that its answer bears. */
  readonly id: string | undefined
  /** The reader says when the reply is complete; else its first message does. */
  readonly readerEnds: boolean
  /** A reply that nothing but its topic ties to this exchange. */
  readonly uncorrelated: boolean
  /** What was published; undefined for other exchanges. */
  readonly publish: Outgoing | undefined
  messageId: number | undefined
  /** The reason code of its acknowledgement so far. */
  code: number
  /** The packet that has not come yet: PUBACK, PUBCOMP, SUBACK. */
  awaiting: string | undefined
  /** PUBREC is here and PUBREL on its way (QoS 2). */
  released: boolean
  /** Its connection was lost and made again once; there is no second time. */
  resumed: boolean
  /** Stops connecting again; only while that goes on. */
  resuming: AbortController | undefined
  timer: NodeJS.Timeout | undefined
  frames: number
}

/** The reason code of a publish that reached nobody: no failure. */
export const NO_SUBSCRIBERS = 16

/** A flight in which nothing has come yet. */
export function newFlight(exchange: Exchange, rest: Partial<Flight>): Flight {
  return {
    match: undefined,
    id: undefined,
    readerEnds: false,
    uncorrelated: false,
    publish: undefined,
    messageId: undefined,
    code: 0,
    awaiting: undefined,
    released: false,
    resumed: false,
    resuming: undefined,
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

/** The reason code in an error of the library; 0 when it has none. */
export function codeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : 0
  return typeof code === 'number' ? code : 0
}

/** What the broker said in words, in an acknowledgement of version 5. */
export function reasonOf(packet: Packet | undefined): string | undefined {
  if (!packet || !('properties' in packet) || !packet.properties) return undefined
  return 'reasonString' in packet.properties ? packet.properties.reasonString : undefined
}
