import { CookieJar } from '../../auth/cookie-jar.ts'
import { type AuthBlock, type AuthUser, type CredentialSource, type Credentials, credentialsOf } from '../../auth/index.ts'
import { wallNow } from '../../clock.ts'
import {
  type Connection,
  type ConnectionEvents,
  type CookieKeeper,
  sharedAddress,
  type TargetAddress,
} from '../../connectors/wire/connector.ts'
import type { RelayedConnection, WireRelay } from '../../connectors/wire/relay.ts'
import type { ChatOptions } from '../../dialects/parts/dialect.ts'
import { LocalError, TargetError, type WireCauses } from '../../errors.ts'
import type { ConnectTimes, Exchange } from '../../exchange.ts'
import type { Tree } from '../../language/template/template.ts'
import { UserLengths } from '../../payloads/lengths.ts'
import type { Random } from '../../random.ts'
import type { PlannedConversation, PlannedGroup, PlannedTarget } from '../../scenario/compile/plan.ts'
import type { Conversation } from './conversation.ts'

/** The parts of a user and its run that its client for a target needs. */
interface ClientContext {
  readonly userId: number
  readonly seed: string
  readonly baseDir: string
  readonly random: Random
  /** Returns the variables of the user's present iteration, by name. */
  readonly scope: () => Readonly<Record<string, unknown>>
  readonly events: ConnectionEvents
  readonly group: PlannedGroup | undefined
  readonly conversation: Conversation
  readonly conversationPlan: PlannedConversation
  /** The source of credentials for this target; undefined when there is none, as for a fixed key in `auth:`. */
  readonly credentials: CredentialSource | undefined
  /** Address of the embedded mock server for this target, when it has one. */
  readonly mockOrigin: string | undefined
  /** The relay that injects faults into connections to this target; undefined when the scenario has none for it. */
  readonly relay: WireRelay | undefined
}

const NO_CREDENTIALS: Credentials = { headers: {}, query: {} }

/** One user's access to one target: sends the user's requests over the user's connections, with the user's credentials and cookies. */
export class TargetClient {
  readonly target: PlannedTarget
  private readonly context: ClientContext
  private opening: AbortController | undefined
  private connection: Connection<unknown> | undefined
  /** Number of failed connects that the connector has reported, and, in `failedBefore`, their number when the last exchange was sent. */
  private failedOpens = 0
  private failedBefore = 0
  /** What the relay knows of the last connection that was opened through it; undefined without a relay. */
  private way: RelayedConnection | undefined
  private leadings = 0
  private readonly relay: WireRelay | undefined
  private fixedAddress: TargetAddress | undefined
  private fixedMapping: unknown
  /** The target's address as plugin hooks have changed it for the present attempt; undefined when they have not. */
  hooked: TargetAddress | undefined
  private fixedFields: unknown
  /** Draws the length of reply that each message asks for; undefined when all messages ask for the same. */
  readonly replyLengths: UserLengths | undefined
  private readonly user: AuthUser
  /** Cookies of this conversation; undefined when the scenario does not keep any. */
  private jar: CookieJar | undefined
  /** Gives the connector the cookies of the conversation and of a login, and stores those that replies set. */
  private readonly cookies: CookieKeeper | undefined

  constructor(target: PlannedTarget, context: ClientContext) {
    this.target = target
    this.context = context
    this.replyLengths = UserLengths.of(context.group?.replyTokens ?? target.replyTokens, context.seed, 'reply', context.userId)
    this.user = { id: Math.max(0, context.userId), fields: () => this.fields() }
    this.relay = context.relay && this.watched(context.relay)
    this.forgetCookies()
    if (context.conversationPlan.cookies || context.credentials) this.cookies = this.keeper(context.credentials)
  }

  /** Returns a relay that works like the given one, and stores its last connection in `way`. */
  private watched(relay: WireRelay): WireRelay {
    return {
      host: relay.host,
      port: relay.port,
      lead: (from, to, led) => {
        this.leadings += 1
        this.way = relay.lead(from, to, led, `${this.context.userId} ${this.leadings}`)
        return this.way
      },
    }
  }

  /** The faults injected into the last connection that was opened; undefined without a relay. */
  get openingFaults(): WireCauses | undefined {
    return this.way
  }

  private keeper(credentials: CredentialSource | undefined): CookieKeeper {
    return {
      header: (own, url) => this.jar?.headerWith(own, url) ?? own ?? '',
      store: (setCookies, url) => {
        credentials?.observe(this.user, url, setCookies)
        for (const header of setCookies) this.jar?.store(header, url)
      },
    }
  }

