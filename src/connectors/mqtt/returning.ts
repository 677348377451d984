/** A connection that is being made again, and the exchange that waits for it. */
import { TargetError } from '../../errors.ts'
import type { Exchange } from '../../exchange.ts'
import type { Opened } from './link/open.ts'

/** What waits. */
interface Waiting<Request> {
  readonly request: Request
  readonly exchange: Exchange
}

export class Returning<Request> {
  private under: AbortController | undefined
  private waiting: Waiting<Request> | undefined

  /** Whether a connection is being made. */
  get underWay(): boolean {
    return this.under !== undefined
  }

  /** Something to do when it is made. */
  wait(request: Request, exchange: Exchange): void {
    this.waiting = { request, exchange }
  }

  /** Nobody waits any more for this exchange. */
  forget(exchange: Exchange): void {
    if (this.waiting?.exchange === exchange) this.waiting = undefined
  }

  /** Gives up at once; says what had waited. */
  stop(): Exchange | undefined {
    this.under?.abort()
    this.under = undefined
    const exchange = this.waiting?.exchange
    this.waiting = undefined
    return exchange
  }

  /** Makes a connection. Resolves with it and what waits for it, or with undefined when there is none: what waited has failed then. */
  async make(
    open: (signal: AbortSignal) => Promise<Opened>,
  ): Promise<{ opened: Opened; waiting: Waiting<Request> | undefined } | undefined> {
    const own = new AbortController()
    this.under = own
    try {
      const opened = await open(own.signal)
      if (this.under === own) return { opened, waiting: this.done() }
      await opened.link.close()
    } catch (error) {
      if (this.under === own) blame(this.done()?.exchange, error)
    }
    return undefined
  }

  private done(): Waiting<Request> | undefined {
    const { waiting } = this
    this.under = undefined
    this.waiting = undefined
    return waiting
  }
}

function blame(exchange: Exchange | undefined, error: unknown): void {
  if (error instanceof TargetError) exchange?.fail(error.class, error.phase, error.message)
  else exchange?.fail('local_setup', 'connect', error instanceof Error ? error.message : String(error))
}
