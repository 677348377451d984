import type { Socket } from 'node:net'
import { now } from '../../../clock.ts'
import type { ConnectTimes, Exchange, Failure } from '../../../exchange.ts'
import { type Connection, type ConnectionEvents, endWith } from '../../wire/connector.ts'
import { type Dialling, dial } from '../../wire/dial.ts'
import { Call, type CallOwner, type CallRules } from '../call.ts'
import { forwarding, planOrFailure, type Reach } from '../reach.ts'
import type { HttpClient, HttpRequest } from '../transport.ts'
import { end, GRACE_MS, lose, reportEnd, Slot, sever, watchEnd } from './slot.ts'

/** The settings of the HTTP/1.1 connections of one user, which stay the same as long as the user exists. */
interface ConnectionSettings extends Reach {
  readonly rules: CallRules
  readonly keepAlive: boolean
  /** True when each request gets a new socket, which is closed after the reply. */
  readonly single: boolean
  readonly events: ConnectionEvents
  readonly client: HttpClient
}

/** The HTTP/1.1 connections of one user, for the connectors http and sse. At most one idle socket to each origin is kept. */
export class HttpConnection implements Connection<HttpRequest>, CallOwner {
  private readonly settings: ConnectionSettings
  /** The current socket for each origin, in use or idle. There is usually one. */
  private current: readonly Slot[] = []
  private readonly slots = new Set<Slot>()
  /** The calls that are not over. There is usually one. */
  private readonly calls: Call[] = []
  private readonly dials = new Map<Call, Dialling>()
  private readonly whenEmpty: (() => void)[] = []
  private lostAt = Number.NaN
  private closed = false

  constructor(settings: ConnectionSettings) {
    this.settings = settings
  }

  send(request: HttpRequest, exchange: Exchange): void {
    if (this.closed) exchange.cancel()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else this.start(new Call(exchange, request, this.settings.rules, this))
  }

  cancel(exchange: Exchange): void {
    const call = this.calls.find((one) => one.exchange === exchange)
    if (call) this.discard(call)
  }

  sever(exchange: Exchange, how: 'reset' | 'close'): void {
    const call = this.calls.find((one) => one.exchange === exchange)
    const slot = (call && this.slotOf(call)) ?? this.current.at(-1)
    if (slot) sever(slot, how)
  }

