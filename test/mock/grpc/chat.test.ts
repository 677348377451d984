/** The chat service of the mock over gRPC. */
import * as grpc from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { mockFor } from '../harness.ts'
import { call, chat, type Message } from './client.ts'

const text = (replies: Message[]) => replies.map(({ delta }) => delta).join('')

describe('chat', () => {
  test('one message, one reply, on the port of HTTP', async () => {
    const mock = await mockFor({ tokens: 6 })
    const { replies, code } = await call(mock, chat, 'SendMessage', [{ message: 'hello there' }]).done
    expect(code).toBe(grpc.status.OK)
    expect(replies).toMatchObject([{ conversation_id: 'conv-mock-0', finish_reason: 'stop', usage: { output_tokens: 6 } }])
    expect(replies[0]?.reply).toMatch(/^turn 1: hello there \S+ \S+$/)
    expect((await fetch(`${mock.url}/health`)).status).toBe(200)
    expect(mock.stats()).toMatchObject({ requests: 2, byRoute: { 'grpc-chat': 1, health: 1 } })
  })

  test('the pieces of a stream are the reply, and the last one says so', async () => {
    const mock = await mockFor({ tokens: 5 })
    const whole = await call(mock, chat, 'SendMessage', [{ message: 'hi' }]).done
    const { replies } = await call(mock, chat, 'StreamMessage', [{ message: 'hi' }]).done
    expect(replies).toHaveLength(6)
    expect(text(replies)).toBe(whole.replies[0]?.reply)
    expect(replies.map(({ done }) => done)).toEqual([false, false, false, false, false, true])
    expect(mock.log(1)[0]).toMatchObject({ method: 'GRPC', path: '/burn.chat.v1.ChatService/StreamMessage', status: 0 })
  })

  test('a conversation is kept under its id, or comes as history, or lives in one call', async () => {
    const mock = await mockFor({ tokens: 3 })
    const first = await call(mock, chat, 'SendMessage', [{ message: 'a', conversation_id: 'c' }]).done
    const second = await call(mock, chat, 'SendMessage', [{ message: 'b', conversation_id: 'c' }]).done
    expect([first, second].map(({ replies }) => replies[0]?.reply)).toEqual(['turn 1: a', 'turn 2: b'])
    const told = await call(mock, chat, 'SendMessage', [{ message: 'c', history: [{ role: 'user', content: 'b' }] }]).done
    expect(told.replies[0]?.reply).toBe('turn 2: c')
    const talk = await call(mock, chat, 'Converse', [{ message: 'x' }, { message: 'y' }]).done
    expect(text(talk.replies)).toBe('turn 1: xturn 2: y')
  })

  test('the limit of a request cuts the reply', async () => {
    const { replies } = await call(await mockFor(), chat, 'SendMessage', [{ message: 'hi', max_tokens: 2 }]).done
    expect(replies).toMatchObject([{ finish_reason: 'length', usage: { output_tokens: 2 } }])
  })
})
