/** `onRateLimit: pause`: a 429 holds all users of the target, as the server counts it. */
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'

const USERS = 5
const WAIT_MS = 300

/** The first request of each user gets a 429 with these headers; all later ones are fine. Remembers when each came, and when the last 429 left. */
async function limitedServer(headers: (nowMs: number) => Record<string, string>) {
  const seen: number[] = []
  let lastRefusal = 0
  const server = createServer((request, response) => {
    request.resume()
    seen.push(performance.now())
    if (seen.length > USERS) {
      response.end('{}')
      return
    }
    lastRefusal = performance.now()
    response.writeHead(429, headers(Date.now())).end()
  })
  const port = await listen(server)
  onTestFinished(() => void server.closeAllConnections())
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${port}`, seen, quietMs: () => (seen[USERS] ?? Number.NaN) - lastRefusal }
}

function run(url: string, target: object = {}) {
  return runScenario({
    name: 'quota',
    target: { url, ...target },
    load: [{ users: USERS, iterationsPerUser: 4 }],
    steps: [{ request: { json: {} } }],
  })
}

test.each<[string, (nowMs: number) => Record<string, string>]>([
  ['retry-after-ms', () => ({ 'retry-after-ms': String(WAIT_MS) })],
  ['retry-after-ms before retry-after', () => ({ 'retry-after-ms': String(WAIT_MS), 'retry-after': '60' })],
  ['the reset of OpenAI', () => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${WAIT_MS}ms` })],
  [
    'the reset of what is used up',
    () => ({
      'x-ratelimit-remaining-requests': '9',
      'x-ratelimit-reset-requests': '60s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': `${WAIT_MS}ms`,
    }),
  ],
  ['the reset of Anthropic', (now) => ({ 'anthropic-ratelimit-requests-reset': new Date(now + WAIT_MS).toISOString() })],
  ['an epoch', (now) => ({ 'x-ratelimit-reset': String(now + WAIT_MS) })],
])('pause: nobody sends until the wait is over, told by %s', async (_, headers) => {
  const server = await limitedServer(headers)
  const { result, attempts } = await run(server.url, { onRateLimit: 'pause' })
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 15, failed: 5 })
  expect(server.seen).toHaveLength(20)
  // dates have a resolution of 1 ms, and so have timers
  expect(server.quietMs()).toBeGreaterThan(WAIT_MS - 5)
  const held = attempts.filter(({ exchange }) => exchange.warnings.includes('quota_pause')).map(({ exchange }) => exchange)
  // whoever had not asked before the first 429 was in is held with the others
  expect(held.length).toBeGreaterThanOrEqual(USERS - 1)
  for (const { queueWaitMs, lagMs, sentAt, intended } of held) {
    expect(queueWaitMs).toBeGreaterThan(0)
    expect(sentAt - intended).toBeGreaterThanOrEqual(queueWaitMs)
    expect(lagMs).toBeCloseTo(sentAt - intended - queueWaitMs, -2)
  }
  expect(result.warnings).toEqual({ quota_pause: held.length })
})

test('fail, the default: the others go on at once', async () => {
  const server = await limitedServer(() => ({ 'retry-after-ms': '5000' }))
  const { result } = await run(server.url)
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 15, failed: 5 })
  expect(server.quietMs()).toBeLessThan(5000)
  expect(result.warnings).toEqual({})
})

test('the end of the run ends the wait', async () => {
  const server = await limitedServer(() => ({ 'retry-after': '3600' }))
  const { result } = await runScenario({
    name: 'quota',
    target: { url: server.url, onRateLimit: 'pause' },
    load: [{ users: USERS, for: '400ms' }],
    steps: [{ request: { json: {} } }],
  })
  expect(server.seen.length).toBeLessThanOrEqual(USERS)
  expect(result.total.counts.failed).toBe(server.seen.length)
})
