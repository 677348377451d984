/** A TCP server that does with its connections what a test says. It counts them. */
import { createServer, type ServerOpts, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { listen } from './http-faults.ts'

/** Starts one on 127.0.0.1, any free port; it ends with the test. */
export async function tcpServer(onSocket: (socket: Socket) => void, options: ServerOpts = {}) {
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer(options, (socket) => {
    accepted += 1
    sockets.add(socket.on('error', () => {}))
    socket.once('close', () => sockets.delete(socket))
    onSocket(socket)
  })
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port, accepted: () => accepted, openSockets: () => sockets.size }
}
