import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROTOCOLS } from '../../../src/cli/selftest/loads.ts'
import { ceilingOf, levelAt } from '../../../src/cli/selftest/measure.ts'
import { type SelftestTarget, startTarget } from '../../../src/cli/selftest/target.ts'
import { listen } from '../../servers/http-faults.ts'
import { onQuietMachine } from '../../support/quiet.ts'
import { Home } from '../harness.ts'

const PER_SECOND = 20
let target: SelftestTarget | undefined

beforeAll(async () => {
  target = await startTarget(join(import.meta.dirname, '../../../bin/burn.js'))
})
afterAll(() => target?.close())

test.each(PROTOCOLS)(
  '%s: every exchange is found in the log of the target, and compared',
  { timeout: 60_000 },
  async (protocol) => {
    if (!target) throw new Error('no target')
    const signal = new AbortController().signal
    const level = await levelAt(protocol, 1, PER_SECOND, { target, signal, seconds: 1 })
    expect(level).toMatchObject({ share: 1, perSecond: PER_SECOND, compared: PER_SECOND })
    const { ttft, itl, response, pacing } = level.errors
    expect(response?.count).toBe(PER_SECOND)
    expect(pacing?.count).toBe(PER_SECOND)
    // Nothing is received before it was sent: both processes read one clock.
    for (const error of [response, pacing]) expect(error?.p50).toBeGreaterThan(0)
    if (ttft) expect(ttft.p50).toBeGreaterThan(-0.5)
    const isWhole = ['http', 'mqtt'].includes(protocol)
    expect(ttft?.count).toBe(isWhole ? undefined : PER_SECOND)
    expect(itl === null).toBe(isWhole)
  },
)

/** The ceiling of a server whose first reply over each connection takes so long, in ms, and all others no time. */
async function ceilingAfter(firstMs: number): Promise<number> {
  const reply = JSON.stringify({ choices: [{ message: { content: 'served' }, finish_reason: 'stop' }] })
  const seen = new WeakSet<object>()
  const server = createServer((request, response) => {
    const isFirst = !seen.has(request.socket)
    seen.add(request.socket)
    const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(reply)
    if (isFirst) setTimeout(answer, firstMs)
    else answer()
  })
  const host = `127.0.0.1:${await listen(server)}`
  const unused = () => Promise.reject(new Error('a ceiling looks at nothing else'))
  const target: SelftestTarget = { host, reset: unused, log: unused, close: unused }
  const { signal } = new AbortController()
  try {
    return await ceilingOf('http', { target, signal, seconds: 1 })
  } finally {
    server.close().closeAllConnections()
  }
}

test('a ceiling is measured on connections that have carried replies, however long it took to make them', {
  timeout: 120_000,
}, async (context) => {
  await onQuietMachine(context, async () => {
    const [atOnce, later] = [await ceilingAfter(0), await ceilingAfter(2500)]
    expect(later).toBeGreaterThan(atOnce / 2)
  })
})

test('a target that has ended is a problem of this machine', async () => {
  const one = await startTarget(join(import.meta.dirname, '../../../bin/burn.js'))
  await one.close()
  await expect(one.reset()).rejects.toThrow('the target of the selftest has ended')
  await expect(one.log()).rejects.toThrow('the target of the selftest has ended')
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it, with the exit code of the signal', { timeout: 60_000 }, async (signal, code) => {
  const home = new Home()
  const running = home.start(['selftest', '--quick'], { env: { XDG_CACHE_HOME: home.file('cache') } })
  await running.until(({ stderr }) => stderr.includes('http …'))
  running.kill(signal)
  expect((await running.finished).code).toBe(code)
  expect(home.files()).toEqual([])
})
