import { isUtf8 } from 'node:buffer'
import { after, now } from '../../../clock.ts'
import type { Exchange, Failure } from '../../../exchange.ts'
import { isJsonContentType, jsonIn } from '../../../text/json.ts'
import type { MessageProperties } from '../wire/properties.ts'
import type { Awaited } from './match.ts'
import type { Outgoing } from './outgoing.ts'

/** A publish of QoS 1 or 2 whose handshake is not over. */
interface Unacknowledged {
  /** True when PUBREC has come and PUBREL was sent (QoS 2). */
  released: boolean
}

/**
 * The state of an exchange over MQTT while its packet is in flight: what was sent, and which acknowledgements or messages the exchange still waits
 * for.
 */
export class Flight {
  readonly exchange: Exchange
  readonly awaited: Awaited
  /** The publish that this exchange sends; undefined for other exchanges, such as a subscribe. */
  readonly publish: Outgoing | undefined
  /** Number of copies of the publish that were not sent yet. */
  unsent: number
  /** Number of copies of QoS 0 that have not left the process. */
  unwritten = 0
  /** The copies of the publish that the broker has not acknowledged yet, by their packet id. */
  readonly unacknowledged = new Map<number, Unacknowledged>()
  /** Number of times that the publish was sent again. */
  resent = 0
  /** The highest reason code of the acknowledgements so far. */
  code = 0
  /** The packet that has not come, such as PUBACK; undefined when none is due. */
  awaiting: string | undefined
  frames = 0

  constructor(exchange: Exchange, awaited: Awaited, publish?: Outgoing) {
    this.exchange = exchange
    this.awaited = awaited
    this.publish = publish
    this.unsent = publish?.copies ?? 0
    this.awaiting = awaited.packet
  }

  /** Passes a message of the reply to the exchange, and completes the exchange unless the chat API format decides where the reply ends. */
  deliver(payload: Buffer, properties: MessageProperties): void {
    this.frames += 1
    if (this.awaited.isText) warnOfText(payload, properties, this.exchange)
    this.exchange.data(payload)
    if (!this.awaited.readerEnds) this.exchange.done()
  }
}

/** Adds a warning to an exchange whose MQTT payload should be text but is not UTF-8, or should be JSON (by its MQTT 5 content type) but is not. */
function warnOfText(payload: Buffer, { contentType = '' }: MessageProperties, exchange: Exchange): void {
  if (isJsonContentType(contentType) && jsonIn(payload.toString()) === undefined) exchange.warnOnce('not_json')
  if (isUtf8(payload)) return
  exchange.warnOnce('bad_utf8')
  exchange.odd(payload)
}

/**
 * A timer for the wait of one user for an acknowledgement from the MQTT broker. One timer serves all exchanges of the user, because most waits end
 * long before it fires.
 */
export class AckTimer {
  private readonly timeoutMs: number
  private readonly expired: () => void
  /** When the wait ends, in monotonic ms; NaN when nothing is awaited. */
  private dueAt = Number.NaN
  private stopTimer: (() => void) | undefined

  constructor(timeoutMs: number, expired: () => void) {
    this.timeoutMs = timeoutMs
    this.expired = expired
  }

  /** Starts the wait, or starts it again from zero. `expired` is called when `timeoutMs` have passed. */
  start(): void {
    this.dueAt = now() + this.timeoutMs
    this.stopTimer ??= after(this.timeoutMs, this.check)
  }

  /** Ends the wait. The timer keeps running, so that the next wait can use it. */
  rest(): void {
    this.dueAt = Number.NaN
  }

  /** Ends the wait and stops the timer. */
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

/**
 * Fails an exchange because its MQTT connection was lost. `failure` says how the connection was lost; undefined when that is not known. `awaiting` is
 * the name of the packet for which the exchange was waiting, such as PUBACK; left out when it was waiting for none.
 */
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
