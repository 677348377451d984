/** What a user does, step by step, as the target sees it. */
import { expect, test } from 'vitest'
import type { Mock } from '../../../src/mock/server.ts'
import { reply } from '../../servers/http-faults.ts'
import { chatTarget, runScenario, runVirtual } from '../../support/virtual.ts'
import { chatAt, faulty, localMock } from '../targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 3 }

/** Messages of each request, as the mock got them. */
const turnsSent = (mock: Mock): { role: string; content: string }[][] => mock.log().map(({ body }) => JSON.parse(body).messages)
const lastWords = (mock: Mock) => turnsSent(mock).map((turns) => turns.at(-1)?.content)

test('loops make exactly their rounds, nested ones count for themselves, and `loop` is what it was afterwards', async () => {
  const mock = await localMock(FAST)
  const rounds = [{ message: 'r{{loop.index}}/{{loop.count}}{{#if loop.last}}!{{/if}}' }]
  const { result } = await runScenario({
    name: 'loops',
    target: chatAt(mock),
    load: [{ iterations: 2, users: 1 }],
    steps: [
      { loop: { times: 2, steps: [{ loop: { times: 3, steps: rounds } }, { message: 'outer {{loop.index}}' }] } },
      { loop: { times: '{{user.number}}', steps: [{ message: 'templated' }] } },
      { loop: { times: 0, steps: [{ message: 'never' }] } },
      { set: { n: 0 } },
      { loop: { while: 'n < 2', steps: [{ set: { n: '{{loop.count}}' } }, { message: 'while {{n}}' }] } },
      { loop: { while: 'true', max: 2, steps: [{ message: 'bounded' }] } },
    ],
  })
  const inner = ['r0/1', 'r1/2', 'r2/3!']
  const once = [...inner, 'outer 0', ...inner, 'outer 1', 'templated', 'while 1', 'while 2', 'bounded', 'bounded']
  expect(lastWords(mock)).toEqual([...once, ...once])
  expect(result.total.counts).toEqual({ planned: 26, started: 26, ok: 26, failed: 0, cut: 0, dropped: 0 })
  expect(result.iterations).toMatchObject({ planned: 2, completed: 2, failed: 0, cut: 0, dropped: 0 })
})

test('a loop with `for` ends by the clock', async () => {
  const target = chatTarget({ firstTokenMs: 40 })
  await runVirtual({
    name: 'for',
    target: chatAt(target),
    steps: [{ loop: { for: '100ms', steps: [{ message: 'x' }] } }],
  })
  expect(target.requests.map(({ at }) => at)).toEqual([0, 40, 80])
})

test.each([
  ['reply.text.contains("refund")', 'I want a refund', 'then'],
  ['reply.text.contains("refund")', 'I want a parrot', 'else'],
  ['reply.status == 200 && reply.ok', 'anything', 'then'],
  ['reply.tokens > 100', 'anything', 'else'],
])('if %s after "%s" goes to %s', async (condition, message, way) => {
  const mock = await localMock({ ...FAST, tokens: 8 })
  await runScenario({
    name: 'if',
    target: chatAt(mock),
    steps: [{ message }, { if: condition, then: [{ message: 'then' }], else: [{ message: 'else' }] }],
  })
  expect(lastWords(mock)).toEqual([message, way])
})

