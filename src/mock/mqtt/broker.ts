import type { ISubscription } from 'mqtt-packet'
import { LONGEST_TIMER_MS } from '../../clock.ts'
import { REASON } from './codes.ts'
import { fits, type Grant, Subscriptions } from './filters.ts'
import type { Message } from './message.ts'
import { MqttSession } from './session.ts'

/** Called for each published message, wills included, before it goes to subscribers. Returns true when the mock itself replies to the message. */
type OnMessage = (message: Message, session: MqttSession, dup: boolean) => boolean

/** The mock's MQTT broker: sessions, subscriptions, retained messages and wills. */
export class Broker {
  private readonly sessions = new Map<string, MqttSession>()
  private readonly subscriptions = new Subscriptions<MqttSession>()
  private readonly retained = new Map<string, Message>()
  private readonly onMessage: OnMessage
  private closed = false

  constructor(onMessage: OnMessage) {
    this.onMessage = onMessage
  }

  /** Returns the client's session, new unless it can be resumed (`present`); an earlier connection of the client is ended. */
  open(clientId: string, clean: boolean): { session: MqttSession; present: boolean } {
    const old = this.sessions.get(clientId)
    old?.peer?.leave(REASON.sessionTakenOver)
    // ending the old connection may have ended the session
    const kept = this.sessions.get(clientId)
    if (kept && !clean) {
      stopTimers(kept)
      return { session: kept, present: true }
    }
    if (kept) this.end(kept)
    const session = new MqttSession(clientId)
    this.sessions.set(clientId, session)
    return { session, present: false }
  }

  /** Handles the end of a client's connection: its will is published after the will's delay, and its session ends when it expires. */
  left(session: MqttSession): void {
    const { will, expiryMs } = session
    session.peer = undefined
    if (this.closed) return
    if (expiryMs === 0) {
      this.end(session)
      return
    }
    if (will) this.after(session, will.delayMs, () => this.publishWill(session))
    // A session with a longer expiry is kept.
    if (expiryMs <= LONGEST_TIMER_MS) this.after(session, expiryMs, () => this.end(session))
  }

  /** Delivers a message that a client has published. @returns the reason code of its acknowledgement */
  arrive(message: Message, session: MqttSession, dup: boolean): number {
    const taken = this.onMessage(message, session, dup)
    return this.publish(message, session) || taken ? REASON.ok : REASON.noMatchingSubscribers
  }

  /** Delivers a message to all clients that subscribe to its topic; returns false when there are none. */
  publish(message: Message, sender?: MqttSession): boolean {
    if (message.retain) this.keep(message)
    const owners = this.subscriptions.matching(message.topic, sender)
    for (const [owner, { qos, asPublished }] of owners) owner.deliver(message, qos, asPublished && message.retain)
    return owners.size > 0
  }

  /** Adds a subscription of a client, and sends the client the retained messages that match it. */
  subscribe(session: MqttSession, { topic, qos, nl = false, rap = false, rh = 0 }: ISubscription): void {
    const grant: Grant = { qos, noLocal: nl, asPublished: rap }
    const isNew = this.subscriptions.add(session, topic, grant)
    if (rh === 2 || (rh === 1 && !isNew)) return
    for (const message of this.retained.values()) if (fits(topic, message.topic)) session.deliver(message, qos, true)
  }

  /** Removes a client's subscription with this topic filter; returns false when there was none. */
  unsubscribe(session: MqttSession, filter: string): boolean {
    return this.subscriptions.remove(session, filter)
  }

  /** True when a topic filter to which the client has subscribed matches the topic. */
  takesIn(session: MqttSession, topic: string): boolean {
    return this.subscriptions.takesIn(session, topic)
  }

  /** Stops the timers of all sessions. Connections that end later have no effect. */
  close(): void {
    this.closed = true
    for (const session of this.sessions.values()) stopTimers(session)
  }

  private keep(message: Message): void {
    if (message.payload.length === 0) this.retained.delete(message.topic)
    else this.retained.set(message.topic, message)
  }

  private end(session: MqttSession): void {
    stopTimers(session)
    this.publishWill(session)
    this.subscriptions.forget(session)
    if (this.sessions.get(session.clientId) === session) this.sessions.delete(session.clientId)
  }

  private publishWill(session: MqttSession): void {
    const { will } = session
    session.will = undefined
    if (will) this.arrive(will.message, session, false)
  }

  private after(session: MqttSession, ms: number, act: () => void): void {
    if (ms === 0) act()
    else session.timers.push(setTimeout(act, ms))
  }
}

function stopTimers({ timers }: MqttSession): void {
  for (const timer of timers.splice(0)) clearTimeout(timer)
}