  /** Returns the rendered mapping of the dialect `generic`; without templates always the same object, so that its paths are compiled once. */
  mapping(): unknown {
    const { mapping } = this.target
    const { scope, random } = this.context
    if (!mapping.static) return mapping.render(scope(), random)
    this.fixedMapping ??= mapping.render(scope(), random)
    return this.fixedMapping
  }

  /** Returns the chat options, with the templates in the model and the extra fields rendered. */
  chat(): ChatOptions {
    const { chat, body, model } = this.target
    const { scope, random } = this.context
    const bounded = this.replyLengths ? { ...chat, maxTokens: this.replyLengths.next(scope(), random) } : chat
    const named = model.static ? bounded : { ...bounded, model: model.render(scope(), random) }
    // The schema made the body a record, and rendering keeps its keys.
    return body.static ? named : { ...named, body: body.render(scope(), random) as Record<string, unknown> }
  }

  /** Returns the target's address with this user's values and credentials; rendered only once when it holds no templates. */
  address(): TargetAddress {
    return this.withConversation(this.fixedAddress ?? this.renderAddress())
  }

  private isFixed(): boolean {
    const { url, headers, query, auth } = this.target
    const { group, credentials } = this.context
    return credentials === undefined && [url, headers, query, auth?.tree, group?.headers].every((part) => part?.static ?? true)
  }

  private renderAddress(): TargetAddress {
    const { scope, random, group } = this.context
    // The schema made these records of text, and the block one of the auth forms; rendering keeps the shape.
    const record = (tree: Tree | undefined) => (tree ? (tree.render(scope(), random) as Record<string, string>) : {})
    const url = this.renderUrl()
    const { headers, query, ...signing } = this.credentials(url)
    const rendered = {
      url,
      headers: { ...record(this.target.headers), ...record(group?.headers), ...headers },
      query: { ...record(this.target.query), ...query },
      tls: this.target.address.tls,
      ...(this.cookies && { cookies: this.cookies }),
      ...signing,
    }
    if (this.isFixed()) this.fixedAddress = this.cookies ? rendered : sharedAddress(this.target, rendered)
    return this.fixedAddress ?? rendered
  }

  private renderUrl(): string {
    const { scope, random, mockOrigin } = this.context
    const url = this.target.url.render(scope(), random)
    return mockOrigin !== undefined && url.startsWith('mock:') ? mockOrigin + url.slice('mock:'.length) : url
  }

  private credentials(url: string): Credentials {
    if (this.context.credentials) return this.context.credentials.current(this.user, url)
    const block = this.fields() as AuthBlock | undefined
    return block ? credentialsOf(block) : NO_CREDENTIALS
  }

  /** Returns the block `auth:` with this user's values in its templates. The schema has checked its form, which rendering keeps. */
  private fields(): unknown {
    const tree = this.target.auth?.tree
    if (!tree?.static) return tree?.render(this.context.scope(), this.context.random)
    this.fixedFields ??= tree.render(this.context.scope(), this.context.random)
    return this.fixedFields
  }

  /** Returns the address with the id that the target gave the conversation, if the scenario sends the id along. */
  private withConversation(address: TargetAddress): TargetAddress {
    const { id } = this.context.conversation
    const sendAs = this.context.conversationPlan.id?.sendAs
    const part = sendAs?.in === 'query' ? 'query' : 'headers'
    return id === undefined || sendAs === undefined ? address : { ...address, [part]: { ...address[part], [sendAs.name]: id } }
  }

  /** Gets credentials for the next attempt. Returns undefined if they are there, else a promise that may reject with AuthError. */
  ready(): Promise<void> | undefined {
    return this.context.credentials?.ready(this.user)
  }

  /** Reports the end of an attempt to the source of credentials, which drops credentials that a reply 401 refused. */
  settled(exchange: Exchange): void {
    if (exchange.status === 401) this.context.credentials?.refused(this.user, exchange.sentAt)
  }

  /** Empties the cookie jar, because a new conversation begins. */
  forgetCookies(): void {
    if (this.context.conversationPlan.cookies) this.jar = new CookieJar(wallNow)
  }

  /** True when the user has an open connection to the target. */
  get connected(): boolean {
    return this.connection !== undefined && !this.connection.gone
  }

