import { TargetError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { Opened } from './link/open.ts'

/** A request that waits for a reconnect. */
interface WaitingRequest<Request> {
  readonly request: Request
  readonly exchange: Exchange
}

/** Opens a new MQTT connection for a user that has lost its own, and holds the request that waits for it. */
export class Returning<Request> {
  private under: AbortController | undefined
  private waiting: WaitingRequest<Request> | undefined

  /** True while a connection is being made. */
  get underWay(): boolean {
    return this.under !== undefined
  }

  /** Keeps a request until the connection is made. */
  wait(request: Request, exchange: Exchange): void {
    this.waiting = { request, exchange }
  }

  /** Drops the waiting request of this exchange. */
  forget(exchange: Exchange): void {
    if (this.waiting?.exchange === exchange) this.waiting = undefined
  }

  /** Stops reconnecting; returns the exchange that waited, undefined when none did. */
  stop(): Exchange | undefined {
    this.under?.abort()
    this.under = undefined
    const exchange = this.waiting?.exchange
    this.waiting = undefined
    return exchange
  }

  /** Connects with `open`; resolves with the connection and the waiting request. Undefined if stopped, or if both failed. */
  async make(
    open: (signal: AbortSignal) => Promise<Opened>,
  ): Promise<{ opened: Opened; waiting: WaitingRequest<Request> | undefined } | undefined> {
    const own = new AbortController()
    this.under = own
    try {
      const opened = await open(own.signal)
      if (this.under === own) return { opened, waiting: this.done() }
      await opened.link.close()
    } catch (error) {
      if (this.under === own) failWaiting(this.done()?.exchange, error)
    }
    return undefined
  }

  private done(): WaitingRequest<Request> | undefined {
    const { waiting } = this
    this.under = undefined
    this.waiting = undefined
    return waiting
  }
}

function failWaiting(exchange: Exchange | undefined, error: unknown): void {
  if (error instanceof TargetError) exchange?.fail(error.class, error.phase, error.message)
  else exchange?.fail('local_setup', 'connect', error instanceof Error ? error.message : String(error))
}
