/** One user's line to one target: its address and credentials, and the connection that is made when it is first needed. */
import { credentialsOf } from '../auth/index.ts'
import type { Connection, ConnectionEvents, TargetAddress } from '../connectors/connector.ts'
import { LocalError, TargetError } from '../errors.ts'
import type { ConnectTimes, Exchange } from '../exchange.ts'
import type { Random } from '../random.ts'
import type { PlannedTarget } from '../scenario/plan.ts'

/** What a line needs to know of its user and its run. */
export interface LineContext {
  readonly userId: number
  readonly baseDir: string
  readonly random: Random
  readonly scope: Readonly<Record<string, unknown>>
  readonly events: ConnectionEvents
  /** Origin of the embedded mock for this target, when it has one. */
  readonly mockOrigin: string | undefined
}

export class Line {
  readonly target: PlannedTarget
  private readonly context: LineContext
  private opening: AbortController | undefined
  private connection: Connection<unknown> | undefined
  private fixedAddress: TargetAddress | undefined

  constructor(target: PlannedTarget, context: LineContext) {
    this.target = target
    this.context = context
  }

  /** The address with this user's templates and credentials; worked out once when nothing in it can change. */
  address(): TargetAddress {
    if (this.fixedAddress) return this.fixedAddress
    const { target } = this
    const address = this.renderAddress()
    if (target.url.static && target.headers.static && target.query.static && (target.auth?.tree.static ?? true))
      this.fixedAddress = address
    return address
  }

  private renderAddress(): TargetAddress {
    const { target, context } = this
    const { scope, random } = context
    const url = target.url.render(scope, random)
    // The schema made these records of text, and the block one of the auth forms; rendering keeps the shape.
    const headers = target.headers.render(scope, random) as Record<string, string>
    const query = target.query.render(scope, random) as Record<string, string>
    const block = target.auth?.tree.render(scope, random) as NonNullable<PlannedTarget['auth']>['block'] | undefined
    const credentials = block ? credentialsOf(block) : { headers: {}, query: {} }
    return {
      url: context.mockOrigin !== undefined && url.startsWith('mock:') ? context.mockOrigin + url.slice('mock:'.length) : url,
      headers: { ...headers, ...credentials.headers },
      query: { ...query, ...credentials.query },
      tls: target.address.tls,
    }
  }

  /** Sends one request; the connection is made first if there is none. Every fault ends up in the exchange. */
  async send(request: unknown, exchange: Exchange): Promise<void> {
    if (this.connection?.gone) this.connection = undefined
    try {
      this.connection ??= await this.open(exchange)
    } catch (error) {
      blame(error, exchange)
      return
    }
    if (!exchange.settled) this.connection.send(request, exchange)
  }

  private async open(exchange: Exchange): Promise<Connection<unknown>> {
    const { userId, baseDir, events } = this.context
    const opening = new AbortController()
    this.opening = opening
    try {
      const connection = await this.target.connector.open(this.target.options, {
        address: this.address(),
        signal: opening.signal,
        events: { ...events, opened: (times) => this.opened(times, exchange) },
        baseDir,
        userId,
      })
      // The deadline passed while it was being made, and nobody will use it.
      if (opening.signal.aborted) await connection.close()
      return connection
    } finally {
      this.opening = undefined
    }
  }

  /** Connections made by `open` belong to the exchange that had to wait for them; later ones tell their exchange themselves. */
  private opened(times: ConnectTimes, exchange: Exchange): void {
    this.context.events.opened(times)
    if (this.opening && exchange.connect === undefined) exchange.connected(times)
  }

  /** Frees what a failed or cut exchange still holds. */
  cancel(exchange: Exchange): void {
    if (this.connection) this.connection.cancel(exchange)
    else this.opening?.abort()
  }

  async close(): Promise<void> {
    this.opening?.abort()
    await this.connection?.close()
    this.connection = undefined
  }
}

function blame(error: unknown, exchange: Exchange): void {
  if (error instanceof TargetError) exchange.fail(error.class, error.phase, error.message)
  else if (error instanceof LocalError) exchange.fail('local_setup', 'connect', error.message)
  else throw error
}
