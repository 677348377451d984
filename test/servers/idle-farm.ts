/**
 * An echo over WebSocket in several processes that share one port, since one process may not open as many files as the connections need.
 *   node test/servers/idle-farm.ts [processes]
 * Sends its port to the process that forked it; to any message it replies with the number of open connections by the address of the client.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** Open connections, by the address that they come from. */
export type Census = Readonly<Record<string, number>>

function serve(): void {
  const open = new Map<string, number>()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  const count = (address: string, more: number) => open.set(address, (open.get(address) ?? 0) + more)
  server.on('connection', (socket, { socket: { remoteAddress = '' } }) => {
    count(remoteAddress, 1)
    socket.on('error', () => {}).on('close', () => count(remoteAddress, -1))
    socket.on('message', (data: Buffer) => socket.send(data, { binary: false }))
  })
  server.once('listening', () => process.send?.((server.address() as AddressInfo).port)) // it listens on TCP
  process.on('message', () => process.send?.(Object.fromEntries(open)))
  process.on('disconnect', () => process.exit())
}

async function censusOf(workers: readonly Worker[]): Promise<Census> {
  const sum: Record<string, number> = {}
  const replies = workers.map(async (worker): Promise<Census> => {
    const reply = once(worker, 'message')
    worker.send('count')
    const [census] = await reply
    return census
  })
  for (const census of await Promise.all(replies))
    for (const [address, count] of Object.entries(census)) sum[address] = (sum[address] ?? 0) + count
  return sum
}

async function lead(processes: number): Promise<void> {
  const workers = Array.from({ length: processes }, () => cluster.fork())
  const [[port]] = (await Promise.all(workers.map((worker) => once(worker, 'message')))) as [[number]]
  process.send?.(port)
  process.on('message', async () => process.send?.(await censusOf(workers)))
  process.on('disconnect', () => process.exit())
}

if (cluster.isPrimary) await lead(Number(process.argv[2] ?? 2))
else serve()
