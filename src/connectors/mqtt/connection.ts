import type { Exchange, Failure } from '../../exchange.ts'
import type { Connection } from '../wire/connector.ts'
import type { ReconnectingConnection } from '../wire/lasting/reconnecting.ts'
import type { LinkKeeper } from './keeper.ts'
import type { Answer, MqttLink, MqttLinkOwner } from './link/link.ts'
import { subscribe, unsubscribe } from './link/subscribe.ts'
import { AckTimer, Flight, failLost } from './messages/flight.ts'
import { Inbox } from './messages/inbox.ts'
import { type Awaited, expectation, type Match } from './messages/match.ts'
import { type Outgoing, outgoing } from './messages/outgoing.ts'
import {
  type FlightEvents,
  isResendable,
  noteAcknowledgement,
  PublishCopies,
  publishMore,
  sendAgain,
} from './messages/publishing.ts'
import type { MqttOptions, Qos } from './options/options.ts'
import type { MqttRequest, PublishRequest, Sendable } from './options/request.ts'
import { fillTopic, type TopicOwner } from './options/topics.ts'
import type { MessageProperties } from './wire/properties.ts'

/**
 * One user's MQTT session. It carries one exchange at a time. A session may have several network connections (links) to the broker, one after the
 * other. Its states:
 * | state | what the session has | how the state ends |
 * | --- | --- | --- |
 * | up | a link that works | a lost link: `returning` with the option `reconnect`, or `resend` and an unacknowledged message; else `gone` |
 * | returning | a lost link, and perhaps a request that waits for the next | a new link: `up`; no attempt to connect is left: `gone` |
 * | gone | no link | never |
 */
export class MqttConnection implements Connection<MqttRequest>, MqttLinkOwner, FlightEvents {
  private link: MqttLink
  private readonly options: MqttOptions
  private readonly keeper: LinkKeeper
  private readonly owner: TopicOwner
  private readonly inbox: Inbox
  /** The topics that steps of this user have subscribed to. They are subscribed to again when the broker starts a new session. */
  readonly subscriptions = new Map<string, Qos>()
  private flight: Flight | undefined
  /** A request that waits until the connection is made again. */
  private waiting: { readonly request: MqttRequest; readonly exchange: Exchange } | undefined
  private readonly ackTimer: AckTimer
  /** The latest publish without an id of its own. It is the same for each use of its request, so it need not be made again. */
  private latest: { readonly request: PublishRequest; readonly made: Outgoing } | undefined
  private readonly copies = new PublishCopies()
  private used = false
  private count = 0

  constructor(link: MqttLink, keeper: LinkKeeper, options: MqttOptions, owner: TopicOwner) {
    this.link = link
    this.keeper = keeper
    this.options = options
    this.owner = owner
    this.inbox = new Inbox(options)
    this.ackTimer = new AckTimer(options.ackTimeout, () => this.expired())
    keeper.user = this
    link.adopt(this)
  }

  private get machine(): ReconnectingConnection<MqttLink> {
    return this.keeper.machine
  }

  get inFlight(): number {
    return this.flight ? 1 : 0
  }

  get gone(): boolean {
    return this.machine.closed || (this.link.over && !this.machine.underWay)
  }

  get watchesConnecting(): boolean {
    return this.machine.underWay
  }

  send(request: MqttRequest, exchange: Exchange): void {
    exchange.carried(this.used, this.link.wireFaults)
    this.used = true
    const warnings = this.inbox.takeWarnings()
    if (warnings.length > 0) exchange.warn(...warnings)
    if (this.machine.closed) exchange.cancel()
    else if (request.kind === 'problem') exchange.fail('local_request', 'send', request.problem)
    else if (this.machine.underWay) this.waiting = { request, exchange }
    else if (this.link.over) failLost(exchange, this.link.failure)
    else this.start(request, exchange)
  }

