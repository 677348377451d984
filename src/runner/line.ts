/** One user's line to one target: its address and credentials, and the connection that is made when it is first needed. */
import { credentialsOf } from '../auth/index.ts'
import type { Connection, ConnectionEvents, TargetAddress } from '../connectors/connector.ts'
import type { ChatOptions } from '../dialects/dialect.ts'
import { LocalError, TargetError } from '../errors.ts'
import type { ConnectTimes, Exchange } from '../exchange.ts'
import type { Tree } from '../language/template.ts'
import type { Random } from '../random.ts'
import type { PlannedConversation, PlannedGroup, PlannedTarget } from '../scenario/plan.ts'
import type { Conversation } from './conversation.ts'

/** What a line needs to know of its user and its run. */
export interface LineContext {
  readonly userId: number
  readonly baseDir: string
  readonly random: Random
  readonly scope: Readonly<Record<string, unknown>>
  readonly events: ConnectionEvents
  readonly group: PlannedGroup | undefined
  readonly conversation: Conversation
  readonly conversationPlan: PlannedConversation
  /** Origin of the embedded mock for this target, when it has one. */
  readonly mockOrigin: string | undefined
}

export class Line {
  readonly target: PlannedTarget
  private readonly context: LineContext
  private opening: AbortController | undefined
  private connection: Connection<unknown> | undefined
  private fixedAddress: TargetAddress | undefined
  private fixedMapping: unknown

  constructor(target: PlannedTarget, context: LineContext) {
    this.target = target
    this.context = context
  }

  /** Mapping of the generic dialect, rendered; the same object each time when it has no templates, so that its paths are compiled once. */
  mapping(): unknown {
    const { mapping } = this.target
    const { scope, random } = this.context
    if (!mapping.static) return mapping.render(scope, random)
    this.fixedMapping ??= mapping.render(scope, random)
    return this.fixedMapping
  }

  /** Chat options with their extra fields rendered. */
  chat(): ChatOptions {
    const { chat, body, model } = this.target
    const { scope, random } = this.context
    const named = model.static ? chat : { ...chat, model: model.render(scope, random) }
    // The schema made the body a record, and rendering keeps the shape.
    return body.static ? named : { ...named, body: body.render(scope, random) as Record<string, unknown> }
  }

  /** The address with this user's templates and credentials; worked out once when nothing in it can change. */
  address(): TargetAddress {
    const address = this.fixedAddress ?? this.renderAddress()
    if (this.isFixed()) this.fixedAddress = address
    return this.withConversation(address)
  }

  private isFixed(): boolean {
    const { target, context } = this
    const parts = [target.url, target.headers, target.query, target.auth?.tree, context.group?.headers]
    return parts.every((part) => part?.static ?? true)
  }

  private renderAddress(): TargetAddress {
    const { target, context } = this
    const { scope, random } = context
    const url = target.url.render(scope, random)
    // The schema made these records of text, and the block one of the auth forms; rendering keeps the shape.
    const record = (tree: Tree | undefined) => (tree ? (tree.render(scope, random) as Record<string, string>) : {})
    const block = target.auth?.tree.render(scope, random) as NonNullable<PlannedTarget['auth']>['block'] | undefined
    const credentials = block ? credentialsOf(block) : { headers: {}, query: {} }
    return {
      url: context.mockOrigin !== undefined && url.startsWith('mock:') ? context.mockOrigin + url.slice('mock:'.length) : url,
      headers: { ...record(target.headers), ...record(context.group?.headers), ...credentials.headers },
      query: { ...record(target.query), ...credentials.query },
      tls: target.address.tls,
    }
  }

  /** The conversation's id, once the target has given it one. */
  private withConversation(address: TargetAddress): TargetAddress {
    const { id } = this.context.conversation
    const sendAs = this.context.conversationPlan.id?.sendAs
    if (id === undefined || sendAs === undefined) return address
    const part = sendAs.in === 'query' ? 'query' : 'headers'
    return { ...address, [part]: { ...address[part], [sendAs.name]: id } }
  }

  /** Waits for what must be there before a request can be made; fails the exchange when that cannot be had. */
  async ready(_exchange: Exchange): Promise<void> {}

  /** An exchange of this line is over. */
  settled(_exchange: Exchange): void {}

  /** A new conversation begins. */
  forget(): void {}

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
