/** Tool loops: the calls of a reply are answered as attempts of their own, in the form of each API. */
import { expect, test } from 'vitest'
import type { MockOverrides } from '../../../../src/mock/persona/settings.ts'
import { type RunInput, runScenario } from '../../../support/run.ts'
import { localMock } from '../../targets.ts'

const FAST: MockOverrides = { firstTokenMs: 0, gapMs: 0, tokens: 4 }

const TOOLS = [
  { name: 'weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  { name: 'clock' },
]

const STEP = {
  name: 'ask',
  message: 'Is it cold in Oslo?',
  tools: TOOLS,
  toolReply: { weather: 'minus {{user.number}} in {{tool.arguments.city}}', clock: { result: { at: '{{tool.name}}' } } },
}

const PRESETS = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'ollama', 'cohere', 'bedrock-converse'] as const

async function scenarioAt(preset: (typeof PRESETS)[number], settings: MockOverrides, more: Partial<RunInput> = {}) {
  const mock = await localMock({ ...FAST, ...settings })
  const scenario = { name: 't', target: { preset, url: mock.url, model: 'm' }, steps: [STEP], ...more }
  return { mock, run: () => runScenario(scenario) }
}

/** The part of a body that holds the conversation. */
const turnsOf = (body: string) => {
  const { messages, contents, input } = JSON.parse(body)
  return JSON.stringify(messages ?? contents ?? input)
}

test.each([
  ...PRESETS.flatMap((preset) => [true, false].map((stream) => [preset, stream] as const)),
  ['openai-responses-ws', true] as const,
])('%s, stream: %s: two rounds of two calls are three attempts', async (preset, stream) => {
  const mock = await localMock({ ...FAST, toolRounds: 2, toolCalls: 2, reasoningTokens: 2 })
  const { result, attempts } = await runScenario({
    name: 't',
    target: { preset, url: preset === 'openai-responses-ws' ? mock.url.replace('http', 'ws') : mock.url, model: 'm', stream },
    steps: [{ ...STEP, expect: [{ contains: 'turn' }] }, { message: 'Thanks' }],
  })
  expect(result.errors).toEqual([])
  expect(result.total.counts).toMatchObject({ planned: 4, ok: 4, failed: 0 })
  expect(mock.stats().requests).toBe(4)
  const [first, second, third] = attempts
  expect(first?.exchange.toolCalls.map(({ name }) => name)).toEqual(['weather', 'clock'])
  const { city } = JSON.parse(first?.exchange.toolCalls[0]?.arguments ?? '')
  expect(second?.prompt).toBe(`[weather] minus 1 in ${city}\n[clock] {"at":"clock"}`)
  expect(third?.exchange.text).toMatch(/^turn/)
  const [one, two, three, four] = mock.log().map(({ body }) => turnsOf(body))
  expect(one).not.toContain('minus')
  expect(two?.match(/minus 1 in/g)).toHaveLength(1)
  expect(three?.match(/minus 1 in/g)).toHaveLength(2)
  // Later turns carry calls and results along.
  expect(four?.match(/minus 1 in/g)).toHaveLength(2)
  expect(four).toContain('Thanks')
  // The checks of the step are of its answer.
  expect(result.steps[0]?.checks.map(({ passed, failed }) => [passed, failed])).toEqual([[1, 0]])
})

