import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'

/** Returns the most connections that `users` users of a target have open at the same time. */
export function socketsOf({ connector, options }: PlannedTarget, users: number): number {
  return connector.sockets?.(options, users) ?? users
}

/** Returns warnings for connection pools whose default size is smaller than the number of users. */
export function poolWarnings({ targets }: Plan, users: number): string[] {
  return targets.flatMap(({ name, protocol, connector, options }) => {
    const size = connector.unchosenPool?.(options)
    if (size === undefined || users <= size) return []
    return [
      `${name}: up to ${users} users share ${size} connections, so that requests may wait for one: set ${protocol}.maxConnections`,
    ]
  })
}
