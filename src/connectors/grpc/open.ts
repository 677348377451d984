/** Prepares a user's gRPC line; no network yet, the first call connects. */
import type * as Grpc from '@grpc/grpc-js'
import { TargetError } from '../../errors.ts'
import type { Connection, OpenContext } from '../connector.ts'
import { prepareTls } from '../dial.ts'
import { GrpcConnection } from './connection.ts'
import type { LinkPlan } from './link.ts'
import { Methods } from './methods.ts'
import type { GrpcOptions } from './options.ts'
import { type GrpcPlace, type GrpcRequest, placeOf } from './request.ts'
import { Route, sharedRoute } from './route.ts'

/** Longest time that a timer of the library can hold, in ms: a quiet connection is never given up. */
const NEVER_MS = 2 ** 31 - 1
const COMPRESSION = { none: 0, deflate: 1, gzip: 2 } as const

/** Settings of the library's channel for a target. */
export function channelOptions(options: GrpcOptions, place: GrpcPlace): Grpc.ChannelOptions {
  const { keepalive } = options
  return {
    // what the server counts is what burn counts: nothing is sent again behind its back
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    // channels with the same address would share one connection otherwise
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    'grpc.client_idle_timeout_ms': NEVER_MS,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.default_authority': place.authority,
    'grpc.primary_user_agent': 'burn',
    'grpc.max_receive_message_length': options.maxMessage,
    'grpc.max_send_message_length': -1,
    'grpc.default_compression_algorithm': COMPRESSION[options.compression],
    ...(keepalive && {
      'grpc.keepalive_time_ms': keepalive.every,
      'grpc.keepalive_timeout_ms': keepalive.timeout,
      'grpc.keepalive_permit_without_calls': keepalive.withoutCalls ? 1 : 0,
    }),
  }
}

/** How to reach an address. @throws LocalError when a file of the `tls:` block cannot be used, TargetError when it is no address */
export async function linkPlan(options: GrpcOptions, { address, baseDir }: OpenContext): Promise<LinkPlan> {
  const place = placeOf(address.url)
  if (!place)
    throw new TargetError('local_request', 'send', `not an address of gRPC: ${address.url}; such as grpc://127.0.0.1:50051`)
  return {
    grpc: await import('@grpc/grpc-js'),
    host: place.host,
    port: place.port,
    dns: options.dns ?? {},
    tls: place.secure ? prepareTls(address.tls, baseDir) : undefined,
    channel: channelOptions(options, place),
    waitForReady: options.waitForReady,
  }
}

/** Opens a line. @throws LocalError for a proto or certificate that cannot be used, TargetError for a bad address */
export async function openGrpc(options: GrpcOptions, context: OpenContext): Promise<Connection<GrpcRequest>> {
  const { address, baseDir, events, signal } = context
  const plan = await linkPlan(options, context)
  const server = `${plan.tls ? 'grpcs' : 'grpc'}://${plan.host}:${plan.port}`
  const methods = await Methods.load(options, baseDir, server)
  const own = new Route(plan, events)
  const { route, release } =
    options.channel === 'shared'
      ? sharedRoute(JSON.stringify([server, options, address.tls, baseDir]), () => own)
      : { route: own, release: () => own.close() }
  const connection = new GrpcConnection({ grpc: plan.grpc, route, methods, deadlineMs: options.deadline, release })
  if (signal.aborted) await connection.close()
  else signal.addEventListener('abort', () => void connection.close(), { once: true })
  return connection
}
