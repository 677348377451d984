/** gRPC on the port of HTTP: a connection that begins with the preface of HTTP/2 goes to a gRPC server, which is loaded when the first one comes. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { GrpcSide } from './grpc-server.ts'
import type { MockState } from './state.ts'

/** How every HTTP/2 connection begins, and no request of HTTP/1. */
const PREFACE = 'PRI '

/** Takes the HTTP/2 connections of a server; the others go where they always went. Call it after other `connection` listeners. */
export function attachGrpc(server: Server, state: MockState): { close(): void } {
  const [serveHttp] = server.listeners('connection')
  if (!serveHttp) throw new Error('an HTTP server listens to its connections')
  // Node's own listener: it takes a socket as its only argument
  server.removeListener('connection', serveHttp as (socket: Socket) => void)
  const open = new Set<Socket>()
  let side: Promise<GrpcSide> | undefined
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket)).once('error', ignore)
    socket.once('readable', () => {
      const first: Buffer | null = socket.read()
      // it left without a word
      if (first === null) {
        socket.destroy()
        return
      }
      socket.unshift(first)
      if (first.toString('latin1', 0, PREFACE.length) !== PREFACE) {
        open.delete(socket)
        socket.off('error', ignore)
        serveHttp.call(server, socket)
        return
      }
      state.connections.use(socket)
      side ??= import('./grpc-server.ts').then(({ startGrpc }) => startGrpc(state))
      side.then(
        (grpc) => grpc.accept(socket),
        (error: unknown) => socket.destroy(error instanceof Error ? error : undefined),
      )
    })
  })
  return {
    close() {
      for (const socket of open) socket.destroy()
      void side?.then((grpc) => grpc.close())
    },
  }
}

function ignore(): void {}
