/** Where the HTTP/1.1 clients differ, and what the result says of them. The project `undici` runs this file with undici. */
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import { plainReader } from '../../src/dialects/reply/plain-reader.ts'
import { Exchange } from '../../src/exchange.ts'
import { CHUNKED, chunk, type FaultServer, faultServer } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, eventLog, inTurn, openContext, trial } from './contract.ts'

const UNDER_TEST = process.env.BURN_TEST_CLIENT ?? 'burn'
const OK = 'HTTP/1.1 200 OK\r\n'

/** Answers with 30 chunks of a letter, one in each turn of the event loop. */
const inPieces = (letter: string) => async (socket: Socket) => {
  socket.write(CHUNKED)
  for (let n = 0; n < 30; n += 1) {
    socket.write(chunk(letter.repeat(100)))
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.write('0\r\n\r\n')
}

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
    '/pieces-a': (socket) => void inPieces('a')(socket),
    '/pieces-b': (socket) => void inPieces('b')(socket),
    '/pieces-c': (socket) => void inPieces('c')(socket),
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
  const trials = await inTurn(connection, () => http.fromMessage({}, address, options), times)
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

test('what is kept of a body stays as it came, while other sockets read', async () => {
  const options = http.options.parse({ method: 'GET' })
  const bodies = await Promise.all(
    ['a', 'b', 'c'].map(async (letter) => {
      const address = addressOf(`${server.url}/pieces-${letter}`)
      const connection = await http.open(options, openContext(address))
      const { promise, resolve } = Promise.withResolvers<Exchange>()
      const exchange = new Exchange(0, plainReader(), resolve, { keepBody: true })
      connection.send(http.fromMessage({}, address, options), exchange)
      await promise
      await connection.close()
      return Buffer.from(exchange.rawBody).toString()
    }),
  )
  expect(bodies).toEqual(['a'.repeat(3000), 'b'.repeat(3000), 'c'.repeat(3000)])
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
