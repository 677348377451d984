/** Makes stand-ins for the targets of a plan, against which its steps run during the warm-up of the code. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { nextTurn } from '../clock.ts'
import type { Connection, OpenContext } from '../connectors/wire/connector.ts'
import type { Exchange } from '../exchange.ts'

const BODY = '{"id":1,"text":"text"}'
const REPLY = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`
/** Matches the first bytes of a request. Later pieces of the same request do not match, and get no reply of their own. */
const BEGINNING = /^[A-Z]+ \S/

/** An HTTP/1.1 server on this machine that answers every request with the same reply, in place of a target while steps are rehearsed (`warmUp`). */
export class StandIn {
  private readonly sockets = new Set<Socket>()
  private readonly server: Server = createServer((socket) => {
    this.sockets.add(socket.on('error', () => {}))
    socket.on('data', (piece) => {
      if (BEGINNING.test(piece.toString('latin1', 0, 16))) socket.write(REPLY)
    })
  })

  /** Resolves with the address of the server; rejects when it cannot listen. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`))
    })
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }
}

/**
 * A connection without network that stands in for one to a target while steps are rehearsed (`warmUp`). It makes its replies itself, in the next
 * turn of the event loop.
 */
export class MemoryConnection implements Connection<unknown> {
  private isUsed = false

  constructor({ events }: OpenContext) {
    events.opened({ dnsMs: null, connectMs: 0, tlsMs: null })
  }

  send(_request: unknown, exchange: Exchange): void {
    exchange.carried(this.isUsed)
    this.isUsed = true
    exchange.sent(BODY.length)
    nextTurn(() => {
      if (!exchange.settled) exchange.data(Buffer.from(BODY))
      if (!exchange.settled) exchange.done()
    })
  }

  cancel(): void {}

  close(): void {}
}
