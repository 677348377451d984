/** The server of the gRPC interoperability tests. */
import type * as grpc from '@grpc/grpc-js'
import { type GrpcTestServer, grpcServer, serviceOf } from './grpc-server.ts'

interface EchoStatus {
  code: number
  message: string
}

interface Payload {
  body: string
}

interface Streaming {
  response_parameters: { size: number; interval_us: number }[]
  payload?: Payload
  response_status?: EchoStatus
}

interface Simple {
  response_size: number
  response_status?: EchoStatus
}

const INITIAL = 'x-grpc-test-echo-initial'
const TRAILING = 'x-grpc-test-echo-trailing-bin'

const zeros = (size: number) => ({ payload: { body: Buffer.alloc(size).toString('base64') } })

/** Sends back the metadata that the custom_metadata case asks for. */
function echoMetadata(call: { metadata: grpc.Metadata; sendMetadata(metadata: grpc.Metadata): void }): grpc.Metadata | undefined {
  const [initial] = call.metadata.get(INITIAL)
  const [trailing] = call.metadata.get(TRAILING)
  const head = call.metadata.clone()
  const tail = call.metadata.clone()
  for (const name of Object.keys(call.metadata.getMap())) {
    head.remove(name)
    tail.remove(name)
  }
  if (initial !== undefined) {
    head.set(INITIAL, initial)
    call.sendMetadata(head)
  }
  if (trailing !== undefined) tail.set(TRAILING, trailing)
  return trailing === undefined ? undefined : tail
}

const handlers: grpc.UntypedServiceImplementation = {
  EmptyCall(_call: grpc.ServerUnaryCall<object, object>, reply: grpc.sendUnaryData<object>) {
    reply(null, {})
  },
  UnaryCall(call: grpc.ServerUnaryCall<Simple, object>, reply: grpc.sendUnaryData<object>) {
    const trailer = echoMetadata(call)
    const { response_status: status, response_size: size } = call.request
    if (status && status.code !== 0) reply({ code: status.code, details: status.message }, null, trailer)
    else reply(null, zeros(size), trailer)
  },
  StreamingOutputCall(call: grpc.ServerWritableStream<Streaming, object>) {
    for (const { size } of call.request.response_parameters) call.write(zeros(size))
    call.end()
  },
  StreamingInputCall(call: grpc.ServerReadableStream<{ payload: Payload }, object>, reply: grpc.sendUnaryData<object>) {
    let total = 0
    call.on('data', ({ payload }: { payload: Payload }) => {
      total += Buffer.from(payload.body, 'base64').length
    })
    call.on('end', () => reply(null, { aggregated_payload_size: total }))
  },
  FullDuplexCall(call: grpc.ServerDuplexStream<Streaming, object>) {
    const trailer = echoMetadata(call)
    call.on('data', ({ response_parameters: wanted, response_status: status }: Streaming) => {
      if (status && status.code !== 0) call.emit('error', { code: status.code, details: status.message })
      for (const { size } of wanted) call.write(zeros(size))
    })
    call.on('end', () => call.end(trailer))
    call.on('cancelled', () => {})
  },
}

/** Starts it; without the services and methods that it must not have. */
export function interopServer(): Promise<GrpcTestServer> {
  const { UnimplementedCall: _left, ...service } = serviceOf('interop.proto', 'grpc.testing.TestService')
  return grpcServer([[service, handlers]])
}
