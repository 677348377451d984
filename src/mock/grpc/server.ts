import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { load, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader'
import { packagedFile } from '../../packaged.ts'
import type { Side } from '../state/side.ts'
import type { MockState } from '../state/state.ts'
import { chatHandlers } from './chat.ts'
import { echoHandlers, healthHandlers, reflectionHandlers } from './plain.ts'

const FILES = ['chat.proto', 'echo.proto', 'health.proto', 'reflection-v1.proto', 'reflection-v1alpha.proto']
const LOADING = { keepCase: true, longs: String, enums: String, defaults: true }

/** Starts the mock's gRPC services: chat, echo, health and reflection. They open no port: the mock's HTTP server passes gRPC connections to them. */
export async function startGrpc(state: MockState): Promise<Side> {
  const protos = await load(
    FILES.map((name) => fileURLToPath(packagedFile(`protos/${name}`))),
    LOADING,
  )
  const server = new Server()
  const sockets = new Set<Socket>()
  /** Resets the TCP connections of a client. They are found by their port, because grpc-js does not give access to the socket of a call. */
  const reset = (peer: string) => {
    for (const socket of sockets) if (peer.endsWith(`:${socket.remotePort}`)) socket.resetAndDestroy()
  }
  server.addService(serviceOf(protos, 'burn.chat.v1.ChatService'), chatHandlers(state, reset))
  server.addService(serviceOf(protos, 'burn.echo.v1.EchoService'), echoHandlers(state))
  server.addService(serviceOf(protos, 'grpc.health.v1.Health'), healthHandlers(state, Object.keys(protos)))
  for (const version of ['v1', 'v1alpha'])
    server.addService(serviceOf(protos, `grpc.reflection.${version}.ServerReflection`), reflectionHandlers(protos))
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  return {
    accept(socket) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      // An HTTP server keeps the sockets of clients that have ended their side; HTTP/2 would never close them.
      socket.allowHalfOpen = false
      injector.injectConnection(socket)
    },
    close: () => server.forceShutdown(),
  }
}

/** Returns the definition of one service in the protos. @throws Error when there is none */
function serviceOf(protos: PackageDefinition, name: string): ServiceDefinition {
  const found = protos[name]
  if (!found || 'format' in found) throw new Error(`the protos have no service ${name}`)
  return found
}
