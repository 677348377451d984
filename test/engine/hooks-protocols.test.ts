/** Hooks over every protocol, against servers that keep what they got: what `beforeSend` left is what arrived, and every hook is called. */
import { afterAll, beforeEach, expect, test } from 'vitest'
import { forgetHooks, HOOKS, hooksIn, registerHooks } from '../../src/hooks/hooks.ts'
import { type RunInput, runScenario } from '../support/run.ts'
import { localMock } from './targets.ts'

beforeEach(() => forgetHooks())
// Test files share a process: those that come later must not meet these hooks.
afterAll(() => forgetHooks())

interface Shown {
  headers: Record<string, string>
  body: { messages?: { content: string }[]; message?: string }
  protocol: string
  reply: { text: string }
}

const ATTEMPTS = 4

test.each([
  ['http', { preset: 'openai-chat', url: 'http:/v1/chat/completions' }],
  ['sse', { preset: 'openai-chat', protocol: 'sse', url: 'http:/v1/chat/completions' }],
  ['websocket', { url: 'ws:/chat' }],
  ['grpc', { url: 'grpc:/burn.chat.v1.ChatService/SendMessage' }],
  ['mqtt', { preset: 'custom-mqtt', url: 'mqtt:/chat/in', mqtt: { version: 5 } }],
])('%s', async (protocol, target) => {
  const mock = await localMock({ firstTokenMs: 1, gapMs: 0, tokens: 3 })
  const [scheme, path] = [target.url.slice(0, target.url.indexOf(':')), target.url.slice(target.url.indexOf(':') + 1)]
  const seen = { initialize: 0, onConnect: 0, beforeSend: 0, afterReceive: 0, onError: 0, onDisconnect: 0 }
  const texts: string[] = []
  const count = (hook: keyof typeof seen) => {
    seen[hook] += 1
  }
  registerHooks(
    hooksIn(
      {
        ...Object.fromEntries(HOOKS.map((hook) => [hook, () => count(hook)])),
        async beforeSend({ headers, body, protocol: named }: Shown) {
          seen.beforeSend += 1
          expect(named).toBe(protocol)
          headers['x-signed'] = 'yes'
          const [message] = body.messages ?? []
          if (message) message.content = 'changed'
          else body.message = 'changed'
        },
        afterReceive({ reply }: Shown) {
          seen.afterReceive += 1
          texts.push(reply.text)
        },
      },
      'all.mjs',
    ),
    'all.mjs',
    true,
  )
  const { result } = await runScenario({
    name: 'hooks',
    target: { ...target, url: `${scheme}://127.0.0.1:${mock.port}${path}` },
    load: [{ users: 2, iterations: ATTEMPTS }],
    steps: [{ message: 'written' }],
  } as unknown as RunInput)
  expect(result.errors).toEqual([])
  expect(result.total.counts).toMatchObject({ planned: ATTEMPTS, ok: ATTEMPTS })
  const arrived = mock.log()
  expect(arrived.map(({ body }) => [body.includes('changed'), body.includes('written')])).toEqual(
    Array(ATTEMPTS).fill([true, false]),
  )
  expect(arrived.map(({ headers }) => headers['x-signed'])).toEqual(Array(ATTEMPTS).fill('yes'))
  expect(texts.every((text) => text.includes('changed'))).toBe(true)
  const { onConnect, onDisconnect, ...others } = seen
  expect(others).toEqual({ initialize: 1, beforeSend: ATTEMPTS, afterReceive: ATTEMPTS, onError: 0 })
  expect([onConnect, onDisconnect]).toEqual([result.connectionMetrics.successfulConnections, onConnect])
})
