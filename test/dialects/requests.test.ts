/** Request bodies, and the registries. */
/** Request bodies, and the registries. */
import { expect, test } from 'vitest'
import { dialectNamed, dialects } from '../../src/dialects/index.ts'
import type { ChatOptions, Turn } from '../../src/dialects/parts/dialect.ts'
import { presets } from '../../src/dialects/presets.ts'

const turns: Turn[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
  { role: 'user', content: 'Bye' },
]

const chat = turns.slice(1).map(({ role, content }) => ({ role, content }))

const full: ChatOptions = { model: 'm', stream: true, maxTokens: 9, temperature: 0, seed: 3, body: { extra: 1 } }

const bare: ChatOptions = { stream: false }

const rows: [string, ChatOptions, unknown][] = [
  [
    'openai-chat',
    full,
    {
      model: 'm',
      messages: turns,
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 9,
      temperature: 0,
      seed: 3,
      extra: 1,
    },
  ],
  ['openai-chat', bare, { messages: turns, stream: false }],
  [
    'openai-chat',
    { stream: true, body: { stream_options: { continuous_usage_stats: true } } },
    { messages: turns, stream: true, stream_options: { include_usage: true, continuous_usage_stats: true } },
  ],
  ['openai-chat', { stream: false, maxTokens: 9, limitField: 'max_tokens' }, { messages: turns, stream: false, max_tokens: 9 }],
  [
    'openai-completions',
    full,
    {
      model: 'm',
      prompt: 'Be brief.\n\nuser: Hi\nassistant: Hello\nuser: Bye',
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 9,
      temperature: 0,
      seed: 3,
      extra: 1,
    },
  ],
  [
    'openai-responses',
    full,
    { model: 'm', instructions: 'Be brief.', input: chat, max_output_tokens: 9, temperature: 0, stream: true, extra: 1 },
  ],
  ['anthropic', full, { model: 'm', max_tokens: 9, system: 'Be brief.', messages: chat, temperature: 0, stream: true, extra: 1 }],
  ['anthropic', bare, { max_tokens: 1024, system: 'Be brief.', messages: chat, stream: false }],
  [
    'tgi-generate',
    { ...full, body: { parameters: { top_k: 5, temperature: 0.5 } } },
    {
      inputs: 'Be brief.\n\nuser: Hi\nassistant: Hello\nuser: Bye',
      parameters: { max_new_tokens: 9, temperature: 0.5, seed: 3, details: true, top_k: 5 },
    },
  ],
  ['ollama', full, { model: 'm', messages: turns, stream: true, options: { num_predict: 9, temperature: 0, seed: 3 }, extra: 1 }],
  ['ollama', bare, { messages: turns, stream: false }],
  ['ollama-generate', bare, { system: 'Be brief.', prompt: 'user: Hi\nassistant: Hello\nuser: Bye', stream: false }],
  [
    'gemini',
    { ...full, body: { generationConfig: { topK: 2 } } },
    {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'Bye' }] },
      ],
      generationConfig: { maxOutputTokens: 9, temperature: 0, seed: 3, topK: 2 },
    },
  ],
]

test.each(rows)('%s: body for %j', (name, options, expected) => {
  // Through JSON, as on the wire.
  expect(JSON.parse(JSON.stringify(dialectNamed(name)?.encode(turns, options, undefined)))).toEqual(expected)
})

test('one turn is a prompt as it stands', () => {
  expect(dialects['ollama-generate'].encode([{ role: 'user', content: 'Hi' }], bare, undefined)).toEqual({
    prompt: 'Hi',
    stream: false,
  })
})

test.each(Object.entries(presets))('preset %s names a dialect and a full address', (_name, preset) => {
  expect(dialectNamed(preset.dialect)).toBeDefined()
  const url = new URL(preset.url.replaceAll(/\{\{\w+\}\}/g, 'x'))
  // gRPC names service and method in its own block
  if (preset.protocol !== 'grpc') expect(url.pathname.length).toBeGreaterThan(1)
})
