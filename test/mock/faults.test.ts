import { describe, expect, test } from 'vitest'
import { planFault } from '../../src/mock/persona/faults.ts'
import { type MockOverrides, resolveSettings } from '../../src/mock/persona/settings.ts'
import { eventually, mockFor, post, raw } from './harness.ts'

const CHAT = '/v1/chat/completions'
const STREAM = { messages: [{ role: 'user', content: 'Hi' }], stream: true }
const WHOLE = { messages: [{ role: 'user', content: 'Hi' }] }

const textOf = (reply: { chunks: Buffer[] }): string => Buffer.concat(reply.chunks).toString()
const units = (body: string): number => body.match(/"content":"[^"]/g)?.length ?? 0

describe('faults of a stream', () => {
  test('truncated: half of the text, no end marker, a clean end', async () => {
    const mock = await mockFor({ tokens: 4 })
    const reply = await raw(mock.port, CHAT, STREAM, { truncateRate: 1 })
    expect(reply.end).toBe('end')
    expect(units(textOf(reply))).toBe(2)
    expect(textOf(reply)).not.toMatch(/DONE|"finish_reason":"/)
    expect(textOf(reply)).toMatch(/\r\n0\r\n\r\n$/)
    expect(mock.stats().byOutcome.truncated).toBe(1)
  })

  test('reset: half of the text, then RST', async () => {
    const mock = await mockFor({ tokens: 4, firstTokenMs: 5 })
    const reply = await raw(mock.port, CHAT, STREAM, { resetRate: 1 })
    expect(reply.end).toBe('reset')
    expect(units(textOf(reply))).toBe(2)
    await eventually(() => mock.stats().connectionsOpen === 0)
    expect(mock.stats()).toMatchObject({ byOutcome: { reset: 1 }, inFlight: 0, connectionsAccepted: 1 })
  })

  test('stalled: half of the text, then nothing until the client leaves', async () => {
    const mock = await mockFor({ tokens: 4 })
    const leaving = new AbortController()
    const reply = await fetch(mock.url + CHAT, {
      method: 'POST',
      body: JSON.stringify(STREAM),
      headers: { 'x-mock': '{"stallRate":1}' },
      signal: leaving.signal,
    })
    let body = ''
    const reading = (async () => {
      for await (const piece of reply.body!) body += Buffer.from(piece).toString()
    })()
    await eventually(() => units(body) === 2)
    expect(mock.stats()).toMatchObject({ inFlight: 1, byOutcome: { stalled: 1 } })
    leaving.abort()
    await expect(reading).rejects.toThrow()
    await eventually(() => mock.stats().inFlight === 0)
    expect(mock.stats().clientsLeft).toBe(1)
    expect(mock.log()[0]).toMatchObject({ clientLeft: true, outcome: 'stalled', status: 200 })
  })

  test.each([
    ['none of the text', 0, 0],
    ['a quarter', 0.25, 1],
    ['all of it', 1, 4],
  ])('faultAfter: %s', async (_, faultAfter, expected) => {
    const mock = await mockFor({ tokens: 4, truncateRate: 1, faultAfter })
    const body = await (await post(mock, CHAT, STREAM)).text()
    expect(units(body)).toBe(expected)
    expect(body).toContain('"role":"assistant"')
    expect(body).not.toMatch(/DONE|"finish_reason":"/)
  })

  test('empty: complete, without text and without tokens', async () => {
    const mock = await mockFor({ reasoningTokens: 2 })
    const body = await (await post(mock, CHAT, { ...STREAM, stream_options: { include_usage: true } }, { emptyRate: 1 })).text()
    expect(units(body)).toBe(0)
    expect(body).toContain('"completion_tokens":0')
    expect(body).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/)
    expect(mock.stats().byOutcome.empty).toBe(1)
  })

  test('endMarker: false leaves out the last frame alone', async () => {
    const mock = await mockFor({ tokens: 4, endMarker: false })
    const body = await (await post(mock, CHAT, STREAM)).text()
    expect(units(body)).toBe(4)
    expect(body).toContain('"finish_reason":"stop"')
    expect(body).not.toContain('DONE')
  })
})

describe('faults of a whole reply', () => {
  test('truncated: half of the JSON, a clean end', async () => {
    const mock = await mockFor({ truncateRate: 1 })
    const reply = await post(mock, CHAT, WHOLE)
    const body = await reply.text()
    expect(reply.status).toBe(200)
    expect(body.length).toBeGreaterThan(10)
    expect(() => JSON.parse(body)).toThrow(SyntaxError)
  })

  test('reset: the announced length never comes', async () => {
    const mock = await mockFor({ resetRate: 1 })
    const reply = await raw(mock.port, '/chat', { message: 'Hi' })
    expect(reply.end).toBe('reset')
    const length = Number(/content-length: (\d+)/.exec(textOf(reply))?.[1])
    expect(textOf(reply).split('\r\n\r\n')[1]).toHaveLength(Math.floor(length / 2))
  })

  test('mid-stream error: the error body under status 200', async () => {
    const reply = await post(await mockFor({ midStreamErrorRate: 1 }), CHAT, WHOLE)
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ error: { type: 'server_error' } })
  })

  test('gateway timeout: silence, then 504', async () => {
    const mock = await mockFor({ gatewayTimeoutRate: 1, gatewayTimeoutMs: 30 })
    expect((await post(mock, CHAT, WHOLE)).status).toBe(504)
    const { receivedAt, framesAt } = mock.log()[0]!
    expect(framesAt[0]! - receivedAt!).toBeGreaterThanOrEqual(30)
    expect(mock.stats().byOutcome.timeout).toBe(1)
  })

  test('a plain route gets the same faults', async () => {
    const mock = await mockFor()
    const empty = await post(mock, '/echo', {}, { emptyRate: 1 })
    expect([empty.status, await empty.text()]).toEqual([200, ''])
    expect((await post(mock, '/echo', {}, { status: 502 })).status).toBe(502)
  })
})

