import { expect, onTestFinished, test } from 'vitest'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import { startMock } from '../../src/mock/server.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'

const CHAT = 'burn.chat.v1.ChatService'

async function mock(settings: MockOverrides) {
  const started = await startMock({ firstTokenMs: 30, gapMs: 5, tokens: 10, ...settings })
  onTestFinished(() => started.close())
  return { stats: () => started.stats(), log: () => started.log(), url: `grpc://127.0.0.1:${started.port}` }
}

const load = [{ users: 2, iterations: 6, for: '20s' }]

test('unary chat: counts are those of the server, the text and the conversation are right', async () => {
  const { url, stats, log } = await mock({})
  const { result, attempts } = await runScenario({
    name: 'unary',
    target: {
      url,
      headers: { 'x-team': 'load' },
      grpc: { service: CHAT, method: 'SendMessage' },
      response: { text: '$.reply', usage: { output: '$.usage.output_tokens' }, finish: '$.finish_reason' },
    },
    load,
    steps: [{ message: 'hello', expect: [{ status: 0 }, { contains: 'turn 1: hello' }] }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(attempts.map(() => undefined))
  expect([result.totalMessages, result.failedMessages, stats().requests]).toEqual([attempts.length, 0, attempts.length])
  expect(attempts.length).toBeGreaterThanOrEqual(6)
  expect(attempts[0]?.exchange).toMatchObject({ outcome: 'ok', usage: { outputTokens: 10 }, finishReason: 'stop', warnings: [] })
  expect(log()[0]?.headers['x-team']).toBe('load')
  expect(stats().connectionsAccepted).toBe(2)
})

timedTest('streamed chat: the first token and the gaps are those of the server', async () => {
  const { url, stats } = await mock({})
  const { attempts } = await runScenario({
    name: 'stream',
    target: {
      url,
      grpc: { service: CHAT, method: 'StreamMessage' },
      response: { delta: '$.delta', end: { path: '$.done' }, usage: { output: '$.usage.output_tokens' } },
    },
    load,
    steps: [{ message: 'hello', expect: [{ status: 0 }] }],
  })
  expect(stats().requests).toBe(attempts.length)
  for (const { exchange } of attempts) {
    expect([exchange.outcome, exchange.frames, exchange.usage?.outputTokens]).toEqual(['ok', 10, 10])
    expect(exchange.firstTokenAt - exchange.sentAt).toBeGreaterThan(29)
    expect(exchange.firstTokenAt - exchange.sentAt).toBeLessThan(100)
    expect(exchange.gapsMs).toHaveLength(9)
    expect(exchange.endedAt - exchange.sentAt).toBeGreaterThan(29 + 9 * 5 - 1)
    const { intended, sentAt, firstByteAt, firstTokenAt, lastTokenAt, endedAt } = exchange
    const moments = [intended, sentAt, firstByteAt, firstTokenAt, lastTokenAt, endedAt]
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  }
})

test('a stream that ends well but before its end marker is closed_early, an error inside keeps its text', async () => {
  for (const [settings, failureClass] of [
    [{ truncateRate: 1 }, 'closed_early'],
    [{ midStreamErrorRate: 1 }, 'grpc_INTERNAL'],
    [{ resetRate: 1 }, 'grpc_UNAVAILABLE'],
  ] as const) {
    const { url } = await mock({ firstTokenMs: 0, ...settings })
    const { attempts } = await runScenario({
      name: 'broken',
      target: {
        url,
        grpc: { service: CHAT, method: 'StreamMessage' },
        response: { delta: '$.delta', end: { path: '$.done' } },
      },
      load: [{ users: 1, iterations: 2, for: '20s' }],
      steps: [{ message: 'hello' }],
    })
    expect(attempts.map(({ exchange }) => [exchange.failure?.class, exchange.frames])).toEqual(
      attempts.map(() => [failureClass, 5]),
    )
  }
})

test('request steps: metadata, captures and the deadline of the scenario', async () => {
  const { url } = await mock({})
  const { attempts } = await runScenario({
    name: 'requests',
    target: { url, grpc: { service: 'burn.echo.v1.EchoService', method: 'Echo' }, timeouts: { total: '100ms' } },
    load: [{ users: 1, iterations: 1, for: '20s' }],
    steps: [
      {
        request: { message: { text: 'n-{{iteration.index}}', number: 7 } },
        capture: { said: '$.text' },
        timeouts: { total: '1m' },
      },
      {
        request: { method: 'EchoCollect', messages: [{ text: '{{said}}' }, { text: 'b' }] },
        expect: [{ contains: 'n-0 b' }],
        timeouts: { total: '1m' },
      },
      { request: { service: CHAT, method: 'SendMessage', message: { message: 'x' }, metadata: { 'x-mock': '{"stallRate":1}' } } },
    ],
  })
  expect(attempts.map(({ exchange }) => exchange.failure?.class ?? 'ok')).toEqual(['ok', 'ok', 'timeout_total'])
})
