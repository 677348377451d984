/** What a scenario asks for and would not get is told before the run. */
import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../src/scenario/validate.ts'

const problems = (more: object) =>
  validateScenario(
    JSON.stringify({ name: 't', target: { url: 'http://127.0.0.1/' }, steps: [{ request: { path: '/x' } }], ...more }),
    'a.json',
  ).problems.map(({ code, message }) => `${code} ${message}`)

describe('onError', () => {
  const nothing = 'E_VALUE nothing is tried again here: add default: retry, or a rule with do: retry'
  test.each<[string, object, string[]]>([
    ['retry alone', { retry: { max: 2 } }, [nothing]],
    ['retry beside another default', { default: 'abort', retry: {} }, [nothing]],
    ['retry beside rules that do something else', { retry: {}, rules: [{ status: 429, do: 'abort' }] }, [nothing]],
    ['retry in a rule that skips', { rules: [{ status: 429, do: 'skip', retry: {} }] }, ['E_VALUE retry belongs to do: retry']],
    ['default: retry', { default: 'retry', retry: { max: 2 } }, []],
    ['a rule that retries', { retry: { max: 2 }, rules: [{ status: 429, do: 'retry' }] }, []],
    ['a rule with its own', { rules: [{ status: 429, do: 'retry', retry: { max: 2 } }] }, []],
  ])('%s', (_, onError, expected) => {
    expect(problems({ onError })).toEqual(expected)
    expect(problems({ steps: [{ request: { path: '/x' }, onError }] })).toEqual(expected)
  })
})

test.each([
  ['http://127.0.0.1/x', ['E_VALUE a whole address belongs into url, in place of path, got "http://127.0.0.1/x"']],
  ['/proxy/http://127.0.0.1/x', []],
  ['{{base}}/x?to=http://127.0.0.1', []],
])('path: %s', (path, expected) => {
  expect(problems({ vars: { base: '/a' }, steps: [{ request: { path } }] })).toEqual(expected)
})

describe('cost', () => {
  const none = ['W_NO_PRICES no target has prices: cost has no samples, which counts as a failure']
  const pricing = { inputPer1M: 1, outputPer1M: 2 }
  const target = { url: 'http://127.0.0.1/' }
  test.each<[string, object, string[]]>([
    ['without prices', { thresholds: ['cost sum < 1'] }, none],
    [
      'with mistyped prices',
      { target: { ...target, pricing: { ...pricing, inputPer1M: true } }, thresholds: ['cost sum < 1'] },
      ['E_TYPE expected a number, got true'],
    ],
    ['with the price of an hour alone', { target: { ...target, pricing: { perHour: 3 } }, thresholds: ['cost sum < 1'] }, none],
    ['with prices', { target: { ...target, pricing }, thresholds: ['cost sum < 1'] }, []],
    [
      'one of two targets',
      { target: undefined, targets: { a: target, b: { ...target, pricing } }, thresholds: ['cost sum < 1'] },
      [],
    ],
    ['may be missing', { thresholds: [{ threshold: 'cost sum < 1', on_missing: 'skip' }] }, []],
  ])('%s', (_, more, expected) => {
    expect(problems(more)).toEqual(expected)
  })
})

describe('promptTokens of a group', () => {
  const groups = { long: { promptTokens: 1000 }, short: { weight: 2 } }
  const none = ['W_UNUSED_BLOCK no step has a prompt: this length is not used']
  const prompt = { message: '{{prompt}}', prompt: { tokens: 10 } }
  test.each<[string, object, string[]]>([
    ['without a prompt', { steps: [{ message: 'hi' }] }, none],
    ['with one', { steps: [{ message: 'hi' }, prompt] }, []],
    ['with one in a flow', { steps: undefined, flows: [{ name: 'a', steps: [{ loop: { times: 2, steps: [prompt] } }] }] }, []],
  ])('%s', (_, more, expected) => {
    expect(problems({ groups, ...more })).toEqual(expected)
  })
})

