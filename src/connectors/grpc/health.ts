import * as z from 'zod'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import type { ConnectTimes } from '../../exchange.ts'
import type { OpenContext } from '../wire/connector.ts'
import { InvokeError, invoke } from './invoke.ts'
import { bundledProtos, findMethod } from './messages/protos.ts'
import { linkPlan } from './open.ts'
import { metadataOf } from './options/metadata.ts'
import type { GrpcOptions } from './options/options.ts'
import { messageCall } from './options/request.ts'
import { GrpcLink, Unreached } from './wire/link.ts'
import { messageWithCause, unavailable } from './wire/status.ts'

/** The answer of a target to a health check. */
interface GrpcHealth {
  readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN' | 'UNKNOWN'
  readonly connect: ConnectTimes
  /** Time in ms from sending the health request to its answer. */
  readonly serviceMs: number
}

const UNHEARD = { over() {}, goaway() {}, lost() {}, closed() {}, gone() {} }

const answer = z.object({ status: z.enum(['SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN', 'UNKNOWN']) })

/**
 * Asks a gRPC server for its health (`grpc.health.v1.Health/Check`) over a connection of its own. Returns the status in the answer, or
 * SERVICE_UNKNOWN when the server does not know the service. `service` is a full service name; '' means the whole server. Aborting
 * `context.signal` stops the query.
 * @throws TargetError when the server cannot be reached or has no health service, LocalError for certificates that cannot be used
 */
export async function checkHealth(options: GrpcOptions, context: OpenContext, service = ''): Promise<GrpcHealth> {
  const link = new GrpcLink(linkPlan(options, context), UNHEARD)
  const giveUp = () => void link.close()
  context.signal.addEventListener('abort', giveUp, { once: true })
  try {
    const connect = await link.connect()
    const startedAt = now()
    const status = await ask(link, options, context, service)
    return { status, connect, serviceMs: now() - startedAt }
  } catch (error) {
    throw asTargetError(error)
  } finally {
    context.signal.removeEventListener('abort', giveUp)
    await link.close()
  }
}

async function ask(link: GrpcLink, options: GrpcOptions, context: OpenContext, service: string): Promise<GrpcHealth['status']> {
  const method = findMethod(bundledProtos(), 'grpc.health.v1.Health', 'Check')
  const metadata = metadataOf(messageCall({}, context.address, options))
  try {
    const [reply] = await invoke({ link, method, message: { service }, deadlineMs: options.deadline, metadata })
    return answer.parse(reply ?? {}).status
  } catch (error) {
    // by the standard, Check answers NOT_FOUND for a name it does not know
    if (error instanceof InvokeError && error.failure.class === 'grpc_NOT_FOUND') return 'SERVICE_UNKNOWN'
    throw error
  }
}

function asTargetError(error: unknown): unknown {
  if (error instanceof Unreached) {
    const { class: cause, phase } = error.failure
    const failureClass = unavailable(error.failure)
    return new TargetError(failureClass, phase, messageWithCause(failureClass, error.message, cause))
  }
  if (error instanceof InvokeError) return new TargetError(error.failure.class, 'headers', `health check: ${error.message}`)
  return error
}
