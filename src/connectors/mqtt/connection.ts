/** One user's MQTT session: one exchange at a time, settled by what the broker really said. */
import type { IPublishPacket, Packet } from 'mqtt'
import type { Exchange, Failure } from '../../exchange.ts'
import type { Connection } from '../connector.ts'
import { codeOf, type Flight, failLost, NO_SUBSCRIBERS, newFlight, reasonOf } from './flight.ts'
import type { Link, LinkOwner } from './link.ts'
import { refusal } from './link.ts'
import { Answered, expectation, type Match } from './match.ts'
import type { Opened } from './open.ts'
import type { MqttOptions } from './options.ts'
import { outgoing } from './outgoing.ts'
import type { MqttRequest, PublishRequest } from './request.ts'
import { isResendable, sendAgain, type Unacknowledged } from './resend.ts'
import { subscribe } from './subscribe.ts'
import { fillTopic, type TopicOwner } from './topics.ts'
import { Unread } from './unread.ts'

/** Warnings that an idle user gathers at most: its memory stays flat whatever the broker sends. */
const MOST_WARNINGS = 1000

/** What a connection tells its connector. */
export interface ConnectionOwner extends TopicOwner {
  /** It is gone, and `inFlight` exchanges lost it; `failureClass` undefined for our own doing. `final` when the user is over. */
  ended(failureClass: string | undefined, state: { final: boolean; inFlight: number; lastId: number }): void
  /** Makes the connection again. Rejects with what stood in the way, or when the signal stops it. */
  reopen(signal: AbortSignal): Promise<Opened>
}

export class MqttConnection implements Connection<MqttRequest>, LinkOwner {
  private link: Link
  private readonly options: MqttOptions
  private readonly owner: ConnectionOwner
  private readonly answered: Answered
  private readonly unread = new Unread()
  /** Warnings that came while nothing was under way: the next exchange bears them. */
  private readonly warnings: string[] = []
  private flight: Flight | undefined
  private used = false
  private closing = false
  private count = 0

  constructor(link: Link, options: MqttOptions, owner: ConnectionOwner) {
    this.link = link
    this.options = options
    this.owner = owner
    this.answered = new Answered(options)
    link.adopt(this)
  }

  get gone(): boolean {
    return this.link.over || this.closing
  }

  send(request: MqttRequest, exchange: Exchange): void {
    exchange.reused = this.used
    this.used = true
    exchange.warnings.push(...this.warnings.splice(0))
    if (this.closing) exchange.cut()
    else if (this.link.over) failLost(exchange, this.link.failure)
    else if (request.kind === 'problem') exchange.fail('local_request', 'send', request.problem)
    else this.start(request, exchange)
  }

  cancel(exchange: Exchange): void {
    const { flight } = this
    if (flight?.exchange !== exchange) return
    this.land(flight)
    flight.resuming?.abort()
    if (flight.messageId !== undefined) this.link.forget(flight.messageId)
    // Its reply may still come, and nothing would tell it from the next one.
    if (flight.uncorrelated) this.warnings.push('uncertain_reply')
  }

  async close(): Promise<void> {
    if (this.closing && this.link.over) return
    this.closing = true
    const exchange = this.flight?.exchange
    if (exchange) {
      this.cancel(exchange)
      exchange.cut()
    }
    await this.link.close()
  }

  message(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const { flight } = this
    if (flight?.match?.(topic, payload, packet)) this.answer(flight, payload)
    else if (this.answered.has(payload, packet)) this.warn('duplicate')
    else this.unread.keep(topic, payload, packet)
  }

  reason(messageId: number, code: number): void {
    if (this.flight?.messageId === messageId) this.flight.code ||= code
  }

  released(messageId: number): void {
    if (this.flight?.messageId === messageId) this.flight.released = true
  }

  ended(failure: Failure | undefined): void {
    const { flight } = this
    const again = flight && failure && this.options.resend && isResendable(flight)
    if (flight && !again) this.lose(flight, failure)
    const lastId = this.link.ids.getLastAllocated()
    this.owner.ended(failure?.class, { final: this.closing, inFlight: flight ? 1 : 0, lastId })
    if (again) void this.resume(flight, failure)
  }

  private lose(flight: Flight, failure: Failure | undefined): void {
    this.land(flight)
    failLost(flight.exchange, failure, flight.awaiting)
  }

  /** Connects again under a publish that waits; its acknowledgement is due when it was. Without the session it is lost. */
  private async resume(flight: Unacknowledged, failure: Failure): Promise<void> {
    flight.resumed = true
    flight.resuming = new AbortController()
    const { signal } = flight.resuming
    const opened = await this.owner.reopen(signal).catch(() => undefined)
    flight.resuming = undefined
    if (opened) this.change(opened.link)
    if (signal.aborted) await opened?.link.close()
    else if (this.flight !== flight)
      return // a message that had waited in the session was its answer
    else if (opened?.sessionPresent && !opened.link.over)
      sendAgain(this.link, flight, (error, packet) => this.acknowledged(flight, error, packet))
    else this.lose(flight, failure)
  }

