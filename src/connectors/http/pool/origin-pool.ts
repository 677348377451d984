import type { Socket } from 'node:net'
import { now } from '../../../clock.ts'
import type { ConnectTimes, Failure } from '../../../exchange.ts'
import type { ConnectionEvents } from '../../wire/connector.ts'
import { Dialling } from '../../wire/dial.ts'
import type { Call } from '../call.ts'
import { forwarding, planOrFailure, type Reach } from '../reach.ts'
import type { HttpClient } from '../transport.ts'
import { Queue } from './queue.ts'
import { end, GRACE_MS, lose, reportEnd, Slot, sever, watchEnd } from './slot.ts'

/** The settings of a pool of shared HTTP/1.1 connections to one origin, such as its largest size. */
export interface OriginPoolSettings extends Reach {
  /** The largest number of connections at a time, those that are being made included. */
  readonly maxConnections: number
  readonly events: ConnectionEvents
  readonly client: HttpClient
}

/** A connection that is being made, with the call that waits for it. */
interface Dial {
  readonly dialling: Dialling
  /** When connecting began, in monotonic ms. */
  readonly startedAt: number
  call: Call
}

/**
 * The pool of shared HTTP/1.1 connections to one origin. A request uses a connection until its reply ends. When all connections are in use and the
 * pool has its largest size, further requests wait in a queue.
 */
export class OriginPool {
  readonly origin: string
  private readonly settings: OriginPoolSettings
  private readonly waiting = new Queue<Call>()
  private readonly dials = new Map<Call, Dial>()
  /** When each call that waits in the queue or for a new connection came, in monotonic ms. */
  private readonly since = new WeakMap<Call, number>()
  private readonly carried = new Map<Call, Slot>()
  /** Idle connections; the one used last is at the end and is used again first. */
  private readonly idle: Slot[] = []
  /** Connections that still receive the rest of a body although the exchange already has its outcome. */
  private readonly rests = new Set<Slot>()
  /** All open connections to this origin. */
  private readonly slots = new Set<Slot>()
  /** Connections that burn is closing. Their places in the pool become free when they are closed. */
  private readonly closing = new Set<Slot>()
  /** When connections were lost that no new connection has replaced yet, in monotonic ms. */
  private readonly lostAt: number[] = []
  private readonly whenEmpty: (() => void)[] = []
  private serving = false

  constructor(origin: string, settings: OriginPoolSettings) {
    this.origin = origin
    this.settings = settings
  }

  /** Queues a call, which is sent as soon as a connection is free or another one may be made. */
  join(call: Call): void {
    this.since.set(call, now())
    this.waiting.push(call)
    this.serve()
  }

  /** Puts a call at the head of the queue, so that it gets the next free connection. */
  goFirst(call: Call): void {
    this.waiting.unshift(call)
    this.serve()
  }

  /** True while a call is queued, and after that until it is sent, unless most of its time went into connecting. */
  waits(call: Call): boolean {
    const dial = this.dials.get(call)
    if (!dial) return this.waiting.has(call) || (this.carried.has(call) && Number.isNaN(call.exchange.sentAt))
    return dial.startedAt - (this.since.get(call) ?? dial.startedAt) > now() - dial.startedAt
  }

  /** Sends a call again over another connection, because nothing of it was written to its first one. */
  retake(call: Call): void {
    const slot = this.detach(call)
    if (slot?.line.reusable) this.destroy(slot)
    this.goFirst(call)
  }

  draining(call: Call): void {
    const slot = this.carried.get(call)
    if (!slot) return
    this.rests.add(slot)
    this.limitRests()
  }

  freed(call: Call): void {
    const slot = this.detach(call)
    if (!slot) return
    this.idle.push(slot)
    // one microtask later the reply that freed it is stamped, so that the next request is not part of its time
    queueMicrotask(() => this.serve())
  }

  lost(call: Call, failureClass: string): void {
    const slot = this.detach(call)
    if (!slot) return
    lose(slot, call, failureClass)
    if (slot.line.reusable) this.destroy(slot)
  }

  discard(call: Call): void {
    this.waiting.delete(call)
    this.dropDial(call)
    const slot = this.detach(call)
    if (slot) this.destroy(slot)
  }

  /**
   * Ends the connection of a call, or the idle one used last, for an injected fault: with a reset, as the network does, or with a close, as the
   * server does.
   */
  sever(call: Call | undefined, how: 'reset' | 'close'): void {
    const slot = (call && this.carried.get(call)) ?? this.idle.at(-1)
    if (slot) sever(slot, how)
  }

