import type { ClientHttp2Session } from 'node:http2'
import { now } from '../../../clock.ts'
import type { Failure } from '../../../exchange.ts'

/**
 * The settings for testing an idle gRPC connection by an HTTP/2 ping: the idle time before a ping in ms (`every`), the longest wait for its answer in
 * ms (`timeout`), and whether to ping while no call is open.
 */
export interface KeepaliveRule {
  readonly every: number
  readonly timeout: number
  readonly withoutCalls: boolean
}

interface KeepaliveOwner {
  /** Returns true while a call is open. */
  busy(): boolean
  /** Called when the server did not answer a ping in time. */
  silent(failure: Failure): void
}

/** Sends an HTTP/2 ping when nothing has come over a connection for a while. Reports when the answer does not come in time. */
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

  /** Puts off the next ping: to be called when the server has sent something. */
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
