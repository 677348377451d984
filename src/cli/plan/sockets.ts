/** How many connections users open: one each, unless their target lets them share. */
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'

/** Connections that so many users of a target have open at a time, at most. */
export function socketsOf({ connector, options }: PlannedTarget, users: number): number {
  return connector.sockets?.(options, users) ?? users
}

/** Pools whose size nobody chose, and that are smaller than the number of users. */
export function poolWarnings({ targets }: Plan, users: number): string[] {
  return targets.flatMap(({ name, protocol, connector, options }) => {
    const size = connector.unchosenPool?.(options)
    if (size === undefined || users <= size) return []
    return [
      `${name}: up to ${users} users share ${size} connections, so that requests may wait for one: set ${protocol}.maxConnections`,
    ]
  })
}