test('the results go back with the ids of the reply', async () => {
  const { mock, run } = await scenarioAt('openai-chat', { toolRounds: 1, toolCalls: 2 })
  await run()
  const { messages } = JSON.parse(mock.log()[1]?.body ?? '')
  expect(messages).toMatchObject([
    { role: 'user', content: 'Is it cold in Oslo?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_mock_0_0', type: 'function', function: { name: 'weather' } },
        { id: 'call_mock_0_1', type: 'function', function: { name: 'clock', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_mock_0_0', content: expect.stringMatching(/^minus 1 in word\d+$/) },
    { role: 'tool', tool_call_id: 'call_mock_0_1', content: '{"at":"clock"}' },
  ])
})

test.each([true, false])('Anthropic gets back the thoughts of calls while it thinks, stream: %s', async (stream) => {
  const mock = await localMock({ ...FAST, toolRounds: 2, reasoningTokens: 2 })
  const body = { thinking: { type: 'enabled', budget_tokens: 1024 } }
  const target = { preset: 'anthropic', url: mock.url, model: 'm', stream, body } as const
  const { result } = await runScenario({ name: 't', target, steps: [STEP] })
  expect(result.total.counts).toMatchObject({ planned: 3, ok: 3 })
  // As the real API does, the mock refuses a call without them.
  const last = JSON.parse(mock.log().at(-1)?.body ?? '')
  const without = last.messages.map(({ role, content }: { role: string; content: string | { type: string }[] }) => ({
    role,
    content: typeof content === 'string' ? content : content.filter(({ type }) => type !== 'thinking'),
  }))
  const send = async (messages: unknown) =>
    (await fetch(`${mock.url}/v1/messages`, { method: 'POST', body: JSON.stringify({ ...last, messages }) })).status
  expect([await send(last.messages), await send(without)]).toEqual([200, 400])
})

test('Gemini gets back the sealed thoughts of a call', async () => {
  const { mock, run } = await scenarioAt('gemini', { toolRounds: 1 })
  await run()
  const { contents } = JSON.parse(mock.log()[1]?.body ?? '')
  expect(contents[1]).toMatchObject({
    role: 'model',
    parts: [{ functionCall: { name: 'weather' }, thoughtSignature: 'bW9jaw==' }],
  })
  expect(contents[2]).toMatchObject({ role: 'user', parts: [{ functionResponse: { name: 'weather' } }] })
})

test.each([
  ['toolRounds', { toolRounds: 2 }, 'tool_rounds', 3],
  ['unknown tools', { toolReply: { weather: 'cold', clock: '12:00' }, tools: TOOLS.slice(0, 1) }, undefined, 0],
])('%s', async (_, more, failure, requests) => {
  const mock = await localMock({ ...FAST, toolRounds: 9 })
  const scenario = {
    name: 't',
    target: { preset: 'openai-chat' as const, url: mock.url },
    steps: [{ ...STEP, ...more }],
  }
  if (failure === undefined) {
    await expect(runScenario(scenario)).rejects.toThrow('there is no tool "clock" in tools of this step')
    return
  }
  const { result } = await runScenario(scenario)
  expect(result.errors.map((error) => error.class)).toEqual([failure])
  expect(result.total.counts).toMatchObject({ planned: requests, ok: requests - 1, failed: 1 })
  expect(mock.stats().requests).toBe(requests)
})

test('a reply for * answers every tool, and without toolReply a call ends the step', async () => {
  const any = await scenarioAt('openai-chat', { toolRounds: 1 }, { steps: [{ ...STEP, toolReply: { '*': '{{tool.name}}!' } }] })
  const { attempts } = await any.run()
  expect(attempts.map(({ prompt }) => prompt)).toEqual(['Is it cold in Oslo?', '[weather] weather!'])
  const { toolReply: _, ...bare } = STEP
  const none = await scenarioAt('openai-chat', { toolRounds: 1 }, { steps: [{ ...bare, expect: [{ 'tool-call': 'weather' }] }] })
  const { result } = await none.run()
  expect(result.total.counts).toMatchObject({ planned: 1, ok: 1 })
})

test('a round that fails is retried as a round, and a step that fails leaves nothing behind', async () => {
  const retried = await scenarioAt(
    'openai-chat',
    { toolRounds: 1, rateLimitEvery: 2, retryAfterSeconds: 0 },
    { onError: { default: 'retry', retry: { max: 3, delay: '0ms', jitter: false } } },
  )
  const { attempts, result } = await retried.run()
  expect(attempts.map(({ exchange, attempt }) => [exchange.outcome, attempt])).toEqual([
    ['ok', 1],
    ['failed', 1],
    ['ok', 2],
  ])
  expect(result.total.counts).toMatchObject({ planned: 3, ok: 2, failed: 1 })
  const failing = await scenarioAt('openai-chat', { toolRounds: 1, rateLimitEvery: 2 }, { steps: [STEP, { message: 'Next' }] })
  await failing.run()
  expect(JSON.parse(failing.mock.log().at(-1)?.body ?? '').messages).toEqual([{ role: 'user', content: 'Next' }])
})

test('the time of a tool is in no latency', async () => {
  const { run } = await scenarioAt(
    'openai-chat',
    { toolRounds: 1 },
    { steps: [{ ...STEP, toolReply: { '*': { result: 'ok', delay: '300ms' } } }] },
  )
  const { attempts } = await run()
  const [first, second] = attempts.map(({ exchange }) => exchange)
  expect((second?.intended ?? 0) - (first?.endedAt ?? 0)).toBeCloseTo(300, 3)
})
