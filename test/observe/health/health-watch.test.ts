import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { goBy } from '../../../src/clock.ts'
import { HealthWatch } from '../../../src/observe/health/health-watch.ts'
import { type HealthCheck, healthChecksSchema } from '../../../src/observe/health/schema.ts'
import { resultSchema } from '../../../src/result/schema.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { listenOnOwnPort } from '../../support/own-port.ts'

type Answers = NonNullable<Parameters<typeof webhookReceiver>[0]>

async function checked(answers: Answers, own: Partial<Pick<HealthCheck, 'expect' | 'timeout'>> = {}) {
  const clock = new HandClock()
  const server = await webhookReceiver(answers)
  onTestFinished(goBy(clock))
  const check = { url: `${server.url}/health?key=hush`, name: 'api', every: 1000, timeout: 5000, ...own }
  const watch = new HealthWatch(check, { headers: { authorization: 'Bearer t' } })
  onTestFinished(() => watch.close())
  /** Lets seconds pass, and waits for the answer of each. */
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second += 1) {
      const { checks } = watch.read()
      clock.pass(1000)
      await expect.poll(() => watch.read().checks, { interval: 1 }).toBe(checks + 1)
    }
  }
  return { watch, clock, server, seconds }
}

/** Answers by their number, from 1: true is well. */
const script =
  (...well: boolean[]): Answers =>
  (_, nth) => ({ status: (well[nth - 1] ?? well.at(-1)) ? 200 : 503 })

