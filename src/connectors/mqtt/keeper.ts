import { now } from '../../clock.ts'
import { LocalError, TargetError } from '../../errors.ts'
import type { Failure } from '../../exchange.ts'
import { endWith, type OpenContext } from '../wire/connector.ts'
import { Backoff } from '../wire/lasting/backoff.ts'
import { type ConnectTry, failureOf, ReconnectingConnection, type ReconnectingOwner } from '../wire/lasting/reconnecting.ts'
import type { MqttLink } from './link/link.ts'
import { openLink } from './link/open.ts'
import type { RequestedTopics } from './link/subscribe.ts'
import { stopped } from './link/transport.ts'
import type { MqttOptions } from './options/options.ts'
import type { TopicOwner } from './options/topics.ts'

/**
 * The longest duration in ms of one try to reconnect with the option `reconnect`. It is the only deadline of such a try, because no attempt waits for
 * it; a try that `open` makes also ends with its attempt.
 */
const TRY_MS = 10_000

interface Loss {
  /** When the connection was lost, in monotonic ms. */
  readonly at: number
  /** The last packet id before the loss. A broker that keeps the session may use the same id for the same publish (QoS 2). */
  readonly lastId: number
}

/**
 * The latest loss of each user whose connection is down, by target and user number. It is kept here because a new connection of the user has no other
 * memory of it.
 */
const losses = new WeakMap<MqttOptions, Map<number, Loss>>()

/** The owner of a `LinkKeeper`, which is called when the MQTT connection was made again or could not be made. */
interface LinkUser {
  /** Topics to which steps have subscribed; a new session has to subscribe to them again. */
  readonly subscriptions: RequestedTopics
  readonly inFlight: number
  /** Called when a new connection has replaced a lost one. */
  renewed(link: MqttLink): void
  lost(failure: Failure): void
  /** Called when the MQTT connection could not be made again. */
  failed(failure: Failure): void
}

/**
 * Opens the MQTT connection of one user, and opens it again after it was lost. A connection counts as a reconnect when the previous one of the same
 * user was lost, even if another `LinkKeeper` had opened that one.
 */
export class LinkKeeper implements ReconnectingOwner<MqttLink> {
  readonly machine: ReconnectingConnection<MqttLink>
  /** The owner that is called about the connection; undefined until the first connection is open. */
  user: LinkUser | undefined
  private readonly options: MqttOptions
  private readonly context: OpenContext
  private readonly topics: TopicOwner
  private readonly losses: Map<number, Loss>
  private readonly first = Promise.withResolvers<MqttLink>()

  constructor(options: MqttOptions, context: OpenContext, topics: TopicOwner) {
    this.options = options
    this.context = context
    this.topics = topics
    this.losses = losses.get(options) ?? new Map()
    losses.set(options, this.losses)
    const backoff = options.reconnect && new Backoff(options.reconnect, 'mqtt reconnect', context)
    const lateMessage = `reconnecting took longer than ${TRY_MS} ms`
    this.machine = new ReconnectingConnection(
      { events: context.events, backoff, tryMs: TRY_MS, lateMessage, countsLater: true },
      this,
    )
  }

  get inFlight(): number {
    return this.user?.inFlight ?? 0
  }

  /**
   * Opens the first link. After a loss it counts as a reconnect, whose time begins with the loss if the option `reconnect` is set, else now.
   * @throws TargetError when the broker cannot be reached or refuses; LocalError for settings that cannot be used
   */
  open(): Promise<MqttLink> {
    const { signal, userId } = this.context
    endWith(signal, () => {
      void this.machine.close().then(() => this.first.reject(stopped()))
    })
    const loss = this.losses.get(userId)
    if (loss) this.machine.resume(this.options.reconnect ? loss.at : now())
    else this.machine.want()
    return this.first.promise
  }

  /** Called when the link has ended; `failure` is undefined when burn ended it. */
  ended(link: MqttLink, failure: Failure | undefined): void {
    const { userId } = this.context
    if (!this.machine.closed && !this.losses.has(userId))
      this.losses.set(userId, { at: now(), lastId: link.ids.getLastAllocated() })
    if (failure) this.machine.lost(link, failure)
  }

  connect(): ConnectTry {
    const { machine, losses, context, user } = this
    const stopping = new AbortController()
    const { signal } = stopping
    const lastId = losses.get(context.userId)?.lastId ?? 0
    const earlier = { lastId, subscriptions: user?.subscriptions ?? new Map() }
    const over = openLink(this.options, { ...context, signal }, this.topics, earlier).then(
      (link) => {
        if (!signal.aborted) return machine.opened(link, link.times)
        link.end('close')
        return link.gone
      },
      (error: unknown) => {
        if (signal.aborted) return
        if (!(error instanceof TargetError || error instanceof LocalError)) throw error
        machine.failed(error)
      },
    )
    return {
      givenUp: (message) => ({ class: 'connect_timeout', phase: 'connect', message }),
      destroy() {
        stopping.abort()
        return over
      },
    }
  }

  opened(link: MqttLink): void {
    this.losses.delete(this.context.userId)
    this.first.resolve(link)
    this.user?.renewed(link)
  }

  lost(failure: Failure): void {
    this.user?.lost(failure)
  }

  failed(problem: Failure | LocalError): void {
    const failure = failureOf(problem)
    this.first.reject(problem instanceof Error ? problem : new TargetError(failure.class, failure.phase, failure.message))
    this.user?.failed(failure)
  }
}
