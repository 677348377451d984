import { DEFAULT_MOST_USERS } from '../../load/arrivals.ts'
import type { MachineLimits } from '../../machine.ts'
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'
import { partOf, WHOLE } from '../../statistics/parts/share.ts'

/** Open files other than sockets: results, journal, standard streams, libraries. */
export const OTHER_FILES = 64
/** Memory of one user in bytes, measured over HTTP with the mock in the same process, which is more than most runs take. */
export const MEMORY_PER_USER_BYTES = 280 * 1024
/** Share of the local ports that connections to one address may take. */
const PORT_SHARE = 0.9

/** How many users an open phase without `maxUsers` may have at once, and what bounds their number. */
export interface UserLimit {
  readonly users: number
  readonly by: 'default' | 'open files' | 'local ports' | 'memory'
}

type Target = Pick<PlannedTarget, 'connector' | 'options' | 'mock'> & { readonly name?: string }

/** Returns the largest number of connections that `users` users of a target have open at the same time. */
export function socketsOf({ connector, options }: Target, users: number): number {
  return connector.sockets?.(options, users) ?? users
}

/** Returns how many sockets of this process one connection to a target takes: 1, or 3 when it goes through a relay that injects faults. */
export function socketsEach({ name }: Target, wireFaults: Plan['wireFaults']): number {
  return wireFaults?.some(({ target }) => target === undefined || target === name) ? 3 : 1
}

/** Returns the largest number of users that this machine can have, with enough open files left for the run's own files. */
export function userLimit(
  targets: readonly Target[],
  machine: MachineLimits,
  { wireFaults, share = WHOLE }: Partial<Pick<Plan, 'wireFaults' | 'share'>> = {},
): UserLimit {
  const { openFiles, localPorts, memoryBytes } = machine
  const files = openFiles === null ? Number.POSITIVE_INFINITY : openFiles - Math.min(OTHER_FILES, openFiles / 2)
  const ports = (localPorts ?? Number.POSITIVE_INFINITY) * PORT_SHARE
  const sockets = (users: number) => targets.map((target) => socketsOf(target, users))
  // An embedded mock server opens a socket of its own for each connection.
  const filesOf = (users: number) =>
    targets.reduce(
      (sum, target) => sum + socketsOf(target, users) * (socketsEach(target, wireFaults) + (target.mock === undefined ? 0 : 1)),
      0,
    )
  const limits: readonly UserLimit[] = [
    { users: mostWith((users) => filesOf(users) <= files), by: 'open files' },
    { users: mostWith((users) => Math.max(...sockets(users)) <= ports), by: 'local ports' },
    { users: mostWith((users) => users * MEMORY_PER_USER_BYTES <= memoryBytes / 2), by: 'memory' },
  ]
  return limits.reduce<UserLimit>((least, limit) => (limit.users < least.users ? limit : least), {
    users: partOf(DEFAULT_MOST_USERS, share),
    by: 'default',
  })
}

/** Returns the largest number of users, from 1 to the default, for which `holds` is true; `holds` is true up to some number. */
function mostWith(holds: (users: number) => boolean): number {
  let low = 1
  for (let high = DEFAULT_MOST_USERS; low < high; ) {
    const middle = Math.ceil((low + high) / 2)
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}
