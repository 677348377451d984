import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import { data, head, type RawHttp2Server, type RawRequest, rawHttp2 } from '../servers/http2-raw.ts'
import { ALL_CASES, drawn } from '../support/share.ts'
import { addressOf, connectorContract, eventLog, openContext, trial } from './contract.ts'

const FRAMES = ['data: one\n\n', 'data: two\n\n', 'data: [DONE]\n\n']

async function talk({ socket, stream, body }: RawRequest): Promise<void> {
  if (body.includes('hang')) return
  socket.write(head(stream))
  for (const frame of body.includes('vanish') ? FRAMES.slice(0, 1) : FRAMES) {
    socket.write(data(stream, frame))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (body.includes('vanish')) socket.end()
  else socket.write(data(stream, '', true))
}

const start = (): Promise<RawHttp2Server> => rawHttp2((request) => void talk(request))

function subjectOf(server: RawHttp2Server) {
  return {
    address: addressOf(`${server.url}/chat`),
    message: { frames: { say: 'frames' }, hang: { say: 'hang' }, vanish: { say: 'vanish' } },
    frames: FRAMES,
    vanishClasses: ['closed_early'],
    requests: () => server.requests(),
    openSockets: () => server.openSockets(),
    stop: () => server.stop(),
    hangs: 'https:',
  }
}

const KINDS = [
  ['a connection for each user', { version: '2' }],
  ['shared streams', { version: '2', streams: 10 }],
] as const

for (const [kind, options] of KINDS) {
  connectorContract(`http 2, ${kind},`, async () => ({
    connector: http,
    options: http.options.parse(options),
    ...subjectOf(await start()),
  }))
}

setFlagsFromString('--expose-gc')
const gc: unknown = runInNewContext('gc')

/** Heap in use, bytes, once what can be freed is; 0 in `npm test`, as only all cases show a leak of some kilobytes. */
async function heapUsed(): Promise<number> {
  if (!ALL_CASES) return 0
  for (let n = 0; n < 4; n += 1) {
    if (typeof gc === 'function') gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}

describe.each(KINDS)('http 2, %s', (_, given) => {
  const options = http.options.parse(given)

  async function cycle(server: RawHttp2Server, userId: number): Promise<string[]> {
    const address = addressOf(`${server.url}/chat`)
    const { events, log } = eventLog()
    const connection = await http.open(options, openContext(address, { userId, events }))
    const { exchange, settled } = trial()
    connection.send(http.fromMessage({ say: 'frames' }, address, options), exchange)
    expect((await settled).outcome).toBe('ok')
    await connection.close()
    return log
  }

  test('connect/close cycles leave handles and heap flat', async () => {
    const server = await start()
    const cycles = async (count: number) => {
      for (let n = 0; n < count; n += 1) await cycle(server, n)
      await vi.waitFor(() => expect(server.openSockets()).toBe(0))
      return { heap: await heapUsed(), handles: process.getActiveResourcesInfo().length }
    }
    const count = drawn(1000, 10)
    const before = await cycles(count / 2)
    const after = await cycles(count)
    expect([server.connections(), server.requests()]).toEqual([count * 1.5, count * 1.5])
    expect(after.handles).toBeLessThanOrEqual(before.handles + 5)
    // a connection that were kept would be some 10 kB, and what is not of the connections does not grow with their number
    expect(after.heap - before.heap).toBeLessThan(1.2e6 + 1800 * count)
    await server.stop()
  })

  test('deliberate closing never reconnects', async () => {
    const server = await start()
    expect(await cycle(server, 0)).toEqual(['opened', 'closed'])
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.connections()).toBe(1)
    await server.stop()
  })

  test('what is sent after it was closed is cut', async () => {
    const server = await start()
    const address = addressOf(`${server.url}/chat`)
    const connection = await http.open(options, openContext(address))
    await connection.close()
    const late = trial()
    connection.send(http.fromMessage({ say: 'frames' }, address, options), late.exchange)
    expect((await late.settled).outcome).toBe('cut')
    expect(server.connections()).toBe(0)
    await server.stop()
  })

  test('closing while the connection is being made leaves nothing', async () => {
    const server = await start()
    const address = addressOf(`${server.url}/chat`)
    const { events, log } = eventLog()
    const connection = await http.open(options, openContext(address, { events }))
    const early = trial()
    connection.send(http.fromMessage({ say: 'frames' }, address, options), early.exchange)
    await connection.close()
    expect((await early.settled).outcome).toBe('cut')
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect([log, server.requests()]).toEqual([[], 0])
    await server.stop()
  })
})