  cancel(exchange: Exchange): void {
    if (this.waiting?.exchange === exchange) this.waiting = undefined
    this.copies.forget(exchange)
    const { flight } = this
    if (flight?.exchange !== exchange) return
    this.land(flight)
    for (const id of flight.unacknowledged.keys()) this.link.forget(id)
    // With the option `reconnect`, connecting goes on.
    this.machine.unwant(false)
    // The reply to this exchange may still come, and could be taken for that to the next one.
    if (flight.awaited.uncorrelated) this.inbox.warn('uncertain_reply')
  }

  sever(_exchange: Exchange, how: 'reset' | 'close'): void {
    this.link.sever(how)
  }

  repeat(_request: MqttRequest, first: Exchange, copy: Exchange): void {
    this.copies.send(this.link, first, copy)
  }

  async close(): Promise<void> {
    const exchange = (this.flight ?? this.waiting)?.exchange
    if (exchange) this.cancel(exchange)
    this.ackTimer.stop()
    const closed = this.machine.close()
    exchange?.cancel()
    await closed
  }

  message(topic: string, payload: Buffer, properties: MessageProperties): void {
    const { flight } = this
    if (flight?.awaited.match?.(topic, payload, properties)) this.answer(flight, payload, properties)
    else if (!this.copies.answered(topic, payload, properties)) this.inbox.keep(topic, payload, properties, flight?.exchange)
  }

  acknowledged(messageId: number, answer: Answer): void {
    const { flight } = this
    if (!flight?.unacknowledged.delete(messageId)) {
      this.copies.acknowledged(messageId, answer.codes[0] ?? 0)
      return
    }
    const refused = noteAcknowledgement(flight, answer)
    if (refused) {
      this.reject(flight, refused)
      return
    }
    publishMore(this.link, flight, this)
    if (flight.unacknowledged.size > 0) this.ackTimer.start()
    else if (!flight.exchange.settled) this.delivered(flight)
  }

  released(messageId: number): void {
    const publish = this.flight?.unacknowledged.get(messageId)
    if (publish) publish.released = true
  }

  ended(failure: Failure | undefined): void {
    this.copies.end()
    this.keeper.ended(this.link, failure)
    if (!this.flight) this.ackTimer.stop()
  }

  /**
   * Handles a lost connection. A publish without its acknowledgement is sent again over the next connection if the option `resend` allows it; its
   * deadline stays the same.
   */
  lost(failure: Failure): void {
    const { flight } = this
    if (flight && isResendable(flight, this.options)) this.machine.want()
    else if (flight) this.lose(flight, failure)
  }

  renewed(link: MqttLink): void {
    const { flight } = this
    const lost = this.link.failure
    this.link = link
    link.adopt(this)
    // A message from the kept session may already have answered the exchange in flight.
    if (flight && this.flight === flight && !this.machine.underWay) this.goOn(flight, link.sessionPresent, lost)
    const { waiting } = this
    this.waiting = undefined
    if (!waiting || waiting.exchange.settled) return
    waiting.exchange.connected(link.times)
    this.send(waiting.request, waiting.exchange)
  }

  failed(failure: Failure): void {
    this.waiting?.exchange.fail(failure.class, failure.phase, failure.message)
    this.waiting = undefined
    if (this.flight) this.lose(this.flight, this.link.failure)
  }

  private lose(flight: Flight, failure: Failure | undefined): void {
    this.land(flight)
    failLost(flight.exchange, failure, flight.awaiting)
  }

  private goOn(flight: Flight, sessionPresent: boolean, lost: Failure | undefined): void {
    if (!sessionPresent || this.link.over) {
      this.lose(flight, lost)
      return
    }
    flight.resent += 1
    sendAgain(this.link, flight)
    publishMore(this.link, flight, this)
  }