  /**
   * Sends one request over the open connection, or else opens one and returns a promise. What goes wrong at the target fails the exchange; only a bug
   * in burn throws or rejects.
   */
  send(request: unknown, exchange: Exchange): Promise<void> | undefined {
    if (this.connection?.gone) this.connection = undefined
    this.failedBefore = this.failedOpens
    if (!this.connection) return this.openAndSend(request, exchange)
    if (!exchange.settled) this.connection.send(request, exchange)
    return undefined
  }

  /** Sends the request of `first` once more over the open connection, with `copy` as its exchange. Without a connection, `copy` is cancelled. */
  repeat(request: unknown, first: Exchange, copy: Exchange): void {
    const { connection } = this
    if (!connection || connection.gone) copy.cancel()
    else if (connection.repeat) connection.repeat(request, first, copy)
    else connection.send(request, copy)
  }

  /** Ends the connection that carries an exchange, with a reset or a close, as the peer or the network might do. */
  sever(exchange: Exchange, how: 'reset' | 'close'): void {
    this.connection?.sever?.(exchange, how)
  }

  private async openAndSend(request: unknown, exchange: Exchange): Promise<void> {
    try {
      this.connection = await this.open(this.hooked ?? this.address(), exchange)
    } catch (error) {
      return failWith(error, exchange)
    }
    if (!exchange.settled) this.connection.send(request, exchange)
  }

  /**
   * Opens the connection before the first request, if the protocol allows it and all users have the same address. Resolves with false when that fails
   * or `signal` aborts. The failure is not counted, because the first attempt connects again.
   */
  async connectAhead(signal: AbortSignal): Promise<boolean> {
    const { connector, options, url, address } = this.target
    if (this.connection || this.relay || !url.static || !connector.connectsAhead?.(options)) return false
    try {
      // Headers and credentials are not needed to open a connection; they are sent with requests.
      const whereTo = { url: this.renderUrl(), headers: {}, query: {}, tls: address.tls }
      this.connection = await this.open({ ...whereTo, ...(this.cookies && { cookies: this.cookies }) })
      return (await this.connection.connectAhead?.(whereTo.url, signal)) ?? false
    } catch {
      return false
    }
  }

  /** Opens a connection. `exchange` is the one that waits for it; undefined for a connection that is opened ahead. */
  private async open(address: TargetAddress, exchange?: Exchange): Promise<Connection<unknown>> {
    const { userId, seed, baseDir, events } = this.context
    const opening = new AbortController()
    this.opening = opening
    try {
      const connection = await this.target.connector.open(this.target.options, {
        address,
        signal: opening.signal,
        events: {
          ...events,
          opened: (times) => this.opened(times, exchange),
          standing: () => exchange?.startHandshake(),
          // a connect that was stopped because the run ended has not failed
          openFailed: (failureClass) => {
            this.failedOpens += 1
            if (exchange?.outcome !== 'cut') events.openFailed(failureClass)
          },
        },
        baseDir,
        userId,
        seed,
        relay: this.relay,
        localAddresses: this.target.localAddresses,
      })
      if (!opening.signal.aborted) return connection
      await connection.close()
      throw new TargetError('connect_timeout', 'connect', 'the connection was made after its deadline')
    } finally {
      if (this.opening === opening) this.opening = undefined
    }
  }

  /** Stores the connect times in the exchange that waited for a connection opened here. For later connections, connectors do so. */
  private opened(times: ConnectTimes, exchange: Exchange | undefined): void {
    this.context.events.opened(times)
    if (this.opening && exchange && exchange.connect === undefined) exchange.connected(times)
  }

  /** Tells the connection to give up the socket or stream of a failed or cancelled exchange. */
  cancel(exchange: Exchange): void {
    const watched = this.connection?.watchesConnecting === true
    if (this.connection) this.connection.cancel(exchange)
    else this.opening?.abort()
    // the connector is not notified when a connection is given up at the deadline, unless it keeps the deadline itself
    if (!watched && neverConnected(exchange) && this.failedOpens === this.failedBefore)
      this.context.events.openFailed('connect_timeout')
  }

  async close(): Promise<void> {
    this.opening?.abort()
    await this.connection?.close()
    this.connection = undefined
  }
}

/** Returns true when the exchange failed by a time-out before it had a connection. */
function neverConnected({ outcome, sentAt, failure }: Exchange): boolean {
  return outcome === 'failed' && Number.isNaN(sentAt) && failure?.class === 'connect_timeout'
}

function failWith(error: unknown, exchange: Exchange): void {
  if (error instanceof TargetError) exchange.fail(error.class, error.phase, error.message)
  else if (error instanceof LocalError) exchange.fail('local_setup', 'connect', error.message)
  else throw error
}
