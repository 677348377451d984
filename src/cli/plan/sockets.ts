/** How many connections users open: one each, unless their target lets them share. */
import type { GrpcOptions } from '../../connectors/grpc/options.ts'
import { DEFAULT_CONNECTIONS, type HttpOptions } from '../../connectors/http/options.ts'
import type { SseOptions } from '../../connectors/sse/options.ts'
import type { Plan, PlannedTarget } from '../../scenario/plan.ts'

/** Connections that so many users of a target have open at a time, at most. */
export function socketsOf({ protocol, options }: PlannedTarget, users: number): number {
  // The connector's schema made its options.
  if (protocol === 'http') return ofHttp(options as HttpOptions, users)
  if (protocol === 'sse') return ofSse(options as SseOptions, users)
  if (protocol === 'grpc' && (options as GrpcOptions).channel === 'shared') return Math.min(users, 1)
  return users
}

function ofHttp(options: HttpOptions, users: number): number {
  return options.streams === undefined ? ofPool(options, users) : Math.ceil(users / options.streams)
}

/** Beside its requests, each user of mode subscribe keeps a stream open. */
function ofSse(options: SseOptions, users: number): number {
  return ofPool(options, users) + (options.mode === 'subscribe' ? users : 0)
}

function ofPool({ connection, maxConnections }: Pick<HttpOptions, 'connection' | 'maxConnections'>, users: number): number {
  return connection === 'shared' ? Math.min(users, maxConnections ?? DEFAULT_CONNECTIONS) : users
}

/** Pools whose size nobody chose, and that are smaller than the number of users. */
export function poolWarnings({ targets }: Plan, users: number): string[] {
  return targets.flatMap(({ name, protocol, options }) => {
    if (protocol !== 'http' && protocol !== 'sse') return []
    const { connection, maxConnections } = options as HttpOptions | SseOptions
    if (connection !== 'shared' || maxConnections !== undefined || users <= DEFAULT_CONNECTIONS) return []
    return [
      `${name}: up to ${users} users share ${DEFAULT_CONNECTIONS} connections, so that requests may wait for one: set ${protocol}.maxConnections`,
    ]
  })
}
