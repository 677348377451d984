import { describe, expect, test } from 'vitest'
import { CHAT, textOf } from '../chat-faults.ts'
import { mockFor, post, raw } from '../harness.ts'

const WHOLE = { messages: [{ role: 'user', content: 'Hi' }] }

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
