/** Base addresses, as clients of the APIs take them, get the path of the preset; whole addresses stay as they are. */
import { describe, expect, test } from 'vitest'
import { presetNamed } from '../../src/dialects/presets.ts'
import { compileTarget } from '../../src/scenario/compile/target/target.ts'

const urlOf = (preset: string, url: string) => compileTarget({ preset, url, model: 'm' }).url.source

describe('a base is completed', () => {
  test.each([
    ['openai-chat', 'http://h:1', 'http://h:1/v1/chat/completions'],
    ['openai-chat', 'http://h:1/v1', 'http://h:1/v1/chat/completions'],
    ['openai-compatible', 'http://h/v1/', 'http://h/v1/chat/completions'],
    ['vllm', 'http://h/v1/chat', 'http://h/v1/chat/completions'],
    ['openai', 'https://h/openai/v1', 'https://h/openai/v1/chat/completions'],
    ['openai', 'https://h/api/paas/v4', 'https://h/api/paas/v4/chat/completions'],
    ['openai', 'https://h/v1beta/openai/', 'https://h/v1beta/openai/chat/completions'],
    ['openai', 'http://h/v1?key=k', 'http://h/v1/chat/completions?key=k'],
    ['openai', 'http://{{host}}/v1', 'http://{{host}}/v1/chat/completions'],
    ['openai', 'mock:/v1', 'mock:/v1/chat/completions'],
    ['openai-responses', 'http://h/v1', 'http://h/v1/responses'],
    ['openai-responses-ws', 'ws://h/v1', 'ws://h/v1/responses'],
    ['anthropic', 'http://h/v1', 'http://h/v1/messages'],
    ['anthropic', 'http://h/proxy/v1', 'http://h/proxy/v1/messages'],
    ['gemini', 'http://h/v1beta?key=k', 'http://h/v1beta/models/{{model}}:streamGenerateContent?alt=sse&key=k'],
    ['azure', 'https://h/openai/deployments/x', 'https://h/openai/deployments/x/chat/completions?api-version=2024-10-21'],
    ['ollama', 'http://h:11434/api', 'http://h:11434/api/chat'],
    ['ollama-generate', 'http://h:11434/api/', 'http://h:11434/api/generate'],
  ])('%s at %s', (preset, url, whole) => {
    expect(urlOf(preset, url)).toBe(whole)
    expect(compileTarget({ preset, url, model: 'm' }).completed).toBe(true)
  })
})

describe('anything else stays', () => {
  test.each([
    ['openai', 'http://h/'],
    ['openai', 'http://h/chat'],
    ['openai', 'http://h/v1/completions'],
    ['openai', 'http://h/v1/chat/completions'],
    ['openai', '{{base}}/v1'],
    ['anthropic', 'http://h/v1/messages'],
    ['custom-http', 'http://h/v1'],
    ['custom-websocket', 'ws://h/v1'],
    ['django-mqtt', 'mqtt://h/v1'],
  ])('%s at %s', (preset, url) => {
    expect([urlOf(preset, url), compileTarget({ preset, url, model: 'm' }).completed]).toEqual([url, false])
  })

  test.each(['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'azure', 'ollama', 'vllm'])(
    "%s: the preset's own address",
    (name) => {
      const preset = presetNamed(name)
      expect(urlOf(name, preset?.url ?? '')).toBe(preset?.url)
    },
  )
})
