import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { now } from '../../../clock.ts'
import type { ConnectTimes, Failure } from '../../../exchange.ts'
import { Dialling, type DialPlan } from '../../wire/dial.ts'
import { planOrFailure, type Reach } from '../reach.ts'
import { type CallRefusal, failCall, type Http2Call } from './call.ts'
import { Http2Link } from './link.ts'

/** The settings that all HTTP/2 connections to a target have in common, such as DNS, TLS and limits. */
export interface ChannelSettings extends Reach {
  /** The largest number of streams on one connection at a time. */
  readonly streams: number
}

/** The callbacks of an HTTP/2 connection to its pool: it was opened, it was lost, or the server did not process a request. */
export interface ChannelOwner {
  opened(channel: Channel, times: ConnectTimes): void
  openFailed(failureClass: string): void
  /** Called when the server accepts no more requests on the connection; those in flight may finish. */
  goaway(): void
  /** Called when the connection was lost, before the exchanges in flight fail. */
  lost(channel: Channel, failureClass: string, inFlight: number): void
  closed(): void
  /** Called when the server has not processed a request, which may therefore be sent again elsewhere. */
  givenBack(call: Http2Call, channel: Channel, refusal: CallRefusal): void
  /** Called for a waiting request that cannot be sent here, because the server allows fewer streams than requests waited. */
  crowdedOut(call: Http2Call): void
  /** Called when the socket is closed, or was never made. */
  gone(channel: Channel): void
}

/**
 * One HTTP/2 connection, from dialling to its end. It uses TLS with ALPN, or clear text with prior knowledge. Its states:
 * | state | what it has | what ends it → the next state |
 * | --- | --- | --- |
 * | new | nothing | the first request (`carry`) → dialling |
 * | dialling | waiting requests, the dial | connected → greeting; failed, or no request waits any more → over |
 * | greeting | waiting requests, the link | SETTINGS came → linked; the link is gone, or no request waits any more → over |
 * | linked | the link | the link is gone → over |
 * | over | nothing | never |
 */
export class Channel {
  readonly origin: string
  private readonly settings: ChannelSettings
  private readonly owner: ChannelOwner
  /** The largest number of requests that may wait for the connection. */
  private readonly places: number
  private readonly waiting = new Set<Http2Call>()
  private dialling: Dialling | undefined
  private greeting: Http2Link | undefined
  private link: Http2Link | undefined
  /** True when a request has waited for this connection until its deadline. No further request may wait for it then. */
  private suspect = false
  private used = false
  private over = false

  /** `atMost` is the number of streams that the server allowed on an earlier connection; Infinity when that is unknown. */
  constructor(origin: string, settings: ChannelSettings, atMost: number, owner: ChannelOwner) {
    this.origin = origin
    this.settings = settings
    this.places = Math.min(settings.streams, Math.max(1, atMost))
    this.owner = owner
  }

  /** Number of streams that the server allows at a time; Infinity until its SETTINGS have come. */
  get limit(): number {
    return this.link?.limit ?? Number.POSITIVE_INFINITY
  }

  /** True when another request may use the connection. */
  get hasRoom(): boolean {
    const { link, settings } = this
    if (this.over) return false
    return link ? link.load < settings.streams && link.hasRoom : this.waiting.size < this.places && !this.suspect
  }

  /** True when the connection has not carried any request yet. */
  get fresh(): boolean {
    return !this.used
  }

  carry(call: Http2Call): void {
    call.carrier = this
    if (this.link) this.sendOver(call, this.link, this.used)
    else {
      this.waiting.add(call)
      if (!this.dialling) this.connect(call.request.url)
    }
  }

  /** Ends the connection as a peer or the network does. */
  sever(how: 'reset' | 'close'): void {
    this.link?.sever(how)
  }

  /** Ends a request whose reply is not needed: resets its stream, or stops connecting when no other request waits. */
  drop(call: Http2Call): void {
    if (this.waiting.delete(call)) this.unwait(call)
    else this.link?.drop(call)
  }

