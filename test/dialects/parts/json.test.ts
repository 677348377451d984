import { describe, expect, test } from 'vitest'
import { feed, JSON_TYPE, NDJSON, SSE } from '../feed.ts'

describe('deep JSON never throws', () => {
  const deep = `${'{"a":['.repeat(4500)}1${']}'.repeat(4500)}`
  test.each([
    ['tool arguments', 'ollama', NDJSON, `{"message":{"tool_calls":[{"function":{"arguments":${deep}}}]},"done":true}\n`, 'ok'],
    ['an error', 'openai-chat', SSE, `data: {"error":${deep}}\n\n`, 'failed'],
    [
      'usage',
      'openai-chat',
      JSON_TYPE,
      `{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":1,"x":${deep}}}`,
      'ok',
    ],
    ['a whole generic reply', 'generic', JSON_TYPE, deep, 'ok'],
  ])('in %s', (_title, dialect, headers, body, outcome) => {
    const exchange = feed({ dialect, headers }, [body])
    expect(exchange.outcome).toBe(outcome)
    expect(exchange.failure?.class).not.toBe('bug')
    expect(() => JSON.stringify(exchange.usage)).not.toThrow()
  })
})