describe('generated text', () => {
  const embeddings = { url: 'http://127.0.0.1/', dialect: 'openai-embeddings', model: 'm' }
  const rerank = { ...embeddings, dialect: 'rerank', body: { documents: ['a'] } }
  const chat = { ...embeddings, dialect: 'openai-chat' }
  const of = (formats: string, metric: string, then: string) => [
    `W_NO_TEXT replies of ${formats} have no generated text: ${metric} has no samples, ${then}`,
  ]
  const ttft = 'ttft p95 < 1s'
  const fails = 'which counts as a failure'
  const judged = { judge: { target: chat, rubric: 'good?' }, thresholds: [ttft] }
  const both = { target: undefined, targets: { embed: embeddings, chat } }
  test.each<[string, object, string[]]>([
    ['a threshold', { thresholds: [ttft] }, of('openai-embeddings', 'ttft', fails)],
    ...['itl p99 < 1s', 'tpot p50 < 1s', 'output_tokens avg > 1', 'reasoning_tokens avg < 1', 'output_token_rate > 1/s'].map(
      (text): [string, object, string[]] => [
        text,
        { thresholds: [text] },
        of('openai-embeddings', text.split(' ')[0] ?? '', fails),
      ],
    ),
    ['an alert', { alerts: ['stall p99 > 3s in 1m'] }, of('openai-embeddings', 'stall', 'and this alert never comes')],
    [
      'stopWhen',
      { stopWhen: { when: 'settled', metric: 'ttft p95' } },
      of('openai-embeddings', 'ttft', 'and this rule never ends the run'),
    ],
    [
      'two APIs',
      { target: undefined, targets: { embed: embeddings, rerank }, thresholds: [ttft] },
      of('openai-embeddings and rerank', 'ttft', fails),
    ],
    [
      'one of two targets by its tag',
      { ...both, thresholds: ['ttft{target=embed} p95 < 1s'] },
      of('openai-embeddings', 'ttft', fails),
    ],
    ['a judge that writes', judged, of('openai-embeddings', 'ttft', fails)],
    ['one of two targets writes', { ...both, thresholds: [ttft, 'ttft{target=chat} p95 < 1s'] }, []],
    ['what such replies have', { thresholds: ['response_time p95 < 1s', 'input_tokens avg < 9', 'empty_reply < 1%'] }, []],
    ['may be missing', { thresholds: [{ threshold: ttft, on_missing: 'skip' }] }, []],
    [
      'requests alone',
      { target: chat, steps: [{ request: { path: '/a' } }], thresholds: [ttft, 'ttfb p95 < 1s'] },
      [`W_NO_TEXT replies to request steps have no generated text: ttft has no samples, ${fails}`],
    ],
    [
      'requests to one of two targets by its tag',
      {
        ...both,
        steps: [
          { request: { path: '/a' }, target: 'embed' },
          { message: 'hi', target: 'chat' },
        ],
        thresholds: ['ttft{target=embed} p95 < 1s', ttft],
      },
      [`W_NO_TEXT replies to request steps have no generated text: ttft has no samples, ${fails}`],
    ],
    [
      'requests beside messages',
      { target: chat, steps: [{ request: { path: '/a' } }, { if: 'true', then: [{ message: 'hi' }] }], thresholds: [ttft] },
      [],
    ],
    ['a dialect that is not known', { target: { ...embeddings, dialect: 'generic' }, thresholds: [ttft] }, []],
  ])('%s', (_, more, expected) => {
    expect(problems({ target: embeddings, steps: [{ message: 'hi' }], ...more })).toEqual(expected)
  })
})

test('a value that is wrong is told without the other forms of a request, a request of no form with them', () => {
  const hints = (request: object) =>
    validateScenario(
      JSON.stringify({ name: 't', target: { url: 'http://127.0.0.1/' }, steps: [{ request }] }),
      'a.json',
    ).problems.map(({ code, hint }) => [code, hint?.startsWith('forms: ') ?? false])
  expect(hints({ path: '/x', json: 1, body: 'x' })).toEqual([['E_VALUE', false]])
  expect(hints({ path: 'http://127.0.0.1/x' })).toEqual([['E_VALUE', false]])
})
