/** A gRPC server on loopback that counts what reaches it: calls, cancellations, sockets. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader'

/** How the servers of these tests see messages. */
const LOADING = { keepCase: true, longs: String, enums: String, bytes: String, defaults: true, json: true } as const

/** Path of a .proto file of the repository. */
export function protoFile(name: string): string {
  return fileURLToPath(new URL(`../../protos/${name}`, import.meta.url))
}

/** The definitions in a .proto file of the repository. */
export function protosOf(...names: string[]): PackageDefinition {
  return loadSync(names.map(protoFile), LOADING)
}

/** One service out of a .proto file. */
export function serviceOf(file: string, service: string): ServiceDefinition {
  const definition = protosOf(file)[service]
  if (!definition || 'format' in definition) throw new Error(`no service ${service} in ${file}`)
  return definition
}

export interface GrpcTestServer {
  readonly url: string
  readonly port: number
  /** Paths of the calls that reached a handler, in order. */
  readonly calls: string[]
  /** Calls that the client gave up. */
  cancelled: number
  /** Metadata of the last call. */
  metadata: grpc.Metadata
  openSockets(): number
  accepted(): number
  sockets(): readonly Socket[]
  /** Says goodbye to all connections (GOAWAY) and takes new ones no more. */
  drain(): void
  stop(): Promise<void>
}

type Handlers = grpc.UntypedServiceImplementation

/** Starts a server for these services; credentials for TLS. */
export async function grpcServer(
  services: readonly (readonly [ServiceDefinition, Handlers])[],
  credentials: grpc.ServerCredentials = grpc.ServerCredentials.createInsecure(),
): Promise<GrpcTestServer> {
  const server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    interceptors: [(_definition, call) => counting(call)],
  })
  for (const [definition, handlers] of services) server.addService(definition, handlers)
  const injector = server.createConnectionInjector(credentials)
  const open = new Set<Socket>()
  let accepted = 0
  const front = createServer((socket) => {
    accepted += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    injector.injectConnection(socket)
  })
  const counted: GrpcTestServer = {
    url: '',
    port: 0,
    calls: [],
    cancelled: 0,
    metadata: new grpc.Metadata(),
    openSockets: () => open.size,
    accepted: () => accepted,
    sockets: () => [...open],
    drain: () => injector.drain(0),
    async stop() {
      server.forceShutdown()
      front.close()
      for (const socket of open) socket.destroy()
      if (front.listening) await once(front, 'close')
    },
  }
  function counting(call: grpc.ServerInterceptingCallInterface): grpc.ServerInterceptingCall {
    return new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, pass) {
            counted.calls.push(String(Reflect.get(Reflect.get(call, 'handler') ?? {}, 'path') ?? ''))
            counted.metadata = metadata
            pass(metadata)
          },
          onCancel() {
            counted.cancelled += 1
          },
        }),
    })
  }
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const address = front.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return Object.assign(counted, { port, url: `grpc://127.0.0.1:${port}` })
}
