/** How many users a machine can have: the sockets and local ports that their connections take, and their memory. */
import { isIP } from 'node:net'
import { allSchemes } from '../../connectors/index.ts'
import { DEFAULT_MOST_USERS } from '../../load/arrivals.ts'
import type { MachineLimits } from '../../machine.ts'
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'
import { partOf, WHOLE } from '../../statistics/parts/share.ts'
import { hostOf } from '../../text/host.ts'

/** The number of open files that burn's process needs besides its sockets, for results, the journal, standard streams and libraries. */
export const OTHER_FILES = 64
/**
 * The memory that one user with an idle connection needs, in bytes. It is the larger of two measured values: 25 KiB over WebSocket and 42 KiB over
 * gRPC.
 */
export const IDLE_USER_BYTES = 42 * 1024
/** The memory that one user at work needs, in bytes. It was measured over HTTP with the mock in the same process; most runs need less. */
export const MEMORY_PER_USER_BYTES = 280 * 1024
/** The largest fraction (0 to 1) of this machine's local ports that burn uses for connections to one address. */
export const PORT_SHARE = 0.9

/** The largest number of users that an open phase without `maxUsers` may have at once, and what limits it, such as open files or memory. */
export interface UserLimit {
  readonly users: number
  readonly by: 'default' | 'open files' | 'local ports' | 'memory'
}

/**
 * The fields of a target that decide how many connections it needs. For targets that are not fully planned, only the connector and its options are
 * known.
 */
type SocketTarget = Pick<PlannedTarget, 'connector' | 'options' | 'mock'> & Partial<PlannedTarget>

/** Returns the largest number of connections to a target that `users` users have open at the same time. */
export function socketsOf({ connector, options }: SocketTarget, users: number): number {
  return connector.sockets?.(options, users) ?? users
}

/** Returns how many sockets of burn's process one connection to a target takes: 1, or 3 through burn's own relay, which injects faults. */
export function socketsEach({ name }: SocketTarget, wireFaults: Plan['wireFaults']): number {
  return wireFaults?.some(({ target }) => target === undefined || target === name) ? 3 : 1
}

/**
 * A group of connections that compete for the same local ports: their number, the remote address and port to which all of them go, and the number of
 * local addresses that they use.
 */
export interface PortUse {
  /** Host and port to which the connections go; the name of the target if its URL is known only during the run. */
  readonly place: string
  readonly connections: number
  /** Number of local addresses from which the connections go out. */
  readonly addresses: number
}

/**
 * Returns how many connections `users` users have open, grouped by remote address and by the local addresses that are used. A local port can be used
 * once for each remote address and port, so only connections to the same remote address compete for ports.
 */
export function portUses(targets: readonly SocketTarget[], users: number, wireFaults: Plan['wireFaults']): PortUse[] {
  const uses = new Map<string, PortUse>()
  for (const [index, target] of targets.entries()) {
    if ((target.options as { unixSocket?: string } | undefined)?.unixSocket !== undefined) continue
    // Connections to the relay of injected faults all come from the one loopback address.
    const local = socketsEach(target, wireFaults) > 1 ? [] : (target.localAddresses ?? [])
    const known = placeOf(target)
    const key = `${known ?? index} from ${local.join(' ')}`
    const connections = socketsOf(target, users) + (uses.get(key)?.connections ?? 0)
    uses.set(key, { place: known ?? target.name ?? 'one address', connections, addresses: usableOf(local, known) })
  }
  return [...uses.values()]
}

/**
 * Returns the host and port to which connections for a target go, be it the target or its proxy; undefined when they are not known before the run.
 */
function placeOf({ url, mock, connector, options }: SocketTarget): string | undefined {
  if (!url?.static || mock !== undefined) return undefined
  const text = url.render({})
  const proxy = connector.proxy?.(options, text)
  if (proxy) return `${proxy.host}:${proxy.port}`
  const address = URL.parse(text)
  return address === null ? undefined : `${address.hostname}:${address.port || (allSchemes()[address.protocol]?.port ?? '')}`
}

/** Returns how many of the local addresses can connect to a place: those of the same IP version; 1 when the system chooses the address. */
function usableOf(local: readonly string[], place: string | undefined): number {
  const family = place === undefined ? 0 : isIP(hostOf({ hostname: place.replace(/:\d*$/, '') }))
  const ofFamily = (wished: number) => local.filter((address) => isIP(address) === wished).length
  if (local.length === 0) return 1
  return family === 0 ? Math.max(ofFamily(4), ofFamily(6)) : ofFamily(family)
}

/**
 * Returns the largest number of users that this machine's open files, ports and memory allow, and which of them sets the limit; never more than a
 * default. Some open files are reserved for the files of the run itself.
 */
export function userLimit(
  targets: readonly SocketTarget[],
  machine: MachineLimits,
  { wireFaults, share = WHOLE }: Partial<Pick<Plan, 'wireFaults' | 'share'>> = {},
): UserLimit {
  const { openFiles, localPorts, memoryBytes } = machine
  const files = openFiles === null ? Number.POSITIVE_INFINITY : openFiles - Math.min(OTHER_FILES, openFiles / 2)
  const ports = (localPorts ?? Number.POSITIVE_INFINITY) * PORT_SHARE
  const hasPorts = (users: number) =>
    portUses(targets, users, wireFaults).every(({ connections, addresses }) => connections <= ports * addresses)
  // An embedded mock server opens a socket of its own for each connection.
  const filesOf = (users: number) =>
    targets.reduce(
      (sum, target) => sum + socketsOf(target, users) * (socketsEach(target, wireFaults) + (target.mock === undefined ? 0 : 1)),
      0,
    )
  const limits: readonly UserLimit[] = [
    { users: mostWith((users) => filesOf(users) <= files), by: 'open files' },
    { users: mostWith(hasPorts), by: 'local ports' },
    { users: mostWith((users) => users * MEMORY_PER_USER_BYTES <= memoryBytes / 2), by: 'memory' },
  ]
  return limits.reduce<UserLimit>((least, limit) => (limit.users < least.users ? limit : least), {
    users: partOf(DEFAULT_MOST_USERS, share),
    by: 'default',
  })
}

/** Returns the largest number of users, at most the default, for which `holds` is true. `holds` must be true up to some number and false above. */
function mostWith(holds: (users: number) => boolean): number {
  let low = 1
  for (let high = DEFAULT_MOST_USERS; low < high; ) {
    const middle = Math.ceil((low + high) / 2)
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}
