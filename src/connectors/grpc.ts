import { type Failure, type FailureKind, UsageError } from '../errors.ts'
import { jsonIn } from '../text/json.ts'
import { formatMs } from '../text/units.ts'
import { callChecks } from './grpc/check.ts'
import { protobuf } from './grpc/messages/protos.ts'
import { grpcOptions, grpcStep } from './grpc/options/options.ts'
import { callPayload } from './grpc/options/payload.ts'
import { entryProblem, messageCall, methodOfPath, stepCall } from './grpc/options/request.ts'
import { defineConnector } from './wire/connector.ts'

/** A gRPC call that is ready to send. */
export type { GrpcRequest } from './grpc/options/request.ts'

/** The connector for gRPC: unary and streaming calls over HTTP/2. Each reply message is converted to JSON. */
export const grpc = defineConnector({
  protocol: 'grpc',
  localAddresses: true,
  schemes: {
    'grpc:': { port: 80, proxies: ['grpc_proxy', 'http_proxy', 'HTTP_PROXY'] },
    'grpcs:': { port: 443, proxies: ['grpc_proxy', 'https_proxy', 'HTTPS_PROXY'] },
  },
  kindsOf,
  lasting: true,
  messages: true,
  options: grpcOptions,
  request: grpcStep,
  fromMessage: messageCall,
  fromStep: stepCall,
  payload: callPayload,
  headerProblem: entryProblem,
  checks: callChecks,
  files: [
    { path: ['proto'], kind: 'file' },
    { path: ['includeDirs'], kind: 'folder' },
  ],
  place: {
    keys: ['service', 'method'],
    ofPath: methodOfPath,
    own: (request) => request,
    message: 'no method to call: the address names none, and there is no grpc.service and grpc.method',
    hint: 'such as grpc://127.0.0.1:50051/pkg.Service/Method, or grpc: { service: pkg.Service, method: Method }',
  },
  sample: { step: { request: { message: {} } }, target: calledBy },
  requestOf: ({ data }) => ({ message: messageIn(data ?? '') }),
  sockets: ({ channel }, users) => (channel === 'shared' ? Math.min(users, 1) : users),
  prepare: () => Promise.all([loadOpen(), protobuf()]),
  open: async (options, context) => (await loadOpen()).openGrpc(options, context),
  health: async (options, context) => {
    const { checkHealth } = await import('./grpc/health.ts')
    const { status, serviceMs } = await checkHealth(options, context, options.service ?? '')
    return `${status} (${formatMs(serviceMs)})`
  },
})

/** Loads HTTP/2 and what needs it, only in runs that use it. */
const loadOpen = () => import('./grpc/open.ts')

/** Returns the service and method in an address such as `grpc://host:port/pkg.Service/Method`, as settings of a target. */
function calledBy(address: string): Readonly<Record<string, unknown>> {
  const named = methodOfPath(address.replace(/^(?:grpcs?:\/\/)?[^/]+/i, ''))
  return named === undefined ? {} : { grpc: named }
}

function messageIn(data: string): unknown {
  const message = jsonIn(data)
  if (message === undefined) throw new UsageError('--data: a gRPC message is written as JSON', `such as --data '{ "name": "a" }'`)
  return message
}

const STATUS_KINDS: Readonly<Record<string, FailureKind>> = {
  grpc_DEADLINE_EXCEEDED: 'timeout',
  grpc_UNAUTHENTICATED: 'auth',
  grpc_PERMISSION_DENIED: 'auth',
  grpc_RESOURCE_EXHAUSTED: 'rate_limit',
}

/** Statuses that say the server was reached but rejects this request, so that the scenario has to change. */
const UNFIT =
  /^grpc_(?:INVALID_ARGUMENT|NOT_FOUND|ALREADY_EXISTS|FAILED_PRECONDITION|OUT_OF_RANGE|PERMISSION_DENIED|UNAUTHENTICATED)$/

/**
 * Returns the kinds of a gRPC failure. A status from the server has no `code`; for a status that burn chose itself, `code` is the cause and the
 * message begins with the class of that cause.
 */
function kindsOf({ class: failureClass, code, message }: Failure): FailureKind[] {
  if (!failureClass.startsWith('grpc_')) return []
  const kind = STATUS_KINDS[failureClass]
  return [
    ...(kind === undefined ? [] : [kind]),
    ...(code === undefined ? (['status'] as const) : []),
    ...(code === undefined && UNFIT.test(failureClass) ? (['unfit'] as const) : []),
    ...(/^refused\b/.test(message) ? (['refused'] as const) : []),
  ]
}