  /** Closes all connections; resolves when they are closed. */
  async close(): Promise<void> {
    for (const slot of this.slots) this.destroy(slot)
    if (this.slots.size > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve))
  }

  /** Gives free connections to queued calls. Not entered twice: places that become free meanwhile are used by the running loop. */
  private serve(): void {
    if (this.serving) return
    this.serving = true
    try {
      while (this.serveNext());
    } finally {
      this.serving = false
    }
    this.limitRests()
  }

  private serveNext(): boolean {
    if (this.waiting.size === 0) return false
    const slot = this.takeIdle()
    if (!slot && this.slots.size + this.dials.size >= this.settings.maxConnections) return false
    const call = this.waiting.shift()
    if (call && slot) this.carry(call, slot)
    else if (call) this.connect(call)
    return true
  }

  /** Takes an idle connection out of the pool and returns it, skipping those that have begun to close; undefined when none is idle. */
  private takeIdle(): Slot | undefined {
    for (let slot = this.idle.pop(); slot; slot = this.idle.pop()) if (slot.line.reusable) return slot
    return undefined
  }

  private carry(call: Call, slot: Slot): void {
    slot.call = call
    this.carried.set(call, slot)
    call.reused = slot.used
    call.wireFaults = slot.wireFaults
    slot.used = true
    slot.line.request(call.request, false, call)
  }

  private connect(call: Call): void {
    const plan = planOrFailure(call.request.url, this.settings, (failure) => this.unreached(call, failure))
    if (!plan) return
    const dialling = new Dialling(plan, {
      connected: (socket, times) => this.connected(dial.call, socket, times),
      failed: (failure) => {
        this.unreached(dial.call, failure)
        this.undialled(dial.call)
      },
    })
    const dial: Dial = { dialling, startedAt: now(), call }
    this.dials.set(call, dial)
    dialling.start()
  }

  /**
   * Handles a call that leaves while its connection is being made: the connection goes to the next call in the queue, or is given up if none waits.
   */
  private dropDial(call: Call): void {
    const dial = this.dials.get(call)
    if (!dial) return
    const next = this.waits(call) ? this.waiting.shift() : undefined
    if (next) {
      this.dials.delete(call)
      dial.call = next
      this.dials.set(next, dial)
    } else {
      dial.dialling.destroy()
      this.undialled(call)
    }
  }

  private unreached(call: Call, failure: Failure): void {
    this.settings.events.openFailed(failure.class)
    call.failed(failure)
  }

  private undialled(call: Call): void {
    this.dials.delete(call)
    this.serve()
  }

  private connected(call: Call, socket: Socket, times: ConnectTimes): void {
    this.dials.delete(call)
    const { client } = this.settings
    const slot = new Slot(socket, client.attach(socket, this.origin, forwarding(call.request.url, this.settings)), this.origin)
    watchEnd(socket, () => this.ended(slot))
    this.slots.add(slot)
    this.announce(times)
    if (Number.isNaN(call.exchange.sentAt)) call.exchange.connected(times)
    this.carry(call, slot)
  }

  private announce(times: ConnectTimes): void {
    this.settings.events.opened(times)
    const since = this.lostAt.shift()
    if (since !== undefined) this.settings.events.reconnected(now() - since)
  }

  /** Takes the connection away from a call, and returns it; undefined when the call has none. */
  private detach(call: Call): Slot | undefined {
    const slot = this.carried.get(call)
    if (!slot) return undefined
    this.carried.delete(call)
    this.rests.delete(slot)
    slot.call = undefined
    clearTimeout(slot.grace)
    slot.grace = undefined
    return slot
  }

  /** While calls wait in the queue, gives connections whose exchange is over only GRACE_MS for the rest of their reply. */
  private limitRests(): void {
    if (this.waiting.size === 0) return
    for (const slot of this.rests) {
      const { call } = slot
      // one immediate later, so that bytes that a busy event loop has not read yet are read first
      slot.grace ??= setTimeout(() => setImmediate(() => this.giveUp(slot, call)), GRACE_MS)
    }
  }

  private giveUp(slot: Slot, call: Call | undefined): void {
    if (slot.call !== call) return
    slot.grace = undefined
    if (this.waiting.size > this.closing.size) call?.abandon()
  }

  private destroy(slot: Slot): void {
    this.closing.add(slot)
    end(slot)
  }

  private ended(slot: Slot): void {
    this.slots.delete(slot)
    if (slot.call) this.detach(slot.call)
    const at = this.idle.indexOf(slot)
    if (at >= 0) this.idle.splice(at, 1)
    this.closing.delete(slot)
    if (reportEnd(slot, this.settings.events)) this.lostAt.push(now())
    this.serve()
    if (this.slots.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve()
  }
}
