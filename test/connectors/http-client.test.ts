/** Where the HTTP/1.1 clients differ, and what the result says of them. The project `undici` runs this file with undici. */
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import { CHUNKED, type FaultServer, faultServer } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, eventLog, openContext, trial } from './contract.ts'

const UNDER_TEST = process.env.BURN_TEST_CLIENT ?? 'burn'
const OK = 'HTTP/1.1 200 OK\r\n'

let server: FaultServer
let idle: Socket | undefined
beforeAll(async () => {
  const answer = (text: string) => (socket: Socket) => void socket.write(text)
  server = await faultServer({
    '/equal-lengths': answer(`${OK}content-length: 2, 2\r\n\r\nok`),
    '/padded-size': answer(`${CHUNKED}2 \r\nok\r\n0\r\n\r\n`),
    '/space-before-extension': answer(`${CHUNKED}2 ;a\r\nok\r\n0\r\n\r\n`),
    '/keeps': answer(`${OK}content-length: 2\r\nkeep-alive: timeout=60\r\n\r\nok`),
    '/closes-soon': answer(`${OK}content-length: 2\r\nkeep-alive: timeout=0\r\n\r\nok`),
    '/late': (socket) => {
      idle = socket
      socket.write(`${OK}content-length: 2\r\n\r\nok`)
    },
  })
})
afterAll(() => server.stop())

async function ask(path: string, times = 1) {
  const options = http.options.parse({ method: 'GET' })
  const address = addressOf(`${server.url}${path}`)
  const connection = await http.open(options, openContext(address))
  const trials = []
  for (let n = 0; n < times; n += 1) {
    const one = trial()
    connection.send(http.fromMessage({}, address, options), one.exchange)
    trials.push({ exchange: await one.settled, text: one.text() })
  }
  await connection.close()
  return trials
}

describe('what RFC 9112 says a recipient must or may take, and undici refuses', () => {
  test.each(['/equal-lengths', '/padded-size', '/space-before-extension'])('%s', async (path) => {
    const [one] = await ask(path)
    if (UNDER_TEST === 'burn') expect([one?.exchange.outcome, one?.text]).toEqual(['ok', 'ok'])
    else expect(one?.exchange.failure?.class).toBe('bad_http')
  })
})

describe('a connection between two requests', () => {
  test('is kept when the server announces an end that is far off, and not when it is near', async () => {
    const reused = async (path: string) => (await ask(path, 3)).map(({ exchange }) => exchange.reused)
    expect(await reused('/keeps')).toEqual([false, true, true])
    expect(await reused('/closes-soon')).toEqual([false, false, false])
  })

  test('is closed when bytes come that no request asked for', async () => {
    const options = http.options.parse({ method: 'GET' })
    const address = addressOf(`${server.url}/late`)
    const { events, log } = eventLog()
    const connection = await http.open(options, openContext(address, { events }))
    for (let n = 0; n < 3; n += 1) {
      const one = trial()
      connection.send(http.fromMessage({}, address, options), one.exchange)
      expect(await one.settled).toMatchObject({ outcome: 'ok', reused: false })
      idle?.write('HTTP/1.1 200 OK\r\n')
      await vi.waitFor(() => expect(log).toHaveLength(2 * n + 2))
    }
    expect(log).toEqual(['opened', 'closed', 'opened', 'closed', 'opened', 'closed'])
    await connection.close()
  })
})

test.each(['burn', 'undici'] as const)('the result names the client: %s', async (client) => {
  const scenario = {
    name: 'client',
    target: { url: `${server.url}/ok`, http: { client } },
    load: [{ users: 1, iterations: 2 }],
    steps: [{ request: {} }],
  }
  const { result } = await runScenario(scenario)
  expect(result.target[0]?.client).toBe(client)
  expect(result.total.counts.ok).toBe(2)
})

test('a client of HTTP/1.1 does not go with HTTP/2', () => {
  expect(http.options.safeParse({ version: '2', client: 'undici' }).success).toBe(false)
  expect(http.client?.(http.options.parse({ version: '2' }))).toBe('node:http2')
})