describe('a health check', () => {
  test('finds availability, outages, and the first success after each', async () => {
    const { watch, seconds, server } = await checked(script(true, true, false, false, true, false, true))
    await watch.begin()
    watch.start(0)
    await seconds(5)
    await watch.finish()
    const found = watch.read()
    expect(found).toMatchObject({
      name: 'api',
      url: `${server.url}/health`,
      before: { ok: true, error: null },
      checks: 6,
      ok: 3,
      failed: 3,
      availability: 0.5,
      error: 'status 503, expected 200 to 299',
      outageCount: 2,
      longestOutageMs: 2000,
      response: { count: 3 },
    })
    expect(found.outages).toEqual([
      { fromMs: 2000, untilMs: 4000, error: 'status 503, expected 200 to 299' },
      { fromMs: 5000, untilMs: 5000, error: 'status 503, expected 200 to 299' },
    ])
    expect(found.series.map(({ t, values }) => [t, values.up])).toEqual([
      [1000, 1],
      [2000, 0],
      [3000, 0],
      [4000, 1],
      [5000, 0],
      [5000, 1],
    ])
    expect(server.received[0]?.headers.authorization).toBe('Bearer t')
    expect(resultSchema.shape.health.safeParse([found]).success).toBe(true)
  })

  test('that fails before the load and never succeeds is an outage until the last check', async () => {
    const { watch, seconds } = await checked(script(false))
    await watch.begin()
    expect(watch.latest).toBe('status 503, expected 200 to 299')
    watch.start(0)
    await seconds(3)
    expect(watch.read()).toMatchObject({ before: { ok: false }, availability: 0, outageCount: 1, longestOutageMs: 2000 })
    expect(watch.read().outages).toMatchObject([{ fromMs: 1000, untilMs: null }])
  })

  test('judges every outage, also those that are not listed', async () => {
    const { watch, seconds, clock, server } = await checked((_, nth) => ({ status: nth % 2 === 1 ? 503 : 200 }))
    watch.start(0)
    await seconds(200)
    expect(watch.figure('outage')).toMatchObject({ events: 100, lengths: { count: 100, max: 1000 } })
    await seconds(1)
    clock.pass(500)
    await watch.finish()
    expect(server.received).toHaveLength(202)
    expect(watch.read()).toMatchObject({ outageCount: 101, longestOutageMs: 1000 })
    expect(watch.read().outages).toHaveLength(100)
    expect(watch.figure('outage')).toMatchObject({ events: 101, samples: 202, lengths: { count: 101, min: 500, max: 1000 } })
  })

  test('counts no outage where there was none, and one that goes on as it is', async () => {
    const { watch, seconds } = await checked(script(true, false))
    watch.start(0)
    await seconds(1)
    expect(watch.figure('outage')).toMatchObject({ events: 0, samples: 1, lengths: { count: 1, max: 0 } })
    await seconds(3)
    expect(watch.figure('outage')).toMatchObject({ events: 1, lengths: { count: 1, max: 2000 } })
  })

  test('without an answer is one failed check; those that were due meanwhile were not made, and count by time', async () => {
    const { watch, clock, server } = await checked((_, nth) => (nth === 2 ? 'never' : { status: 200 }), { timeout: 3500 })
    watch.start(0)
    clock.pass(1000)
    await expect.poll(() => watch.read().checks).toBe(1)
    clock.pass(1000)
    await expect.poll(() => server.received.length).toBe(2)
    clock.pass(3500)
    await expect.poll(() => watch.read().checks).toBe(2)
    expect(watch.read()).toMatchObject({ ok: 1, failed: 1, dropped: 3, error: 'no answer within 3500 ms', outageCount: 1 })
    // Due at 1, 2, 3, 4 and 5 s; well at the first.
    expect(watch.read().availability).toBe(0.2)
    expect(watch.figure('availability')).toEqual({ part: 1, whole: 5 })
    expect(watch.figure('outage')).toMatchObject({ samples: 2 })
  })

  test('that is awaited when the load ends is the last one, and an outage ends with the load', async () => {
    const { watch, clock, server } = await checked((_, nth) => (nth === 1 ? { status: 503 } : 'never'), { timeout: 5000 })
    watch.start(0)
    clock.pass(1000)
    await expect.poll(() => watch.read().checks).toBe(1)
    clock.pass(1000)
    await expect.poll(() => server.received.length).toBe(2)
    clock.pass(500)
    const ended = Promise.all([watch.finish(), watch.finish()])
    clock.pass(4500)
    await ended
    expect(server.received).toHaveLength(2)
    expect(watch.read()).toMatchObject({ checks: 2, failed: 2, dropped: 0, longestOutageMs: 1500 })
    expect(watch.figure('outage')).toMatchObject({ lengths: { max: 1500 } })
  })

  test('that succeeds after the load ends an outage with the load', async () => {
    let answerTakes = (_: number): void => {}
    const { watch, seconds, clock } = await checked((_, nth) => {
      if (nth === 2) answerTakes(700)
      return { status: nth === 1 ? 503 : 200 }
    })
    answerTakes = (ms) => clock.pass(ms)
    watch.start(0)
    await seconds(1)
    clock.pass(500)
    await watch.finish()
    expect(watch.read()).toMatchObject({ ok: 1, failed: 1, outages: [{ fromMs: 1000, untilMs: 1500 }], longestOutageMs: 500 })
  })

  test('is cut at once when it is cancelled: before the load, during it, and at its end', async () => {
    const { watch, clock, server } = await checked(() => 'never')
    const begun = watch.begin()
    await expect.poll(() => server.received.length).toBe(1)
    watch.cancel()
    await begun
    expect(watch.read().before).toBeNull()
    const other = await checked((_, nth) => (nth === 1 ? { status: 200 } : 'never'))
    other.watch.start(clock.now())
    await other.seconds(1)
    other.clock.pass(2000)
    await expect.poll(() => other.server.received.length).toBe(2)
    const ended = other.watch.finish()
    other.watch.cancel()
    await ended
    expect(other.watch.read()).toMatchObject({ checks: 1, ok: 1, failed: 0, cut: 1, dropped: 1, availability: 1, outageCount: 0 })
    other.clock.pass(5000)
    expect(other.server.received).toHaveLength(2)
  })

  test('needs the whole answer in time: a body that goes on and on is none', async () => {
    const begun = Promise.withResolvers<void>()
    const server = createServer((_, res) => {
      res.writeHead(200).write('x')
      begun.resolve()
    })
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
    const port = await listenOnOwnPort(server)
    const clock = new HandClock()
    onTestFinished(goBy(clock))
    const watch = new HealthWatch({ url: `http://127.0.0.1:${port}/`, name: 'api', every: 1000, timeout: 5000 }, { headers: {} })
    const ended = watch.begin()
    await begun.promise
    clock.pass(5000)
    await ended
    expect(watch.read().before).toMatchObject({ ok: false, error: 'no answer within 5000 ms' })
    await watch.close()
  })

  test('that was never asked is not available, and has no figures', async () => {
    const { watch } = await checked(script(true))
    expect(watch.read()).toMatchObject({ before: null, checks: 0, availability: null, longestOutageMs: null, response: null })
    expect(watch.figure('outage')).toBeUndefined()
  })

  test.each([
    ['any status from 200 to 299', undefined, { status: 204 }, null],
    [
      'no redirect',
      undefined,
      { status: 301, headers: { location: '/' } },
      'status 301 (redirects are not followed), expected 200 to 299',
    ],
    ['one status', 503, { status: 503 }, null],
    ['a list of them', [200, 204], { status: 201 }, 'status 201, expected 200 or 204'],
    ['a text', 'ready', { status: 200, body: '{"state":"ready"}' }, null],
    ['a text that is not there', 'ready', { status: 200, body: 'starting' }, 'the body does not hold "ready"'],
    ['a text of an error', 'ready', { status: 500, body: 'ready' }, 'status 500, expected 200 to 299'],
    ['both', { status: 418, contains: 'tea' }, { status: 418, body: 'tea' }, null],
    ['a text beyond 64 KiB', 'end', { status: 200, body: `${'x'.repeat(200_000)}end` }, 'the body does not hold "end"'],
  ])('expects %s', async (_, expected, answer, error) => {
    const [check] = healthChecksSchema.parse({ url: 'http://h/', ...(expected === undefined ? {} : { expect: expected }) })
    const { watch } = await checked(() => answer, { expect: check?.expect })
    await watch.begin()
    expect(watch.read().before?.error).toBe(error)
    // What is left of a body does not keep the connection from the next question.
    await watch.begin()
    expect(watch.read().before?.error).toBe(error)
  })

  test('of an address where nobody is, says why', async () => {
    const watch = new HealthWatch({ url: 'http://127.0.0.1:1/', name: undefined, every: 1000, timeout: 1000 }, { headers: {} })
    await watch.begin()
    await watch.close()
    expect(watch.read().before).toMatchObject({ ok: false, error: expect.stringContaining('ECONNREFUSED') })
  })
})
