import { describe, expect, test } from 'vitest'
import { presets } from '../../src/dialects/presets.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { renderTemplate } from '../../src/templates/render.ts'
import { named, scenarioOf } from './named.ts'

describe('the target', () => {
  const target = (name: string, choice: Parameters<typeof scenarioOf>[1]) => scenarioOf(named(name), choice).target

  test.each([
    ['rapid-fire', {}, { preset: 'openai-chat', url: 'mock:', model: 'demo' }],
    [
      'rapid-fire',
      { preset: 'anthropic' },
      {
        preset: 'anthropic',
        model: 'claude-haiku-4-5',
        auth: { type: 'apiKey', name: 'x-api-key', value: '${env.ANTHROPIC_API_KEY}' },
      },
    ],
    [
      'rapid-fire',
      { preset: 'openai-chat', model: 'm' },
      { preset: 'openai-chat', model: 'm', auth: { type: 'bearer', token: '${env.OPENAI_API_KEY}' } },
    ],
    ['rapid-fire', { preset: 'ollama' }, { preset: 'ollama', model: 'llama3.2' }],
    [
      'rapid-fire',
      { preset: 'vllm', url: 'http://127.0.0.1:9000/v1/chat/completions' },
      {
        preset: 'vllm',
        url: 'http://127.0.0.1:9000/v1/chat/completions',
        auth: { type: 'bearer', token: '${env.VLLM_API_KEY:-no-key-needed}' },
      },
    ],
    ['rapid-fire', { url: 'http://127.0.0.1:9000/chat' }, { url: 'http://127.0.0.1:9000/chat' }],
    [
      'rapid-fire',
      { url: 'http://127.0.0.1:9000/chat', keyVariable: 'MY_KEY' },
      { url: 'http://127.0.0.1:9000/chat', auth: { type: 'bearer', token: '${env.MY_KEY}' } },
    ],
    [
      'long-form-output',
      { preset: 'ollama' },
      { preset: 'ollama', model: 'llama3.2', maxTokens: 4096, timeouts: { total: '5m' } },
    ],
    [
      'anthropic-messages',
      { url: 'http://127.0.0.1:9000/v1/messages' },
      {
        preset: 'anthropic-messages',
        url: 'http://127.0.0.1:9000/v1/messages',
        model: 'claude-haiku-4-5',
        auth: { type: 'apiKey', name: 'x-api-key', value: '${env.ANTHROPIC_API_KEY:-no-key-needed}' },
      },
    ],
  ])('of %s with %j', (name, choice, expected) => {
    expect(target(name, choice)).toEqual(expected)
  })

  test('keeps its protocol at another address', () => {
    expect(target('websocket', { url: 'wss://chat.example/ws' })).toMatchObject({
      url: 'wss://chat.example/ws',
      protocol: 'websocket',
    })
    expect(() => target('websocket', { preset: 'openai-chat' })).toThrow('protocol of its own')
  })

  test('there is none such', () => {
    expect(() => target('rapid-fire', { preset: 'opnai' })).toThrow('no such preset')
  })

  test.each(Object.keys(presets))('--preset %s is valid for a chat', (preset) => {
    const text = renderTemplate(named('conversation-context'), { format: 'yaml', choice: { preset } })
    const { problems } = validateScenario(text, 't.yaml', { noEnv: true })
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)
    // A transcription takes sounds, and a rerank query needs documents: a chat of texts is no use to them, and validate says so.
    expect([...new Set(errors)]).toEqual(['openai-transcriptions', 'rerank'].includes(preset) ? ['E_PART'] : [])
  })

  test('a real model has to recall what the mock cannot', () => {
    expect(renderTemplate(named('conversation-context'), { format: 'yaml', choice: { preset: 'ollama' } })).toContain(
      'icontains-all',
    )
    expect(JSON.stringify(scenarioOf(named('conversation-context')))).not.toContain('icontains-all')
  })
})
