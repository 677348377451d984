import { expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'

const found = (target: object, more: object = {}) =>
  validateScenario(JSON.stringify({ name: 't', target, steps: [{ message: 'hi' }], ...more }), 'a.json', {
    env: {},
  }).problems.map(({ code, path, message, hint }) => `${code} ${path}: ${message}; ${hint}`)

const url = 'http://127.0.0.1:1/v1'

test.each([
  [{ dialect: 'openai-responses', url }, 'gpt-4o-mini', 'an API of format openai-responses answers no message without one'],
  [{ dialect: 'anthropic', url }, 'claude-haiku-4-5', 'an API of format anthropic answers no message without one'],
  [{ dialect: 'ollama', url }, 'llama3.2', 'an API of format ollama answers no message without one'],
  [{ dialect: 'gemini', url: `${url}/{{model}}` }, 'gemini-2.5-flash', '{{model}} stands in the address'],
  [
    { dialect: 'openai-chat', url: 'https://api.openai.com/v1/chat/completions' },
    'gpt-4o-mini',
    'this API answers no message without one',
  ],
])('a model is asked for: %j', (target, example, why) =>
  expect(found(target)).toEqual([`E_MISSING_KEY target.model: missing key "model": ${why}; write model: ${example}`]),
)

test.each([{ preset: 'openai-compatible' }, { preset: 'vllm' }, { dialect: 'openai-chat', url }])(
  'a server of one model may do without its name: %j',
  (target) =>
    expect(found(target)).toEqual([
      'W_NO_MODEL target.model: missing key "model": only servers with a single model answer without its name; write model: gpt-4o-mini',
    ]),
)

const complete: readonly (readonly [target: object, more?: object])[] = [
  [{ preset: 'openai-chat' }],
  [{ preset: 'gemini' }],
  [{ preset: 'vllm', model: 'm' }],
  [{ preset: 'vllm', url: 'mock:' }],
  [{ dialect: 'anthropic', url: 'mock:/v1/messages' }],
  [{ dialect: 'anthropic', url, body: { model: 'm' } }],
  [{ dialect: 'anthropic', url }, { steps: [{ request: { path: '/health' } }] }],
  [{ dialect: 'gemini', url: `${url}/{{model}}` }, { groups: { a: { vars: { model: 'm' } } } }],
  [{ url }],
]

test.each(complete.map(([target, more = {}]) => ({ target, more })))('no model is missed: %j', ({ target, more }) =>
  expect(found(target, more)).toEqual([]),
)
