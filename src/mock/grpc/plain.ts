/** The mock's gRPC services besides chat: echo, health and reflection. */
import {
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { PackageDefinition } from '@grpc/proto-loader'
import { plainDelayMs } from '../persona/reply.ts'
import type { MockState } from '../state/state.ts'
import { planCall } from './call.ts'

interface EchoRequest {
  readonly text: string
  readonly repeat: number
}

/**
 * Returns the handlers of the mock's gRPC echo service, which send back what they receive. Only the method `Echo` applies the mock's settings: the
 * delay, and those faults that are an error status.
 */
export function echoHandlers(state: MockState): UntypedServiceImplementation {
  return {
    async Echo(call: ServerUnaryCall<EchoRequest, object>, answer: sendUnaryData<object>) {
      const planned = planCall(state, call, 'grpc-echo', call.request)
      const waitMs = 'waitMs' in planned.fault ? planned.fault.waitMs : (plainDelayMs(planned.settings, planned.entry.k) ?? 0)
      if (!(await planned.until(waitMs))) return
      planned.wrote()
      planned.ended(planned.error?.code ?? status.OK)
      if (planned.error) answer(planned.error, null)
      else answer(null, { ...call.request, index: 0 })
    },
    EchoStream(call: ServerWritableStream<EchoRequest, object>) {
      const planned = planCall(state, call, 'grpc-echo', call.request)
      for (let index = 0; index < Math.max(1, call.request.repeat); index += 1) call.write({ ...call.request, index })
      planned.ended(status.OK)
      call.end()
    },
    EchoCollect(call: ServerReadableStream<EchoRequest, object>, answer: sendUnaryData<object>) {
      const texts: string[] = []
      call.on('data', ({ text }: EchoRequest) => texts.push(text))
      call.on('end', () => {
        planCall(state, call, 'grpc-echo', texts).ended(status.OK)
        answer(null, { text: texts.join(' '), index: texts.length })
      })
    },
    EchoAll(call: ServerDuplexStream<EchoRequest, object>) {
      const planned = planCall(state, call, 'grpc-echo', null)
      let index = 0
      call.on('data', (request: EchoRequest) => {
        call.write({ ...request, index })
        index += 1
      })
      call.on('end', () => {
        planned.ended(status.OK)
        call.end()
      })
    },
  }
}

/**
 * Returns the handlers of the mock's gRPC health service. They answer SERVING, or NOT_SERVING when the setting `status` makes all calls fail. A
 * service that is not among `names` is unknown: `Check` fails with NOT_FOUND, and `Watch` answers SERVICE_UNKNOWN.
 */
export function healthHandlers(state: MockState, names: readonly string[]): UntypedServiceImplementation {
  const current = () => ({ status: state.settings.status === undefined ? 'SERVING' : 'NOT_SERVING' })
  return {
    Check({ request }: ServerUnaryCall<{ service: string }, object>, answer: sendUnaryData<object>) {
      if (request.service === '' || names.includes(request.service)) answer(null, current())
      else answer({ code: status.NOT_FOUND, details: `unknown service ${request.service}` }, null)
    },
    Watch(call: ServerWritableStream<{ service: string }, object>) {
      call.write(call.request.service === '' || names.includes(call.request.service) ? current() : { status: 'SERVICE_UNKNOWN' })
    },
  }
}

interface ReflectionRequest {
  readonly file_containing_symbol?: string
  readonly file_by_filename?: string
  readonly list_services?: string
}

/**
 * Returns the handlers of the mock's gRPC server reflection, by which clients look up services and methods. They answer only the requests for the
 * names of all services and for the descriptor of one symbol.
 */
export function reflectionHandlers(protos: PackageDefinition): UntypedServiceImplementation {
  return {
    ServerReflectionInfo(call: ServerDuplexStream<ReflectionRequest, object>) {
      call.on('data', (request: ReflectionRequest) => call.write({ original_request: request, ...describe(protos, request) }))
      call.on('end', () => call.end())
    },
  }
}

function describe(protos: PackageDefinition, request: ReflectionRequest): object {
  if (request.list_services !== undefined) {
    const names = Object.keys(protos).filter((name) => !('format' in (protos[name] ?? { format: '' })))
    return { list_services_response: { service: names.map((name) => ({ name })) } }
  }
  const found = protos[request.file_containing_symbol ?? '']
  // message and enum types carry the files that describe them; a service takes them from its first method
  const files =
    found && ('format' in found ? found.fileDescriptorProtos : Object.values(found)[0]?.requestType.fileDescriptorProtos)
  if (Array.isArray(files)) return { file_descriptor_response: { file_descriptor_proto: files } }
  return {
    error_response: {
      error_code: status.NOT_FOUND,
      error_message: `unknown: ${request.file_containing_symbol ?? request.file_by_filename}`,
    },
  }
}