  /** Cancels the exchanges in flight and closes the connection for good. */
  close(): void {
    const calls = this.stopWaiting()
    this.over = true
    this.dialling?.destroy()
    const link = this.link ?? this.greeting
    if (link) link.close()
    else this.owner.gone(this)
    for (const call of calls) call.exchange.cancel()
  }

  private stopWaiting(): Http2Call[] {
    const calls = [...this.waiting]
    this.waiting.clear()
    for (const call of calls) {
      call.over()
      call.exchange.unsent()
    }
    return calls
  }

  private unwait(call: Http2Call): void {
    call.over()
    call.exchange.unsent()
    // a failed exchange has waited too long, a cut one has not
    if (call.exchange.failure) this.suspect = true
    if (this.waiting.size > 0) return
    this.dialling?.destroy()
    this.greeting?.close()
    if (this.suspect) this.owner.openFailed('connect_timeout')
    this.finish()
  }

  private finish(): void {
    this.over = true
    this.owner.gone(this)
  }

  private connect(url: URL): void {
    const plan = this.plan(url)
    if (!plan) return
    this.dialling = new Dialling(plan, {
      connected: (socket, times) => this.connected(socket, times),
      failed: (failure) => this.unreached(failure),
    })
    this.dialling.start()
  }

  private plan(url: URL): DialPlan | undefined {
    const plan = planOrFailure(url, this.settings, (failure) => this.unreached(failure))
    return plan && { ...plan, tls: plan.tls && { ...plan.tls, ALPNProtocols: ['h2'] } }
  }

  private unreached(failure: Failure): void {
    const calls = this.stopWaiting()
    this.owner.openFailed(failure.class)
    this.finish()
    for (const call of calls) failCall(call, failure)
  }

  private connected(socket: Socket, times: ConnectTimes): void {
    socket.on('error', ignore)
    if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
      socket.destroy()
      this.unreached({ class: 'tls_protocol', phase: 'tls', message: 'the server does not offer HTTP/2 (no h2 in ALPN)' })
      return
    }
    this.greeting = this.attach(socket, times, now())
  }

  /** Starts the waiting requests when the SETTINGS came: requests above the server's limit would be refused. */
  private greeted(times: ConnectTimes): void {
    const link = this.greeting
    if (!link || this.over) return
    this.greeting = undefined
    this.link = link
    this.owner.opened(this, times)
    // requests that were given back most often go first, so that none waits for ever when the server takes only some
    const calls = [...this.waiting].sort((a, b) => b.moves - a.moves)
    this.waiting.clear()
    for (const call of calls) this.board(call, link, times)
  }

  private attach(socket: Socket, times: ConnectTimes, connectedAt: number): Http2Link {
    const { owner } = this
    const link = new Http2Link(socket, this.origin, this.settings.streams, {
      greeted: () => this.greeted({ ...times, handshakeMs: now() - connectedAt }),
      goaway: () => owner.goaway(),
      lost: (failureClass, inFlight) => this.link && owner.lost(this, failureClass, inFlight),
      closed: () => this.link && owner.closed(),
      givenBack: (call, refusal) => owner.givenBack(call, this, refusal),
      gone: () => this.left(link),
    })
    return link
  }

  private left(link: Http2Link): void {
    if (this.link || this.over) this.finish()
    else this.unreached(link.greetingFailure)
  }

  /** Starts a request that has waited for the connection. If its exchange already has an outcome, the request is dropped. */
  private board(call: Http2Call, link: Http2Link, times: ConnectTimes): void {
    const { exchange } = call
    if (exchange.settled) {
      call.over()
      return
    }
    if (link.limit === 0) {
      call.exchange.unsent()
      failCall(call, { class: 'refused_stream', phase: 'send', message: 'the server allows no streams at all' })
    } else if (!link.hasRoom) this.owner.crowdedOut(call)
    else {
      exchange.connected(times)
      this.sendOver(call, link, false)
    }
  }

  private sendOver(call: Http2Call, link: Http2Link, reused: boolean): void {
    this.used = true
    link.send(call, reused)
  }
}

function ignore(): void {}
