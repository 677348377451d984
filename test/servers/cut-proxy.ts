/** A TCP proxy that ends what it carries without a word: over TLS, an end that nobody announced. */
import { connect, createServer, type Socket } from 'node:net'
import { listen } from './http-faults.ts'

export interface CutProxy {
  readonly port: number
  /** Ends every connection towards its client. */
  cut(): void
  stop(): Promise<void>
}

/** Starts one before a port of 127.0.0.1. */
export async function cutProxy(behind: number): Promise<CutProxy> {
  const clients = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect(behind, '127.0.0.1').on('error', () => {})
    clients.add(client.on('error', () => {}))
    client.on('data', (bytes) => upstream.write(bytes))
    upstream.on('data', (bytes) => client.write(bytes))
    upstream.once('close', () => client.destroy())
    client.once('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
  })
  const port = await listen(server)
  return {
    port,
    // What has arrived until now is passed on first, however busy the machine is: an immediate comes after what can be read.
    cut: () => void setImmediate(() => [...clients].forEach((client) => void client.end())),
    stop() {
      for (const client of clients) client.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
