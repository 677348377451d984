/** Thousands of idle WebSockets in one process: opened at the stated rate, held in little memory, without standing in each other's way. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { now } from '../../src/clock.ts'
import { websocket } from '../../src/connectors/websocket.ts'
import { addressOf, eventLog, openContext, trial } from '../connectors/contract.ts'

const COUNT = 3000
const PER_SECOND = 500
/** 10,000 of them must fit into 1.5 GB, the process itself included. */
const BYTES_EACH = 1.5e9 / 10_000

/** A timer of Node fires up to a millisecond early. */
const TIMER_MS = 1

test(`${COUNT} idle WebSockets, opened at ${PER_SECOND} a second`, async () => {
  const child = fork(new URL('../bench/websocket-idle.ts', import.meta.url), ['serve'])
  onTestFinished(() => child.disconnect())
  const [url] = await once(child, 'message')
  const options = websocket.options.parse({ ping: { every: '1m' } })
  const address = addressOf(`${url}/ws`)
  const { events, log } = eventLog()
  const before = process.memoryUsage().rss
  const startedAt = now()
  const opening: ReturnType<typeof websocket.open>[] = []
  for (let userId = 0; userId < COUNT; userId += 1) {
    const earlyMs = startedAt + (userId / PER_SECOND) * 1000 - now()
    if (earlyMs > 0) await sleep(earlyMs)
    opening.push(websocket.open(options, openContext(address, { events, userId })))
  }
  const connections = await Promise.all(opening)
  const tookMs = now() - startedAt
  expect(log).toEqual(Array(COUNT).fill('opened'))
  // Never sooner than the stated rate. How much later is the machine's doing as well: the benchmark prints it.
  expect(tookMs).toBeGreaterThanOrEqual(((COUNT - 1) / PER_SECOND) * 1000 - TIMER_MS)
  expect(process.memoryUsage().rss - before).toBeLessThan(COUNT * BYTES_EACH)
  const request = websocket.fromStep({ text: 'still there?' }, address, options)
  const answers = connections.map((connection) => {
    const { exchange, settled } = trial()
    connection.send(request, exchange)
    return settled
  })
  expect((await Promise.all(answers)).filter(({ outcome }) => outcome !== 'ok')).toEqual([])
  await Promise.all(connections.map((connection) => connection.close()))
  expect(log.slice(COUNT)).toEqual(Array(COUNT).fill('closed'))
}, 60_000)
