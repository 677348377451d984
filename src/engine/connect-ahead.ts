/** Creates the first users of an open load, and opens their connections, before the load begins. */
import pLimit from 'p-limit'
import { after, now } from '../clock.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import type { Control } from './schedule/control.ts'
import type { ScheduledUser } from './schedule/scheduled-user.ts'
import type { Users } from './schedule/users.ts'

/** Arrival rate, in iterations per second, from which users are connected before the load; a slower load opens its few connections in time. */
const LEAST_PER_SECOND = 100
/** Users are connected for the arrivals of this time, in ms, and of twice the time that one connection takes to open. */
const ARRIVALS_OF_MS = 20
/** The most users that are connected before the load, and, in `LONGEST_MS`, the longest time in ms that this may take. */
const MOST_USERS = 1000
const LONGEST_MS = 1000
/** Number of connections that are opened at the same time before the load. The first ones also show how long opening one takes. */
const AT_ONCE = 10

/**
 * Opens the connections of a plan's first users before the load starts, so that the first arrivals need not wait for them. Does so only if the load
 * begins with at least 100 arrivals per second and the protocol allows it. `mostUsers` is the largest number of users that this machine can have.
 * Stops after a second, when a connection fails, or when the run is stopped. Resolves with the number of users connected; never rejects.
 */
export async function connectAhead(
  { phases, targets }: Plan,
  users: Users,
  mostUsers: number,
  control: Control,
): Promise<number> {
  const load = phases[0]?.load
  if (load?.model !== 'open' || !targets.some(({ connector, options }) => connector.connectsAhead?.(options))) return 0
  const firstMs = Math.min(1000, load.lengthMs)
  const perSecond = (load.countAt(firstMs) / firstMs) * 1000
  if (perSecond < LEAST_PER_SECOND) return 0
  const most = Math.min(MOST_USERS, mostUsers, load.maxUsers)
  const usersFor = (ms: number) => Math.min(most, Math.ceil((perSecond * ms) / 1000))
  const connecting = new Connecting(users)
  const unsubscribe = control.onChange(() => connecting.abort.abort())
  const fastestMs = await connecting.connect(usersFor(ARRIVALS_OF_MS))
  await connecting.connect(usersFor(ARRIVALS_OF_MS + 2 * fastestMs) - users.made)
  connecting.stopTimer()
  unsubscribe()
  return connecting.connected
}

/** Connects users before the load, a few at a time, until a connection fails or the time for it is over. */
class Connecting {
  private readonly users: Users
  readonly abort = new AbortController()
  private readonly limit = pLimit(AT_ONCE)
  readonly stopTimer = after(LONGEST_MS, () => this.abort.abort())
  connected = 0

  constructor(users: Users) {
    this.users = users
  }

  /** Makes and connects users; resolves with the time in ms that the fastest took, 0 if none was connected. */
  async connect(count: number): Promise<number> {
    if (this.abort.signal.aborted || count <= 0) return 0
    const times = await this.limit.map(this.users.makeAhead(count), (user) => this.connectOne(user))
    return this.connected === 0 ? 0 : Math.min(...times)
  }

  private async connectOne(user: ScheduledUser): Promise<number> {
    const from = now()
    if (!this.abort.signal.aborted && (await user.connectAhead(this.abort.signal))) {
      this.connected += 1
      return now() - from
    }
    this.abort.abort()
    return Number.POSITIVE_INFINITY
  }
}
