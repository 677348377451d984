import { describe, expect, test } from 'vitest'
import { eventually, mockFor } from '../harness.ts'
import { client } from './client.ts'

describe('/ws/chat', () => {
  test('a whole reply, and a conversation that is remembered', async () => {
    const mock = await mockFor({ tokens: 4 })
    const { json, heard, say } = await client(mock, '/ws/chat')
    say({ message: 'hello', conversationId: 'c1', id: 7 })
    say({ message: 'again', conversationId: 'c1' })
    await eventually(() => heard.length === 2)
    const usage = { inputTokens: 2, outputTokens: 4, reasoningTokens: 0 }
    expect(json()[0]).toMatchObject({
      reply: expect.stringMatching(/^turn 1: hello /),
      done: true,
      conversationId: 'c1',
      id: 7,
      usage,
      finish: 'stop',
    })
    expect(json()[1].reply).toMatch(/^turn 2: again /)
    expect(json()[1]).not.toHaveProperty('id')
  })

  test('a reply in pieces, reasoning first', async () => {
    const mock = await mockFor({ tokens: 3, reasoningTokens: 1 })
    const { json, heard, say } = await client(mock, '/chat')
    say({ message: 'hello', stream: true, id: 'a' })
    await eventually(() => heard.length === 5)
    expect(json()).toEqual([
      { reasoning: 'thinking', id: 'a' },
      { delta: 'turn', id: 'a' },
      { delta: ' 1:', id: 'a' },
      { delta: ' hello', id: 'a' },
      {
        done: true,
        conversationId: 'conv-mock-0',
        id: 'a',
        usage: { inputTokens: 2, outputTokens: 4, reasoningTokens: 1 },
        finish: 'stop',
      },
    ])
    const [entry] = mock.log()
    expect(entry).toMatchObject({ method: 'WS', path: '/chat', route: 'ws-chat', outcome: 'ok', clientLeft: false })
    expect(entry?.framesAt).toHaveLength(5)
  })

  test('messages are answered one after the other, each at its time', async () => {
    const mock = await mockFor({ tokens: 2, firstTokenMs: 20, gapMs: 10 })
    const { heard, say } = await client(mock, '/ws/chat')
    say({ message: 'a', stream: true })
    say({ message: 'b', stream: true })
    await eventually(() => heard.length === 6)
    const [first, second] = mock.log()
    expect((first?.framesAt[0] ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(20)
    expect((first?.framesAt[1] ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(30)
    expect((second?.framesAt[0] ?? 0) - (first?.framesAt[2] ?? Number.NaN)).toBeGreaterThanOrEqual(20)
  })

  test('an authentication is acknowledged and not counted', async () => {
    const mock = await mockFor()
    const { json, heard, say } = await client(mock, '/ws/chat')
    say({ type: 'authenticate', token: 't' })
    await eventually(() => heard.length === 1)
    expect(json()).toEqual([{ type: 'authenticated' }])
    expect(mock.stats().requests).toBe(0)
  })

  test.each(['no json', '{}', '[]'])('%s is rejected', async (message) => {
    const mock = await mockFor()
    const { json, heard, say } = await client(mock, '/ws/chat')
    say(message)
    await eventually(() => heard.length === 1)
    expect(json()[0]).toMatchObject({ error: { code: 'bad_request', status: 400 } })
    expect(mock.stats().byOutcome.rejected).toBe(1)
  })
})
