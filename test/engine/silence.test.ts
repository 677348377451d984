/** No silent ok for a reply without text: what it held is told, counted and judged, whatever the dialect. */
import { describe, expect, test } from 'vitest'
import { chunk, type Fault, reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { faulty } from './targets.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const json =
  (body: unknown): Fault =>
  (socket) =>
    void socket.write(reply(JSON.stringify(body), JSON_TYPE))
const sse =
  (...events: unknown[]): Fault =>
  (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n')
    for (const event of events) socket.write(chunk(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`))
    socket.write('0\r\n\r\n')
  }
const openai = (delta: object, finish: string | null, more: object = {}) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})
const usage = (completion: number, reasoning?: number) => ({
  usage: {
    prompt_tokens: 4,
    completion_tokens: completion,
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  },
})
const empty = { role: 'assistant', content: '' }

async function seen(fault: Fault, target: object, more: { thresholds?: string[]; expect?: object[] } = {}) {
  const { url } = await faulty({ '/chat': fault })
  const { result } = await runScenario({
    name: 'silence',
    // biome-ignore lint/suspicious/noExplicitAny: every row has its own target
    target: { url: `${url}/chat`, protocol: 'http', model: 'm', ...target } as any,
    load: [{ users: 1, iterations: 4 }],
    steps: [{ message: 'hello', name: 'ask', ...(more.expect ? { expect: more.expect } : {}) }],
    ...(more.thresholds?.length ? { thresholds: more.thresholds } : {}),
  })
  return result
}

const chat = { dialect: 'openai-chat' }
const whole = { dialect: 'openai-chat', stream: false }
const message = (fields: object, finish = 'stop', more: object = {}) =>
  json({ choices: [{ message: { role: 'assistant', ...fields }, finish_reason: finish }], ...more })

describe('what a reply without text is', () => {
  test.each<[string, object, Fault, string | undefined]>([
    ['chat, streamed, nothing said', chat, sse(openai(empty, null), openai({}, 'stop'), '[DONE]'), 'empty_reply'],
    ['chat, one token that ends it', chat, sse(openai(empty, 'stop', usage(1)), '[DONE]'), 'empty_reply'],
    ['chat, whole, null content', whole, message({ content: null }), 'empty_reply'],
    ['chat, whole, white space', whole, message({ content: ' \n' }), 'empty_reply'],
    [
      'chat, only reasoning',
      chat,
      sse(openai({ reasoning_content: 'hm' }, null), openai({}, 'length', usage(9, 9)), '[DONE]'),
      'empty_reply',
    ],
    [
      'chat, reasoning seen, text not',
      chat,
      sse(openai({ reasoning_content: 'hm', words: 'hi' }, 'stop', usage(9, 2)), '[DONE]'),
      'text_not_found',
    ],
    ['chat, tokens without text', chat, sse(openai(empty, 'stop', usage(7)), '[DONE]'), 'text_not_found'],
    [
      'chat, text elsewhere, no usage',
      chat,
      sse({ choices: [{ index: 0, output: 'San', finish_reason: 'stop' }] }, '[DONE]'),
      'text_not_found',
    ],
    ['chat, filter', whole, message({ content: '' }, 'content_filter'), 'blocked'],
    ['chat, filter after text', chat, sse(openai({ content: 'I' }, null), openai({}, 'content_filter'), '[DONE]'), 'blocked'],
    ['chat, refusal', whole, message({ content: null, refusal: 'No.' }), 'blocked'],
    ['chat, tool call', whole, message({ tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, 'tool_calls'), undefined],
    ['chat, tool call without arguments', whole, message({ tool_calls: [{ function: { name: 'f' } }] }, 'stop'), undefined],
    [
      'anthropic, nothing',
      { dialect: 'anthropic', stream: false },
      json({ content: [], stop_reason: 'end_turn' }),
      'empty_reply',
    ],
    ['anthropic, refusal', { dialect: 'anthropic', stream: false }, json({ content: [], stop_reason: 'refusal' }), 'blocked'],
    [
      'anthropic, tool',
      { dialect: 'anthropic', stream: false },
      json({ content: [{ type: 'tool_use', name: 'f', input: {} }], stop_reason: 'tool_use' }),
      undefined,
    ],
    ...['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII'].map(
      (reason) =>
        [
          `gemini, ${reason}`,
          { dialect: 'gemini', stream: false },
          json({ candidates: [{ finishReason: reason }] }),
          'blocked',
        ] as [string, object, Fault, string],
    ),
    [
      'gemini, nothing',
      { dialect: 'gemini', stream: false },
      json({ candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }] }),
      'empty_reply',
    ],
    [
      'gemini, call without arguments',
      { dialect: 'gemini', stream: false },
      json({ candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] }, finishReason: 'STOP' }] }),
      undefined,
    ],
    [
      'responses, filter',
      { dialect: 'openai-responses', stream: false },
      json({ status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] }),
      'blocked',
    ],
    [
      'responses, nothing',
      { dialect: 'openai-responses', stream: false },
      json({ status: 'completed', output: [] }),
      'empty_reply',
    ],
    [
      'ollama, nothing',
      { dialect: 'ollama', stream: false },
      json({ message: empty, done: true, done_reason: 'stop' }),
      'empty_reply',
    ],
    ['a mapping, empty text', { response: { text: '$.reply' } }, json({ reply: '' }), 'empty_reply'],
    [
      'a mapping, guardrail told elsewhere',
      { response: { text: '$.reply' } },
      json({ reply: '', stopReason: 'guardrail_intervened' }),
      'blocked',
    ],
    [
      'a mapping that looks in the wrong place',
      { response: { text: '$.reply' } },
      json({ reply: '', answer: 'hi' }),
      'text_not_found',
    ],
    ['text', whole, message({ content: 'hi' }), undefined],
  ])('%s', async (_, target, fault, warning) => {
    const { warnings, total } = await seen(fault, target)
    expect(total.counts).toMatchObject({ ok: 4, failed: 0 })
    const { no_finish_reason: _odd, ...said } = warnings
    expect(said).toEqual(warning === undefined ? {} : { [warning]: 4 })
    for (const metric of ['empty_reply', 'blocked', 'text_not_found'])
      expect(total.values[metric]).toBe(metric === warning ? 1 : 0)
  })
})

test('text that was not read degrades the measurement, and says where it may be', async () => {
  const odd = { choices: [{ index: 0, output: 'San', finish_reason: 'stop' }], ...usage(3) }
  const { validity, thresholds, exitCodes } = await seen(sse(odd, '[DONE]'), chat)
  const reason = validity.reasons.find(({ code }) => code === 'text_not_found')
  expect(reason?.level).toBe('degraded')
  expect(reason?.message).toContain('no text was found in any reply to ask')
  expect(reason?.message).toContain('usage tells of 3 visible tokens; there is text at $.choices[0].output ("San")')
  const failed = thresholds.filter(({ state }) => state === 'failed')
  expect(failed).toMatchObject([{ threshold: 'text_not_found ratio <= 50%', observed: 1, samples: 4 }])
  expect(failed[0]?.reason).toBe('4 of 4 replies to messages gave no whole text: 4 with text that was not found')
  expect(exitCodes).toContain(1)
})

describe('the standing rule', () => {
  const times = (faults: Fault[]): Fault => {
    let count = 0
    return (socket, request) => {
      const fault = faults[count % faults.length]
      count += 1
      fault?.(socket, request)
    }
  }
  const said = message({ content: 'hi' })
  const nothing = message({ content: '' })
  const filtered = message({ content: '' }, 'content_filter')

  const brokenOff = message({ content: 'First,' }, 'content_filter')

  test.each<[string, Fault[], string[], number]>([
    ['half of the replies may be empty', [said, nothing], [], 0],
    ['three of four may not', [said, nothing, nothing, nothing], [], 1],
    ['blocked ones say nothing either', [said, nothing, filtered, filtered], [], 1],
    ['a filter that comes after some text leaves no answer', [said, brokenOff, brokenOff, brokenOff], [], 1],
    ['half of them may be broken off', [said, brokenOff], [], 0],
    ['and a threshold decides instead', [brokenOff], ['blocked ratio > 50%'], 0],
    ['a threshold of the scenario decides instead', [said, nothing, nothing, nothing], ['empty_reply ratio <= 80%'], 0],
    ['and is strict where it is', [said, said, said, nothing], ['empty_reply ratio < 1%'], 1],
    ['one on something else leaves the rule', [nothing], ['blocked ratio < 5%'], 1],
    ['blocked ones have a threshold of their own', [said, said, said, filtered], ['blocked ratio < 5%'], 1],
  ])('%s', async (_, faults, thresholds, exitCode) => {
    const result = await seen(times(faults), whole, { thresholds })
    expect(result.thresholds.some(({ state }) => state === 'failed')).toBe(exitCode === 1)
  })
})

test.each<[string, object, Fault]>([
  [
    'openai, a refusal streamed after text',
    chat,
    sse(openai({ content: 'Sure' }, null), openai({ refusal: 'No.' }, null), openai({}, 'stop'), '[DONE]'),
  ],
  [
    'anthropic, stop_reason refusal',
    { dialect: 'anthropic', stream: false },
    json({ content: [{ type: 'text', text: 'Sure' }], stop_reason: 'refusal' }),
  ],
  [
    'gemini, SAFETY',
    { dialect: 'gemini', stream: false },
    json({ candidates: [{ content: { parts: [{ text: 'Sure' }] }, finishReason: 'SAFETY' }] }),
  ],
])('replies that a filter or the model broke off fail the run: %s', async (_, target, fault) => {
  const { thresholds, exitCodes } = await seen(fault, target)
  const [failed] = thresholds.filter(({ state }) => state === 'failed')
  expect(failed?.reason).toBe('4 of 4 replies to messages gave no whole text: 4 blocked')
  expect(exitCodes).toContain(1)
})

describe('a step of which every reply is silent', () => {
  const steps = async (second: Fault, thresholds: string[], iterations = 10) => {
    const { url } = await faulty({ '/said': message({ content: 'hi' }), '/second': second })
    const { result } = await runScenario({
      name: 'silent step',
      targets: { said: { url: `${url}/said`, ...whole }, second: { url: `${url}/second`, ...whole } },
      load: [{ users: 1, iterations }],
      steps: [
        { message: 'hello', name: 'ask', target: 'said' },
        { message: 'and?', name: 'again', target: 'said' },
        { message: 'more', name: 'mute', target: 'second' },
      ],
      ...(thresholds.length > 0 ? { thresholds } : {}),
    })
    return result.thresholds.filter(({ state }) => state === 'failed')
  }

  test.each<[string, Fault, string, string]>([
    ['empty', message({ content: '' }), 'empty_reply', '10 empty'],
    ['blocked', message({ content: '' }, 'content_filter'), 'blocked', '10 blocked'],
    ['unread', json({ choices: [{ output: 'San', finish_reason: 'stop' }], ...usage(3) }), 'text_not_found', ''],
  ])('fails the run, though most of its replies have a text: %s', async (_, fault, metric, told) => {
    const failed = await steps(fault, [])
    if (told === '') return expect(failed).not.toEqual([])
    expect(failed).toMatchObject([{ threshold: `${metric}{step=mute} ratio < 100%`, observed: 1, limit: 1, samples: 10 }])
    expect(failed[0]?.reason).toBe(`10 of 10 replies to step mute gave no whole text: ${told}`)
  })

  test('fewer than ten of them show nothing', async () => {
    expect(await steps(message({ content: '' }), [], 9)).toEqual([])
  })

  test.each(['empty_reply{step=mute} ratio > 90%', 'empty_reply ratio < 50%'])('%s decides instead', async (threshold) => {
    expect(await steps(message({ content: '' }), [threshold])).toEqual([])
  })
})

test('a check of the text is made on the text, not on the raw reply', async () => {
  const { total } = await seen(message({ content: '' }), whole, { expect: [{ contains: 'assistant' }] })
  expect(total.counts).toMatchObject({ ok: 0, failed: 4 })
})

test('any JSON API may be asked without a preset: its replies need not hold text', async () => {
  const result = await seen(json({ id: 7, items: [1, 2] }), {})
  expect(result.validity.reasons.filter(({ code }) => code === 'text_not_found')).toEqual([])
  expect(result.thresholds.filter(({ state }) => state !== 'passed')).toEqual([])
})

test('replies without text have no share of anything where no reply came', async () => {
  const result = await seen((socket) => socket.destroy(), chat, { thresholds: ['empty_reply ratio < 1%'] })
  expect(result.thresholds.find(({ threshold }) => threshold.startsWith('empty'))).toMatchObject({
    state: 'no_samples',
    samples: 0,
  })
})
