/**
 * Idle WebSockets: opens many at a stated rate against a mock in a process of its own, and prints what they cost.
 *   node test/bench/websocket-idle.ts [connections = 10000] [per second = 2000]
 * Each side needs one open file for each connection: see `ulimit -n`.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../src/clock.ts'
import type { WebSocketRequest } from '../../src/connectors/websocket/options/request.ts'
import { websocket } from '../../src/connectors/websocket.ts'
import type { Connection, ConnectionEvents } from '../../src/connectors/wire/connector.ts'
import { Exchange } from '../../src/exchange.ts'
import { startMock } from '../../src/mock/server.ts'

const MB = 1024 * 1024
const options = websocket.options.parse({ ping: { every: '1m' } })

async function serve(): Promise<void> {
  const mock = await startMock()
  process.send?.(mock.url)
  process.on('disconnect', () => void mock.close())
}

function counting() {
  const seen = { opened: 0, failed: 0, lost: 0, handshakes: [] as number[] }
  const events: ConnectionEvents = {
    opened(times) {
      seen.opened += 1
      seen.handshakes.push(times.handshakeMs ?? 0)
    },
    openFailed: () => void seen.failed++,
    lost: () => void seen.lost++,
    reconnected: () => {},
    closed: () => {},
  }
  return { seen, events }
}

/** Opens them on an absolute timetable; returns them and how late the last start was, in ms. */
async function openAll(url: string, count: number, perSecond: number, events: ConnectionEvents) {
  const address = { url, headers: {}, query: {}, tls: {} }
  const { signal } = new AbortController()
  const opening: Promise<Connection<WebSocketRequest>>[] = []
  const startedAt = now()
  let latestMs = 0
  for (let userId = 0; userId < count; userId += 1) {
    const due = startedAt + (userId / perSecond) * 1000
    const earlyMs = due - now()
    if (earlyMs > 0) await sleep(earlyMs)
    latestMs = Math.max(latestMs, now() - due)
    opening.push(websocket.open(options, { address, signal, events, baseDir: '.', userId, seed: 'idle' }))
  }
  const connections = await Promise.all(opening)
  return { address, connections, latestMs, openedInMs: now() - startedAt }
}

/** One message over each; resolves with how many came back. */
async function talkOnce(connections: readonly Connection<WebSocketRequest>[], address: { url: string }): Promise<number> {
  const request = websocket.fromStep({ text: 'still there?' }, { ...address, headers: {}, query: {}, tls: {} }, options)
  const reader = { push: () => {}, end: () => {} }
  const outcomes = connections.map(
    (connection) => new Promise<Exchange>((resolve) => connection.send(request, new Exchange(now(), reader, resolve))),
  )
  return (await Promise.all(outcomes)).filter(({ outcome }) => outcome === 'ok').length
}

async function measure(count: number, perSecond: number): Promise<void> {
  const child = fork(import.meta.filename, ['serve'])
  const [url] = await once(child, 'message')
  const { seen, events } = counting()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const before = process.memoryUsage().rss
  delay.enable()
  const { address, connections, latestMs, openedInMs } = await openAll(`${url}/ws`, count, perSecond, events)
  delay.disable()
  const opened = process.memoryUsage().rss
  await sleep(3000)
  const idle = process.memoryUsage().rss
  const cpu = process.cpuUsage()
  await sleep(2000)
  const busy = process.cpuUsage(cpu)
  const startedAt = now()
  const answered = await talkOnce(connections, address)
  const talkedMs = now() - startedAt
  await Promise.all(connections.map((connection) => connection.close()))
  child.disconnect()
  const sorted = seen.handshakes.toSorted((a, b) => a - b)
  console.log(
    `${seen.opened} open, ${seen.failed} failed, ${seen.lost} lost, in ${(openedInMs / 1000).toFixed(2)} s at ${perSecond}/s`,
  )
  console.log(`starts at most ${latestMs.toFixed(0)} ms late; handshake p99 ${sorted[Math.floor(count * 0.99)]?.toFixed(1)} ms`)
  console.log(`event-loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`)
  const perConnection = ((idle - before) / count / 1024).toFixed(1)
  console.log(`memory ${(opened / MB).toFixed(0)} MiB when opened, ${(idle / MB).toFixed(0)} MiB idle, ${perConnection} KiB each`)
  console.log(`CPU idle ${((busy.user + busy.system) / 20_000).toFixed(1)} %; ${answered} answers in ${talkedMs.toFixed(0)} ms`)
}

if (process.argv[2] === 'serve') await serve()
else await measure(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 2000))