test('variables: vars, set and captures of every kind reach later steps as they are', async () => {
  const server = await faulty({
    '/login': (socket) => socket.write(reply('{"user":{"id":42,"tags":["a","b"]},"x":1}', { 'X-Token': 'abc' }, '201 Created')),
  })
  await runScenario({
    name: 'variables',
    target: { url: `${server.url}/echo` },
    vars: { city: 'Ulm', both: '{{run.name}}-{{user.id}}' },
    steps: [
      {
        request: { path: '/login', json: {} },
        capture: {
          id: '$.user.id',
          tags: '$.user.tags',
          token: 'header:X-Token',
          code: 'status',
          digits: '/id":(\\d+)/',
          absent: { json: '$.nope', default: 'none' },
        },
      },
      { set: { doubled: '{{id}}{{id}}' } },
      {
        request: {
          json: {
            id: '{{id}}',
            tags: '{{tags}}',
            text: '{{city}} {{both}} {{token}} {{code}} {{digits}} {{absent}} {{doubled}}',
          },
        },
      },
    ],
  })
  const sent = JSON.parse(server.seen.at(-1)?.body ?? '')
  expect(sent).toEqual({ id: 42, tags: ['a', 'b'], text: 'Ulm variables-0 abc 201 42 none 4242' })
})

test('variables are made from each other in any order, those of a group lie over them, and what setup found wins', async () => {
  const server = await faulty({ '/id': (socket) => socket.write(reply('{"id":"s-1"}')) })
  await runScenario({
    name: 'made',
    target: { url: `${server.url}/echo` },
    vars: { greet: '{{hi}} {{who}} of {{place}}', hi: 'Hi', who: 'Ann', place: '{{sess}}', sess: 'nowhere' },
    groups: { vip: { vars: { who: 'Sir {{who}}' } } },
    setup: [{ request: { path: '/id', json: {} }, capture: { sess: '$.id' } }],
    steps: [{ request: { json: { text: '{{greet}}' } } }],
  })
  expect(JSON.parse(server.seen.at(-1)?.body ?? '')).toEqual({ text: 'Hi Sir Ann of s-1' })
})

test('a value with quotes, line ends, emoji, braces and 64 KiB arrives byte for byte inside valid JSON', async () => {
  const nasty = `"quoted" \\back\\ \n\r\n\t \u0000 \u2028 🔥👩‍🚀 {{user.id}} {{{raw}}} {{#each}} </script> ${'ü{{'.repeat(16_384)}`
  expect(Buffer.byteLength(nasty)).toBeGreaterThan(64 * 1024)
  const server = await faulty({
    '/value': (socket) => socket.write(reply(JSON.stringify({ value: nasty }))),
    '/chat': (socket) => socket.write(reply('{"reply":"yes"}')),
  })
  const { result } = await runScenario({
    name: 'bytes',
    target: { url: `${server.url}/chat` },
    steps: [
      { request: { method: 'GET', path: '/value' }, capture: { value: '$.value' } },
      { message: '{{value}}' },
      { request: { path: '/chat', json: { deep: [{ text: 'a {{value}} z' }] } } },
    ],
  })
  expect(result.total.counts.ok).toBe(3)
  const [, message, raw] = server.seen
  expect(JSON.parse(message?.body ?? '').message).toBe(nasty)
  expect(JSON.parse(raw?.body ?? '')).toEqual({ deep: [{ text: `a ${nasty} z` }] })
})

const MEMORY = [
  ['full', { memory: 'full' }, ['a', 'A', 'b', 'B', 'c']],
  ['none', { memory: 'none' }, ['c']],
  ['last 2', { memory: { last: 2 } }, ['b', 'B', 'c']],
  ['last 3: no answer without its question', { memory: { last: 3 } }, ['b', 'B', 'c']],
  ['window of 3 messages', { window: { maxMessages: 3 } }, ['b', 'B', 'c']],
  ['window of 1 message', { window: { maxMessages: 1 } }, ['c']],
  ['window of few tokens', { window: { maxTokens: 4 } }, ['c']],
  ['window of many tokens', { window: { maxTokens: 4096 } }, ['a', 'A', 'b', 'B', 'c']],
] as const

