import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Clock, goBy } from '../../src/clock.ts'
import { EndpointWatch } from '../../src/observe/endpoint.ts'
import { listen } from '../servers/http-faults.ts'

/** A clock whose timers go off when the test says so. */
class HandClock implements Clock {
  readonly isReal = true
  at = 0
  readonly repeated: (() => void)[] = []
  readonly once = new Set<() => void>()
  now = () => this.at
  wallAnchor = () => 0
  nextTurn = (callback: () => void) => void setImmediate(callback)
  after(_ms: number, callback: () => void) {
    this.once.add(callback)
    return () => void this.once.delete(callback)
  }
  every(_ms: number, callback: () => void) {
    this.repeated.push(callback)
    return () => void this.repeated.splice(this.repeated.indexOf(callback), 1)
  }
}

type Answer = (res: ServerResponse, nth: number, req: IncomingMessage) => void

async function watched(answer: Answer, names: string[] = []) {
  const clock = new HandClock()
  onTestFinished(goBy(clock))
  let asked = 0
  const sockets = new Set<object>()
  const server = createServer((req, res) => {
    sockets.add(req.socket)
    asked += 1
    answer(res, asked, req)
  })
  const port = await listen(server)
  const watch = new EndpointWatch({
    url: `http://127.0.0.1:${port}/metrics?token=hush`,
    everyMs: 1000,
    names,
    access: { headers: {} },
  })
  onTestFinished(async () => {
    await watch.close()
    server.closeAllConnections()
    server.close()
  })
  return { watch, clock, sockets, asked: () => asked }
}

const tokens = (count: number) => `vllm:generation_tokens_total ${count}\nvllm:num_requests_running ${count}\n`

test('counts from before the load to after it, over a restart, on one connection', async () => {
  const told = [100, 130, 20, 50]
  const { watch, clock, sockets, asked } = await watched((res, nth) => res.end(tokens(told[nth - 1] ?? 0)))
  await watch.begin()
  watch.start(clock.at)
  for (let second = 1; second <= 2; second += 1) {
    clock.at = second * 1000
    for (const tick of clock.repeated) tick()
    await expect.poll(() => watch.read().untilMs).toBe(second * 1000)
  }
  clock.at = 2500
  await watch.finish()
  expect(watch.read()).toMatchObject({
    scrapes: 4,
    failed: 0,
    error: null,
    sinceMs: 0,
    untilMs: 2500,
    counters: { tokens_out: { delta: 30 + 20 + 30, perSecond: 32, resets: 1 } },
    // What is told before and after the load says nothing of it.
    gauges: { running: { count: 2, min: 20, max: 130 } },
  })
  expect([asked(), sockets.size, clock.repeated.length, clock.once.size]).toEqual([4, 1, 0, 0])
  expect(watch.read().url).not.toContain('hush')
})

describe('what goes wrong is counted, and nothing is made of it', () => {
  const piece = Buffer.alloc(64 * 1024, `${'x'.repeat(99)}\n`)
  test.each<[string, Answer, RegExp]>([
    ['no such place', (res) => res.writeHead(404).end('not here'), /^status 404$/],
    ['elsewhere', (res) => res.writeHead(302, { location: '/other' }).end(), /^status 302$/],
    ['a page', (res) => res.end('<html><body>welcome</body></html>'), /holds no metric that burn knows/],
    ['nothing', (res) => res.end(), /holds no metric that burn knows/],
    ['a connection that breaks', (res) => res.write(tokens(1), () => res.destroy()), /./],
    [
      'a body without end',
      (res) => {
        const more = () => {
          while (!res.destroyed && res.write(piece));
        }
        res.on('drain', more)
        more()
      },
      /^more than 4 MiB$/,
    ],
  ])('%s', async (_, answer, error) => {
    const { watch } = await watched(answer)
    await watch.begin()
    expect(watch.read()).toMatchObject({ scrapes: 1, failed: 1, server: [], sinceMs: null, gauges: {}, counters: {}, series: [] })
    expect(watch.read().error).toMatch(error)
  })

  test('nobody there', async () => {
    await watched(() => {})
    const gone = new EndpointWatch({ url: 'http://127.0.0.1:1/metrics', everyMs: 1000, names: [], access: { headers: {} } })
    await gone.begin()
    expect(gone.read()).toMatchObject({ failed: 1, error: expect.stringMatching(/ECONNREFUSED|refused/i) })
    await gone.close()
  })

  test('an answer that does not come in time; no second one is asked for meanwhile', async () => {
    let arrived = 0
    const { watch, clock, asked } = await watched((res, nth) => {
      arrived = nth
      if (nth > 1) res.end(tokens(nth))
    })
    const begun = watch.begin()
    await expect.poll(() => arrived).toBe(1)
    const again = watch.begin()
    for (const due of clock.once) due()
    await Promise.all([begun, again])
    expect(asked()).toBe(1)
    expect(watch.read()).toMatchObject({ scrapes: 1, failed: 1, error: 'no answer within 500 ms' })
    await watch.begin()
    expect(watch.read()).toMatchObject({ scrapes: 2, failed: 1, server: ['vLLM'] })
  })
})
