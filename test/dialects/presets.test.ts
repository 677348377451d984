import { expect, test } from 'vitest'
import { presetNamed, presets } from '../../src/dialects/presets.ts'

/** As the providers document them: a change here is a change of what burn sends where. */
test.each<[string, string, object, object | undefined]>([
  ['openai-chat', 'https://api.openai.com/v1/chat/completions', { type: 'bearer' }, undefined],
  ['openai-responses', 'https://api.openai.com/v1/responses', { type: 'bearer' }, undefined],
  ['openai-responses-ws', 'wss://api.openai.com/v1/responses', { type: 'bearer' }, undefined],
  [
    'anthropic-messages',
    'https://api.anthropic.com/v1/messages',
    { type: 'apiKey', name: 'x-api-key' },
    { 'anthropic-version': '2023-06-01' },
  ],
  [
    'google-gemini',
    'https://generativelanguage.googleapis.com/v1beta/models/{{model}}:streamGenerateContent?alt=sse',
    { type: 'apiKey', name: 'x-goog-api-key' },
    undefined,
  ],
  [
    'azure-openai',
    'https://{{resource}}.openai.azure.com/openai/deployments/{{model}}/chat/completions?api-version=2024-10-21',
    { type: 'apiKey', name: 'api-key' },
    undefined,
  ],
  ['openai-completions', 'http://127.0.0.1:8000/v1/completions', { type: 'bearer' }, undefined],
  [
    'bedrock-converse',
    'https://bedrock-runtime.{{region}}.amazonaws.com/model/{{model}}/converse-stream',
    { type: 'bearer' },
    undefined,
  ],
  ['cohere', 'https://api.cohere.com/v2/chat', { type: 'bearer' }, undefined],
  ['openai-embeddings', 'https://api.openai.com/v1/embeddings', { type: 'bearer' }, undefined],
  ['openai-transcriptions', 'https://api.openai.com/v1/audio/transcriptions', { type: 'bearer' }, undefined],
  ['rerank', 'http://127.0.0.1:8000/v1/rerank', { type: 'bearer' }, undefined],
  ['tgi-generate', 'http://127.0.0.1:8080/generate_stream', { type: 'bearer' }, undefined],
  ['ollama', 'http://127.0.0.1:11434/api/chat', { type: 'none' }, undefined],
  ['ollama-generate', 'http://127.0.0.1:11434/api/generate', { type: 'none' }, undefined],
])('%s goes to %s', (name, url, auth, headers) => {
  const preset = presetNamed(name)
  expect({ url: preset?.url, auth: preset?.auth, headers: preset?.headers }).toEqual({ url, auth, headers })
})

test.each([
  ['openai', 'openai-chat'],
  ['anthropic', 'anthropic-messages'],
  ['gemini', 'google-gemini'],
  ['azure', 'azure-openai'],
])('%s is another name of %s', (alias, name) => {
  expect(presetNamed(alias)).toBe(presetNamed(name))
})

test('no other preset sends anything to a host that is not this machine', () => {
  const elsewhere = Object.entries(presets).filter(([, { url }]) => !/^\w+:\/\/127\.0\.0\.1[:/]/.test(url))
  expect(elsewhere.map(([name]) => name).sort()).toEqual([
    'anthropic',
    'anthropic-messages',
    'azure',
    'azure-openai',
    'bedrock-converse',
    'cohere',
    'gemini',
    'google-gemini',
    'openai',
    'openai-chat',
    'openai-embeddings',
    'openai-responses',
    'openai-responses-ws',
    'openai-transcriptions',
    'openrouter',
  ])
})

test.each([
  ['llama-cpp', 'http://127.0.0.1:8080'],
  ['lm-studio', 'http://127.0.0.1:1234'],
  ['tgi', 'http://127.0.0.1:8080'],
  ['litellm', 'http://127.0.0.1:4000'],
  ['openrouter', 'https://openrouter.ai/api'],
] as const)('%s speaks the format of OpenAI at its own address, with the older name of the limit', (name, base) => {
  expect(presets[name]).toMatchObject({
    dialect: 'openai-chat',
    url: `${base}/v1/chat/completions`,
    limitField: 'max_tokens',
    auth: { type: 'bearer' },
  })
})
