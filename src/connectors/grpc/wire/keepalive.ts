import type { ClientHttp2Session } from 'node:http2'
import { now } from '../../../clock.ts'
import type { Failure } from '../../../exchange.ts'

/** When to send HTTP/2 keepalive pings: interval and deadline of the answer in ms, and whether to ping without open calls. */
export interface KeepaliveRule {
  readonly every: number
  readonly timeout: number
  readonly withoutCalls: boolean
}

interface KeepaliveOwner {
  /** True when a call is open. */
  busy(): boolean
  /** Called when an answer did not come in time. */
  silent(failure: Failure): void
}

/** Sends HTTP/2 keepalive pings after silence on one connection, with a deadline for each answer. */
export class Keepalive {
  private readonly session: ClientHttp2Session
  private readonly rule: KeepaliveRule
  private readonly owner: KeepaliveOwner
  private receivedAt = now()
  private timer: NodeJS.Timeout | undefined
  private over = false

  constructor(session: ClientHttp2Session, rule: KeepaliveRule, owner: KeepaliveOwner) {
    this.session = session
    this.rule = rule
    this.owner = owner
    this.rest(rule.every)
  }

  /** Called when anything came from the server. */
  received(): void {
    this.receivedAt = now()
  }

  stop(): void {
    this.over = true
    clearTimeout(this.timer)
  }

  private rest(ms: number): void {
    if (this.over) return
    this.timer = setTimeout(() => this.due(), ms)
  }

  private due(): void {
    const silentMs = now() - this.receivedAt
    if (silentMs < this.rule.every) this.rest(this.rule.every - silentMs)
    else if (this.rule.withoutCalls || this.owner.busy()) this.ping()
    else this.rest(this.rule.every)
  }

  private ping(): void {
    if (this.session.closed || this.session.destroyed) return
    const message = `no answer to a keepalive ping for ${this.rule.timeout} ms: the peer is gone or stuck`
    this.timer = setTimeout(() => this.owner.silent({ class: 'timeout_idle', phase: 'stream', message }), this.rule.timeout)
    this.session.ping(() => {
      clearTimeout(this.timer)
      this.receivedAt = now()
      this.rest(this.rule.every)
    })
  }
}
