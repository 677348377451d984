import { after, now } from '../../../clock.ts'
import type { Exchange, Failure } from '../../../exchange.ts'
import type { MessageProperties } from '../wire/properties.ts'
import type { Match } from './match.ts'
import { warnOfText } from './oddities.ts'
import type { Outgoing } from './outgoing.ts'

/** A publish of QoS 1 or 2 whose handshake is not over. */
interface Unacknowledged {
  /** True when PUBREC has come and PUBREL was sent (QoS 2). */
  released: boolean
}

/** The state of an exchange over MQTT while it is in flight: what was sent, and which acknowledgements or messages it still waits for. */
export class Flight {
  readonly exchange: Exchange
  /** Tests whether a message is the awaited answer; undefined when the exchange waits for an acknowledgement only. */
  readonly match: Match | undefined
  /** The id by which the answer is recognised; undefined when it carries none. */
  readonly id: string | undefined
  /** True when the chat API format decides when the reply is complete; false when its first message completes it. */
  readonly readerEnds: boolean
  /** True when an answer that is not UTF-8 gets a warning here; the replies to message steps are checked elsewhere. */
  readonly isText: boolean
  /** True when the reply carries no id, so that any message on its topic is taken for it. */
  readonly uncorrelated: boolean
  /** The publish that this exchange sends; undefined for other exchanges, such as a subscribe. */
  readonly publish: Outgoing | undefined
  /** Number of copies not sent yet. */
  unsent: number
  /** Number of copies of QoS 0 that have not left the process. */
  unwritten = 0
  /** Copies of the publish that the broker has not acknowledged yet, by packet id. */
  readonly unacknowledged = new Map<number, Unacknowledged>()
  /** Number of times that the publish was sent again. */
  resent = 0
  /** The highest reason code of the acknowledgements so far. */
  code = 0
  /** The packet that the exchange waits for: PUBACK, PUBCOMP, SUBACK or UNSUBACK. */
  awaiting: string | undefined
  frames = 0

  constructor(exchange: Exchange, rest: Partial<Flight>) {
    this.exchange = exchange
    this.match = rest.match
    this.id = rest.id
    this.readerEnds = rest.readerEnds ?? false
    this.isText = rest.isText ?? false
    this.uncorrelated = rest.uncorrelated ?? false
    this.publish = rest.publish
    this.unsent = rest.unsent ?? 0
    this.awaiting = rest.awaiting
  }

  /** Hands a message of the reply to the exchange, which it settles unless the chat API format decides about the end. */
  deliver(payload: Buffer, properties: MessageProperties): void {
    this.frames += 1
    if (this.isText) warnOfText(payload, properties, this.exchange)
    this.exchange.data(payload)
    if (!this.readerEnds) this.exchange.done()
  }
}

/** Limits how long one user waits for an acknowledgement. One timer serves all of its exchanges, because most end long before it fires. */
export class AckTimer {
  private readonly timeoutMs: number
  private readonly expired: () => void
  /** Monotonic time in ms at which the wait is over; NaN when nothing is awaited. */
  private dueAt = Number.NaN
  private stopTimer: (() => void) | undefined

  constructor(timeoutMs: number, expired: () => void) {
    this.timeoutMs = timeoutMs
    this.expired = expired
  }

  /** Begins to wait, or to wait anew; `expired` is called when the time is over. */
  start(): void {
    this.dueAt = now() + this.timeoutMs
    this.stopTimer ??= after(this.timeoutMs, this.check)
  }

  /** Ends the wait, and leaves the timer for the next one. */
  rest(): void {
    this.dueAt = Number.NaN
  }

  /** Ends the wait; no timer is left. */
  stop(): void {
    this.rest()
    this.stopTimer?.()
    this.stopTimer = undefined
  }

  private readonly check = (): void => {
    const left = this.dueAt - now()
    this.stopTimer = left > 0 ? after(left, this.check) : undefined
    if (left <= 0) this.expired()
  }
}

/** Fails an exchange because its MQTT connection was lost; `failure` says why. `awaiting` names the packet that had not come, such as PUBACK. */
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