  async close(): Promise<void> {
    this.closed = true
    for (const call of [...this.calls]) {
      this.discard(call)
      call.exchange.cancel()
    }
    for (const slot of this.slots) this.destroy(slot)
    if (this.slots.size > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve))
  }

  again(call: Call): void {
    const slot = this.slotOf(call)
    if (slot) slot.call = undefined
    this.start(call)
  }

  onward(call: Call): void {
    this.freed(call)
    this.again(call)
  }

  elsewhere(call: Call): void {
    this.start(call)
  }

  /** Does nothing: the next request itself checks whether the socket is free. */
  draining(): void {}

  freed(call: Call): void {
    this.forget(call)
    const slot = this.slotOf(call)
    if (!slot) return
    slot.call = undefined
    const waiting = this.stopWaiting(slot)
    if (this.settings.single || !this.current.includes(slot)) this.destroy(slot)
    if (waiting) this.start(waiting)
  }

  lost(call: Call, failureClass: string): void {
    this.forget(call)
    const slot = this.slotOf(call)
    if (!slot) return
    lose(slot, call, failureClass)
    const waiting = this.abandon(slot)
    if (waiting) this.connect(waiting)
  }

  discard(call: Call): void {
    call.stop()
    this.forget(call)
    this.dials.get(call)?.destroy()
    this.dials.delete(call)
    for (const slot of this.slots) if (slot.waiting === call) this.stopWaiting(slot)
    const slot = this.slotOf(call)
    if (!slot) return
    const waiting = this.abandon(slot)
    this.destroy(slot)
    if (waiting) this.connect(waiting)
  }

  private start(call: Call): void {
    if (!this.calls.includes(call)) this.calls.push(call)
    const slot = this.settings.single ? undefined : this.slotFor(call.request.url)
    if (!slot?.line.reusable) this.connect(call)
    else if (!slot.call) this.carry(call, slot)
    else if (slot.call.exchange.settled && !slot.waiting) this.wait(call, slot)
    else this.connect(call)
  }

  private wait(call: Call, slot: Slot): void {
    slot.waiting = call
    // one immediate later, so that bytes that a busy event loop has not read yet are read first
    slot.grace = setTimeout(() => setImmediate(() => this.giveUp(call, slot)), GRACE_MS)
  }

  private giveUp(call: Call, slot: Slot): void {
    if (slot.waiting !== call) return
    slot.waiting = undefined
    if (slot.call) this.discard(slot.call)
    this.connect(call)
  }

  private stopWaiting(slot: Slot): Call | undefined {
    const { waiting } = slot
    if (waiting === undefined) return undefined
    clearTimeout(slot.grace)
    slot.waiting = undefined
    return waiting
  }

  /** Returns the current socket for the origin of `url`. The URL object is compared first, because reading its `origin` takes longer. */
  private slotFor(url: URL): Slot | undefined {
    for (const slot of this.current) if (slot.url === url) return slot
    const { origin } = url
    const slot = this.current.find((one) => one.origin === origin)
    if (slot) slot.url = url
    return slot
  }

  /** Returns the socket that carries a call; undefined when none does. */
  private slotOf(call: Call): Slot | undefined {
    for (const slot of this.current) if (slot.call === call) return slot
    for (const slot of this.slots) if (slot.call === call) return slot
    return undefined
  }

  private forget(call: Call): void {
    const at = this.calls.indexOf(call)
    if (at >= 0) this.calls.splice(at, 1)
  }

  private carry(call: Call, slot: Slot): void {
    slot.call = call
    call.reused = slot.used
    call.wireFaults = slot.wireFaults
    slot.used = true
    slot.line.request(call.request, !this.settings.keepAlive, call)
  }

  private connect(call: Call): void {
    const plan = planOrFailure(call.request.url, this.settings, (failure) => this.unreached(call, failure))
    if (!plan) return
    this.dials.set(
      call,
      dial(plan, {
        connected: (socket, times) => this.connected(call, socket, times),
        failed: (failure) => this.unreached(call, failure),
      }),
    )
  }

  connectAhead(address: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const url = new URL(address)
      const plan = planOrFailure(url, this.settings, () => resolve(false))
      if (!plan) return
      let isConnected = false
      const dialling = dial(plan, {
        connected: (socket, times) => {
          isConnected = true
          // A socket that was opened ahead may have been idle for a while, like one that is used again.
          this.add(socket, url, times).used = true
          resolve(true)
        },
        failed: () => resolve(false),
      })
      endWith(signal, () => {
        if (!isConnected) dialling.destroy()
        resolve(false)
      })
    })
  }

  private connected(call: Call, socket: Socket, times: ConnectTimes): void {
    this.dials.delete(call)
    const slot = this.add(socket, call.request.url, times)
    if (Number.isNaN(call.exchange.sentAt)) call.exchange.connected(times)
    this.carry(call, slot)
  }

  /** Adds a new socket, which becomes the current one of its origin. */
  private add(socket: Socket, url: URL, times: ConnectTimes): Slot {
    const { origin } = url
    const line = this.settings.client.attach(socket, origin, forwarding(url, this.settings))
    const slot = new Slot(socket, line, origin)
    watchEnd(socket, () => this.ended(slot))
    this.slots.add(slot)
    this.current = [...this.current.filter((one) => one.origin !== origin), slot]
    this.announce(times)
    return slot
  }

  private announce(times: ConnectTimes): void {
    this.settings.events.opened(times)
    if (Number.isNaN(this.lostAt)) return
    this.settings.events.reconnected(now() - this.lostAt)
    this.lostAt = Number.NaN
  }

  private unreached(call: Call, failure: Failure): void {
    this.dials.delete(call)
    this.forget(call)
    call.stop()
    this.settings.events.openFailed(failure.class)
    call.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
  }

  /** Takes a socket out of use, and returns the call that waited for it. */
  private abandon(slot: Slot): Call | undefined {
    slot.call = undefined
    this.retire(slot)
    return this.stopWaiting(slot)
  }

  private destroy(slot: Slot): void {
    this.retire(slot)
    end(slot)
  }

  private retire(slot: Slot): void {
    if (this.current.includes(slot)) this.current = this.current.filter((one) => one !== slot)
  }

  private ended(slot: Slot): void {
    this.slots.delete(slot)
    const waiting = this.abandon(slot)
    if (waiting) this.connect(waiting)
    if (reportEnd(slot, this.settings.events)) this.lostAt = now()
    if (this.slots.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve()
  }
}