test.each(MEMORY)('memory %s on the wire', async (_, conversation, third) => {
  const mock = await localMock({ ...FAST, tokens: 6 })
  await runScenario({
    name: 'memory',
    target: chatAt(mock),
    load: [{ iterations: 2, users: 1 }],
    conversation: { system: 'You are user {{user.id}}.', ...conversation },
    steps: [{ message: 'a' }, { message: 'b' }, { message: 'c' }],
  })
  const system = { role: 'system', content: 'You are user 0.' }
  const spoken = turnsSent(mock)[2]?.map((turn) => (turn.role === 'assistant' ? 'answer' : turn.content))
  expect(spoken).toEqual([system.content, ...third.map((turn) => (turn === turn.toUpperCase() ? 'answer' : turn))])
  // A new iteration is a new conversation.
  expect(turnsSent(mock)[3]).toEqual([system, { role: 'user', content: 'a' }])
})

test('what comes back is what is remembered: the answer of the target, word for word', async () => {
  const mock = await localMock({ ...FAST, tokens: 6 })
  const { attempts } = await runScenario({ name: 'words', target: chatAt(mock), steps: [{ message: 'a' }, { message: 'b' }] })
  expect(turnsSent(mock)[1]).toEqual([
    { role: 'user', content: 'a' },
    { role: 'assistant', content: attempts[0]?.exchange.text },
    { role: 'user', content: 'b' },
  ])
})

test('users that interleave never see each other’s variables, captures or conversations', async () => {
  const mock = await localMock({ ...FAST, tokens: 5, jitterMs: 5 })
  const { result } = await runScenario({
    name: 'apart',
    target: chatAt(mock),
    load: [{ iterationsPerUser: 5, users: 20 }],
    steps: [
      { set: { mine: 'u{{user.id}}i{{iteration.ofUser}}' } },
      { message: 'first {{mine}}', capture: { said: 'text' } },
      { delay: '1ms..5ms' },
      { message: 'u{{user.id}}i{{iteration.ofUser}} {{mine}} {{said}}' },
    ],
  })
  expect(result.total.counts.ok).toBe(200)
  const seconds = turnsSent(mock).filter((turns) => turns.length === 3)
  expect(seconds).toHaveLength(100)
  for (const [question, answer, message] of seconds) {
    const [who, mine, ...said] = message?.content.split(' ') ?? []
    expect(mine).toBe(who)
    expect(question?.content).toBe(`first ${who}`)
    expect(said.join(' ')).toBe(answer?.content)
    expect(answer?.content).toContain(who)
  }
  expect(new Set(seconds.map((turns) => turns[2]?.content.split(' ')[0])).size).toBe(100)
})

test('think time lies between the end of one attempt and the start of the next', async () => {
  const { attempts } = await runVirtual({
    name: 'think',
    target: chatAt(chatTarget({ firstTokenMs: 5 })),
    steps: [{ delay: '30ms' }, { message: 'a' }, { delay: '50ms' }, { delay: '20ms' }, { message: 'b' }],
  })
  const moments = attempts.map(({ exchange: { intended, sentAt, endedAt } }) => [intended, sentAt, endedAt])
  expect(moments).toEqual([
    [30, 30, 35],
    [105, 105, 110],
  ])
})

test('a condition that cannot be judged fails its iteration and is told, and the run goes on', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'odd',
    target: chatAt(mock),
    load: [{ iterations: 3, users: 1 }],
    steps: [{ message: 'a' }, { if: 'reply.json.nothing.there == 1', then: [{ message: 'b' }] }],
  })
  expect(result.iterations).toMatchObject({ planned: 3, completed: 0, failed: 3 })
  expect(result.total.counts).toMatchObject({ planned: 3, ok: 3, failed: 0 })
  expect(result.validity.reasons.map((reason) => reason.code)).toContain('local')
})

test('a check whose template fails makes its attempt fail; it is still counted once', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'check',
    target: chatAt(mock),
    steps: [{ message: 'a', expect: [{ contains: '{{div 1 iteration.index}}' }] }],
  })
  expect(result.total.counts).toEqual({ planned: 1, started: 1, ok: 0, failed: 1, cut: 0, dropped: 0 })
  expect(result.errors[0]?.class).toBe('local_template')
})
