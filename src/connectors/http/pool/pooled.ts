import type { Exchange } from '../../../exchange.ts'
import type { Connection } from '../../wire/connector.ts'
import { Call, type CallOwner, type CallRules } from '../call.ts'
import type { HttpRequest } from '../transport.ts'
import type { HttpPool } from './pool.ts'

/**
 * One user's access to the pool of HTTP/1.1 connections that all users of a target share. Each request of the user borrows a connection from the
 * pool.
 */
export class PooledConnection implements Connection<HttpRequest>, CallOwner {
  private readonly pool: HttpPool
  private readonly rules: CallRules
  private readonly leave: () => Promise<void>
  private readonly calls = new Map<Exchange, Call>()
  private leaving: Promise<void> | undefined

  /** `leave` is called when this user ends: it closes the pool after its last user. */
  constructor(pool: HttpPool, rules: CallRules, leave: () => Promise<void>) {
    this.pool = pool
    this.rules = rules
    this.leave = leave
  }

  send(request: HttpRequest, exchange: Exchange): void {
    if (this.leaving) exchange.cancel()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else {
      const call = new Call(exchange, request, this.rules, this)
      this.calls.set(exchange, call)
      this.pool.take(call)
    }
  }

  cancel(exchange: Exchange): void {
    const call = this.calls.get(exchange)
    if (!call) return
    if (this.pool.waits(call)) this.explain(exchange)
    this.discard(call)
  }

  sever(exchange: Exchange, how: 'reset' | 'close'): void {
    this.pool.sever(this.calls.get(exchange), how)
  }

  close(): Promise<void> {
    this.leaving ??= this.end()
    return this.leaving
  }

  again(call: Call): void {
    this.pool.again(call)
  }

  onward(call: Call): void {
    this.pool.onward(call)
  }

  elsewhere(call: Call): void {
    this.calls.set(call.exchange, call)
    this.pool.onward(call)
  }

  draining(call: Call): void {
    this.pool.draining(call)
  }

  freed(call: Call): void {
    this.calls.delete(call.exchange)
    this.pool.freed(call)
  }

  lost(call: Call, failureClass: string): void {
    this.calls.delete(call.exchange)
    this.pool.lost(call, failureClass)
  }

  discard(call: Call): void {
    this.calls.delete(call.exchange)
    this.pool.discard(call)
  }

  private async end(): Promise<void> {
    for (const call of [...this.calls.values()]) {
      this.discard(call)
      call.exchange.cancel()
    }
    await this.leave()
  }

  /** Corrects the failure of a call that timed out in the queue of the pool: it was waiting for a free connection, not connecting. */
  private explain(exchange: Exchange): void {
    const { failure } = exchange
    if (!failure) return
    const { maxConnections: n } = this.pool
    const why = n === 1 ? 'the one shared connection was busy' : `all ${n} shared connections were busy`
    exchange.amendFailure({
      class: failure.class === 'connect_timeout' ? 'timeout_pool' : failure.class,
      message: `${failure.message}: ${why} (maxConnections)`,
    })
  }
}