  private start(request: Sendable, exchange: Exchange): void {
    switch (request.kind) {
      case 'publish':
        this.publish(request, exchange)
        break
      case 'subscribe':
      case 'unsubscribe':
        void this.ask(request, exchange)
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
    const { owner, latest } = this
    const made =
      latest?.request === request ? latest.made : outgoing(request, owner, this.options, `${owner.clientId}-${this.count}`)
    const problem = 'problem' in made ? made.problem : this.link.limits.publishProblem(made)
    if (problem !== undefined || 'problem' in made) {
      exchange.fail('local_request', 'send', problem ?? '')
      return
    }
    if (made.id === undefined && latest?.made !== made) this.latest = { request, made }
    if (exchange.fault !== undefined) this.copies.keep(exchange, made)
    const flight = this.take(exchange, made, made)
    publishMore(this.link, flight, this)
    if (!exchange.settled && flight.awaiting) this.ackTimer.start()
  }

  /** Called when all copies of a publish are acknowledged; with QoS 0, which has no acknowledgement, when all are written. */
  delivered(flight: Flight): void {
    if (this.flight !== flight) return
    this.ackTimer.rest()
    flight.awaiting = undefined
    if (!flight.awaited.match) this.complete(flight, flight.code)
  }

  /** Sends a SUBSCRIBE or UNSUBSCRIBE, and waits for the broker's answer. */
  private async ask(request: Extract<Sendable, { kind: 'subscribe' | 'unsubscribe' }>, exchange: Exchange): Promise<void> {
    const topic = fillTopic(request.topic, this.owner)
    const problem = this.link.limits.subscribeProblem(topic)
    if (problem !== undefined) {
      exchange.fail('local_request', 'send', problem)
      return
    }
    const flight = this.take(exchange, { packet: request.kind === 'subscribe' ? 'SUBACK' : 'UNSUBACK' })
    const written = this.link.bytesWritten
    exchange.sent(0)
    const answer =
      request.kind === 'subscribe' ? subscribe(this.link, new Map([[topic, request.qos]])) : unsubscribe(this.link, topic)
    exchange.wrote(this.link.bytesWritten - written)
    this.ackTimer.start()
    const { failure, warning, code } = await answer
    if (this.flight !== flight) return
    if (failure) {
      this.reject(flight, failure)
      return
    }
    if (warning !== undefined) exchange.warn(warning)
    if (request.kind === 'subscribe') this.subscriptions.set(topic, request.qos)
    else this.subscriptions.delete(topic)
    this.complete(flight, code)
  }

  private expect(match: Match, exchange: Exchange): void {
    const flight = this.take(exchange, { match, isText: true })
    exchange.sent(0)
    const [, payload, properties] = this.inbox.take(match) ?? []
    if (payload && properties) this.answer(flight, payload, properties)
  }

  private async disconnect(abrupt: boolean, exchange: Exchange): Promise<void> {
    exchange.sent(0)
    const written = this.link.bytesWritten
    await this.machine.leave(abrupt ? 'reset' : 'close')
    exchange.wrote(this.link.bytesWritten - written)
    exchange.finish()
  }

  private take(exchange: Exchange, awaited: Awaited, publish?: Outgoing): Flight {
    this.flight = new Flight(exchange, awaited, publish)
    return this.flight
  }

  private expired(): void {
    const { flight, options } = this
    const message = `no ${flight?.awaiting} within ${options.ackTimeout} ms`
    if (flight) this.reject(flight, { class: 'mqtt_no_ack', phase: 'headers', message })
  }

  private answer(flight: Flight, payload: Buffer, properties: MessageProperties): void {
    flight.deliver(payload, properties)
    if (!flight.exchange.settled) return
    this.land(flight)
    // The pieces of one reply may all carry its id.
    const { id } = flight.awaited
    if (id !== undefined && flight.frames === 1) this.inbox.answered(id)
  }

  private complete(flight: Flight, code: number): void {
    this.land(flight)
    flight.exchange.head(code, {})
    flight.exchange.finish()
  }

  reject(flight: Flight, failure: Failure): void {
    this.cancel(flight.exchange)
    flight.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
  }

  private land(flight: Flight): void {
    if (this.flight !== flight) return
    this.flight = undefined
    this.ackTimer.rest()
  }
}
