/** A server with four slots, each of which serves one request for 100 ms; all others wait in their order. Sends its port to the process that forked it. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const SLOTS = 4
const SERVICE_MS = 100

const waiting: ServerResponse[] = []
/** When each slot is free again, in ms. Times are counted from slot to slot, so that late timers add up to nothing. */
const free = Array.from({ length: SLOTS }, () => 0)

function serve(response: ServerResponse): void {
  const now = performance.now()
  const slot = free.indexOf(Math.min(...free))
  const done = Math.max(now, free[slot] ?? 0) + SERVICE_MS
  free[slot] = done
  waiting.push(response)
  setTimeout(() => waiting.shift()?.end('served'), done - now)
}

const server = createServer((_, response) => serve(response)).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port) // listening on TCP
})
process.on('disconnect', () => process.exit())