  private change(link: Link): void {
    this.link = link
    link.adopt(this)
  }

  private start(request: Exclude<MqttRequest, { kind: 'problem' }>, exchange: Exchange): void {
    switch (request.kind) {
      case 'publish':
        this.publish(request, exchange)
        break
      case 'subscribe':
        void this.subscribe(fillTopic(request.topic, this.owner), request.qos, exchange)
        break
      case 'expect':
        this.expect(expectation(request.expected, this.owner), exchange)
        break
      case 'disconnect':
        void this.disconnect(request.abrupt, exchange)
    }
  }

  private publish(request: PublishRequest, exchange: Exchange): void {
    this.count += 1
    const made = outgoing(request, this.owner, this.options, `${this.owner.clientId}-${this.count}`)
    if ('problem' in made) {
      exchange.fail('local_request', 'send', made.problem)
      return
    }
    const correlated = request.wait.for !== 'reply' || made.id !== undefined
    const flight = this.take(exchange, {
      match: made.match,
      id: made.id,
      readerEnds: request.readerEnds,
      uncorrelated: !correlated,
      publish: made,
      awaiting: [undefined, 'PUBACK', 'PUBCOMP'][request.qos],
    })
    const written = this.link.bytesWritten
    exchange.sent(0)
    this.link.client.publish(made.topic, made.payload, made.options, (error, packet) => {
      exchange.bytesSent ||= this.link.bytesWritten - written
      this.acknowledged(flight, error, packet)
    })
    exchange.bytesSent ||= this.link.bytesWritten - written
    if (request.qos > 0) flight.messageId = this.link.client.getLastMessageId()
    if (!exchange.settled && flight.awaiting) this.watch(flight, flight.awaiting)
  }

  private acknowledged(flight: Flight, error: unknown, packet: Packet | undefined): void {
    if (this.flight !== flight) return
    const code = codeOf(error) || flight.code
    if (error && code === 0) return // the link is ending, and tells so itself
    clearTimeout(flight.timer)
    flight.messageId = undefined
    flight.awaiting = undefined
    flight.exchange.status = code
    if (code >= 0x80) this.reject(flight, refusal(code, 'headers', reasonOf(packet)))
    else {
      if (code === NO_SUBSCRIBERS) flight.exchange.warnings.push('no_matching_subscribers')
      if (!flight.match) this.complete(flight, code)
    }
  }

  private async subscribe(topic: string, qos: PublishRequest['qos'], exchange: Exchange): Promise<void> {
    const flight = this.take(exchange, { awaiting: 'SUBACK' })
    const written = this.link.bytesWritten
    exchange.sent(0)
    const answer = subscribe(this.link, { [topic]: { qos } }, 'headers')
    exchange.bytesSent = this.link.bytesWritten - written
    this.watch(flight, 'SUBACK')
    const { failure, lowered } = await answer
    if (this.flight !== flight) return
    if (lowered) exchange.warnings.push('qos_lowered')
    if (failure) this.reject(flight, failure)
    else this.complete(flight, 0)
  }

  private expect(match: Match, exchange: Exchange): void {
    const flight = this.take(exchange, { match })
    exchange.sent(0)
    const payload = this.unread.take(match)
    if (payload) this.answer(flight, payload)
  }

  private async disconnect(abrupt: boolean, exchange: Exchange): Promise<void> {
    exchange.sent(0)
    const written = this.link.bytesWritten
    await this.link.close(abrupt)
    exchange.bytesSent = this.link.bytesWritten - written
    exchange.finish()
  }

  private take(exchange: Exchange, rest: Partial<Flight> = {}): Flight {
    this.flight = newFlight(exchange, rest)
    return this.flight
  }

  private watch(flight: Flight, packet: string): void {
    flight.timer = setTimeout(() => {
      const message = `no ${packet} within ${this.options.ackTimeout} ms`
      this.reject(flight, { class: 'mqtt_no_ack', phase: 'headers', message })
    }, this.options.ackTimeout)
  }

  private answer(flight: Flight, payload: Buffer): void {
    const { exchange } = flight
    flight.frames += 1
    exchange.data(payload)
    if (!flight.readerEnds) exchange.done()
    if (!exchange.settled) return
    this.land(flight)
    // A reply in several pieces bears its id more than once by right.
    if (flight.id !== undefined && flight.frames === 1) this.answered.add(flight.id)
  }

  private complete(flight: Flight, code: number): void {
    this.land(flight)
    flight.exchange.head(code, {})
    flight.exchange.finish()
  }

  private reject(flight: Flight, failure: Failure): void {
    this.cancel(flight.exchange)
    flight.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
  }

  private land(flight: Flight): void {
    clearTimeout(flight.timer)
    if (this.flight === flight) this.flight = undefined
  }

  private warn(warning: string): void {
    if (this.flight) this.flight.exchange.warnings.push(warning)
    else if (this.warnings.length < MOST_WARNINGS) this.warnings.push(warning)
  }
}
