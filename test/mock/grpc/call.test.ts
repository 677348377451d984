import * as grpc from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import type { MockOverrides } from '../../../src/mock/persona/settings.ts'
import { eventually, mockFor } from '../harness.ts'
import { call, chat } from './client.ts'

describe('faults', () => {
  test.each([
    ['SendMessage', { errorRate: 1 }, 'INTERNAL', 0],
    ['StreamMessage', { status: 503 }, 'UNAVAILABLE', 0],
    ['SendMessage', { rateLimitRate: 1 }, 'RESOURCE_EXHAUSTED', 0],
    ['StreamMessage', { gatewayTimeoutRate: 1, gatewayTimeoutMs: 10 }, 'DEADLINE_EXCEEDED', 0],
    ['StreamMessage', { midStreamErrorRate: 1, gapMs: 2 }, 'INTERNAL', 4],
    ['StreamMessage', { truncateRate: 1 }, 'OK', 4],
    ['SendMessage', { truncateRate: 1 }, 'DATA_LOSS', 0],
    ['StreamMessage', { emptyRate: 1 }, 'OK', 1],
    ['StreamMessage', { resetRate: 1, gapMs: 2 }, 'UNAVAILABLE', 4],
    ['SendMessage', { noSuchSetting: 1 }, 'INVALID_ARGUMENT', 0],
  ] as const)('%s with %o ends as %s after %i messages', async (method, settings, name, messages) => {
    const mock = await mockFor({ tokens: 8 })
    const { code, replies } = await call(mock, chat, method, [{ message: 'hi' }], settings as MockOverrides).done
    expect([grpc.status[code], replies.length]).toEqual([name, messages])
  })

  test('a limit says when to come again', async () => {
    const mock = await mockFor({ rateLimitRate: 1, retryAfterSeconds: 7 })
    const { metadata } = await call(mock, chat, 'SendMessage', [{ message: 'hi' }]).done
    expect(metadata.get('retry-after')).toEqual(['7'])
  })

  test('a client that leaves is seen to leave', async () => {
    const mock = await mockFor({ stallRate: 1, tokens: 8 })
    const { stream, replies, done } = call(mock, chat, 'StreamMessage', [{ message: 'hi' }])
    await eventually(() => replies.length === 4)
    stream.cancel()
    expect((await done).code).toBe(grpc.status.CANCELLED)
    await eventually(() => mock.stats().clientsLeft === 1)
    expect(mock.stats()).toMatchObject({ inFlight: 0, byOutcome: { stalled: 1 } })
  })
})
