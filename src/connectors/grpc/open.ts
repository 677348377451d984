import { TargetError } from '../../errors.ts'
import { type Connection, endWith, type OpenContext } from '../wire/connector.ts'
import { prepareTls } from '../wire/dial.ts'
import { GrpcConnection } from './connection.ts'
import { Methods } from './methods.ts'
import type { GrpcOptions } from './options/options.ts'
import { type GrpcRequest, placeOf } from './options/request.ts'
import type { LinkPlan } from './wire/link.ts'
import { GrpcRoute, sharedRoute } from './wire/route.ts'

/**
 * Returns the settings for connections to a gRPC target, from its address and options.
 * @throws LocalError for files in `tls:` that cannot be used, TargetError for an invalid address
 */
export function linkPlan(options: GrpcOptions, { address, baseDir, relay, localAddresses }: OpenContext): LinkPlan {
  const place = placeOf(address.url)
  if (!place)
    throw new TargetError('local_request', 'send', `not an address of gRPC: ${address.url}; such as grpc://127.0.0.1:50051`)
  return {
    host: place.host,
    port: place.port,
    authority: place.authority,
    dns: options.dns ?? {},
    relay,
    localAddresses,
    tls: place.secure ? prepareTls(address.tls, baseDir) : undefined,
    waitForReady: options.waitForReady,
    keepalive: options.keepalive,
    maxMessage: options.maxMessage,
    compression: options.compression,
  }
}

/**
 * Returns the gRPC connection of one user; the first call on it connects.
 * @throws LocalError for files that cannot be used, TargetError for an invalid address
 */
export async function openGrpc(options: GrpcOptions, context: OpenContext): Promise<Connection<GrpcRequest>> {
  const { address, baseDir, events, signal } = context
  const plan = linkPlan(options, context)
  const server = `${plan.tls ? 'grpcs' : 'grpc'}://${plan.host}:${plan.port}`
  const methods = Methods.load(options, baseDir, server)
  const own = new GrpcRoute(plan, events)
  const { route, release } =
    options.channel === 'shared'
      ? sharedRoute(
          JSON.stringify([server, options, address.tls, baseDir, context.relay?.port, context.localAddresses]),
          () => own,
        )
      : { route: own, release: () => own.close() }
  const connection = new GrpcConnection({ route, methods, deadlineMs: options.deadline, names: options.fieldNames, release })
  await endWith(signal, () => connection.close())
  return connection
}
