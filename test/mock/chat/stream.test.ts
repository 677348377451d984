import { describe, expect, test } from 'vitest'
import { CHAT, textOf } from '../chat-faults.ts'
import { eventually, mockFor, post, raw } from '../harness.ts'

const STREAM = { messages: [{ role: 'user', content: 'Hi' }], stream: true }

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