describe('the plan', () => {
  const outcomes = (settings: MockOverrides, n: number): string[] =>
    Array.from({ length: n }, (_, k) => planFault(resolveSettings(settings), k).outcome)

  test('the same seed gives the same sequence, another seed another', () => {
    const rates = { errorRate: 0.2, rateLimitRate: 0.2, resetRate: 0.2 }
    expect(outcomes({ ...rates, seed: 7 }, 200)).toEqual(outcomes({ ...rates, seed: 7 }, 200))
    expect(outcomes({ ...rates, seed: 7 }, 200)).not.toEqual(outcomes({ ...rates, seed: 8 }, 200))
  })

  test('shares come out as asked, over all kinds', () => {
    const rate = 0.1
    const rates = { errorRate: rate, rateLimitRate: rate, gatewayTimeoutRate: rate, midStreamErrorRate: rate }
    const all = outcomes({ ...rates, truncateRate: rate, resetRate: rate, stallRate: rate, emptyRate: rate }, 10_000)
    const counts = Object.groupBy(all, (outcome) => outcome)
    expect(Object.keys(counts)).toHaveLength(9)
    for (const outcome of Object.keys(counts)) {
      const expected = outcome === 'ok' ? 2000 : 1000
      expect(Math.abs((counts[outcome]?.length ?? 0) - expected)).toBeLessThan(150)
    }
  })

  test('a rate of 1 hits always, a rate of 0 never', () => {
    expect(new Set(outcomes({ emptyRate: 1 }, 1000))).toEqual(new Set(['empty']))
    expect(new Set(outcomes({}, 1000))).toEqual(new Set(['ok']))
  })

  test('unavailableAfter and unavailableFor make a hole of 503', () => {
    const plan = Array.from({ length: 6 }, (_, k) => planFault(resolveSettings({ unavailableAfter: 2, unavailableFor: 3 }), k))
    expect(plan.map((fault) => ('status' in fault ? fault.status : 200))).toEqual([200, 200, 503, 503, 503, 200])
  })

  test('the rate-limited persona refuses every third request, for 2 to 4 seconds', () => {
    const plan = Array.from({ length: 300 }, (_, k) => planFault(resolveSettings({ persona: 'rate-limited' }), k))
    const waits = plan.flatMap((fault, k) => (fault.outcome === 'rate_limited' ? [[k % 3, fault.retryAfterSeconds]] : []))
    expect(waits).toHaveLength(100)
    expect(new Set(waits.map(([rest]) => rest))).toEqual(new Set([2]))
    expect(new Set(waits.map(([, seconds]) => seconds))).toEqual(new Set([2, 3, 4]))
  })

  test('over the wire: the server counts what it planned, in order of arrival', async () => {
    const settings = { seed: 3, errorRate: 0.3, emptyRate: 0.3 }
    const mock = await mockFor(settings)
    for (let i = 0; i < 30; i += 1) await (await post(mock, '/chat', { message: 'x' })).text()
    expect(mock.log().map((entry) => entry.outcome)).toEqual(outcomes(settings, 30))
    expect(mock.stats().byOutcome.error).toBe(outcomes(settings, 30).filter((outcome) => outcome === 'error').length)
  })
})
