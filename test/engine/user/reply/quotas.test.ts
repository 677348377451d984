/** `onRateLimit: pause`: a 429 holds all users of the target, as the target counts it. */
import { expect, test } from 'vitest'
import { wallNow } from '../../../../src/clock.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

const USERS = 5
const WAIT_MS = 300

/** The first request of each user gets a 429 with these headers after 10 ms; all later ones are fine after 20. */
function limited(headers: (nowMs: number) => Record<string, string>): MemoryTarget {
  return new MemoryTarget({
    reply: (_, n) => (n < USERS ? { headMs: 10, status: 429, headers: headers(wallNow() + 10) } : { headMs: 20 }),
  })
}

function run({ url }: MemoryTarget, target: object = {}) {
  return runVirtual({
    name: 'quota',
    target: { url, ...target },
    load: [{ users: USERS, iterationsPerUser: 4 }],
    steps: [{ request: { json: {} } }],
  })
}

/** How many requests came at which moment. */
function moments({ requests }: MemoryTarget): [at: number, count: number][] {
  const counts = new Map<number, number>()
  for (const { at } of requests) counts.set(at, (counts.get(at) ?? 0) + 1)
  return [...counts]
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
  const target = limited(headers)
  const { result, attempts } = await run(target, { onRateLimit: 'pause' })
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 15, failed: 5 })
  expect(moments(target)).toEqual([
    [0, USERS],
    [10 + WAIT_MS, USERS],
    [30 + WAIT_MS, USERS],
    [50 + WAIT_MS, USERS],
  ])
  const held = attempts.filter(({ exchange }) => exchange.warnings.includes('quota_pause')).map(({ exchange }) => exchange)
  expect(held).toHaveLength(USERS)
  expect(result.target[0]?.rateLimits).toMatchObject({ limited: USERS, lostMs: USERS * WAIT_MS })
  for (const { queueWaitMs, lagMs, sentAt, intended } of held)
    expect([queueWaitMs, lagMs, sentAt, intended]).toEqual([WAIT_MS, 0, 10 + WAIT_MS, 10])
  expect(result.warnings).toEqual({ quota_pause: USERS })
})

test('one who comes while the others are held is held with them', async () => {
  const target = new MemoryTarget({
    reply: (_, n) => (n === 0 ? { headMs: 10, status: 429, headers: { 'retry-after-ms': String(WAIT_MS) } } : { headMs: 50 }),
  })
  await runVirtual({
    name: 'quota',
    target: { url: target.url, onRateLimit: 'pause' },
    load: [{ rate: '10/s', for: '500ms', maxUsers: 5 }],
    steps: [{ request: { json: {} } }],
  })
  expect(moments(target)).toEqual([
    [0, 1],
    [10 + WAIT_MS, 3],
    [400, 1],
  ])
})

test('fail, the default: the others go on at once', async () => {
  const target = limited(() => ({ 'retry-after-ms': '5000' }))
  const { result } = await run(target)
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 15, failed: 5 })
  expect(moments(target).map(([at]) => at)).toEqual([0, 10, 30, 50])
  expect(result.warnings).toEqual({})
})

test('the end of the run ends the wait', async () => {
  const target = limited(() => ({ 'retry-after': '3600' }))
  const { result } = await runVirtual({
    name: 'quota',
    target: { url: target.url, onRateLimit: 'pause' },
    load: [{ users: USERS, for: '400ms' }],
    steps: [{ request: { json: {} } }],
  })
  expect(moments(target)).toEqual([[0, USERS]])
  expect([result.total.counts.failed, result.durationMs]).toEqual([USERS, 400])
})
