import { describe, expect, test } from 'vitest'
import { HTML, PAGE } from '../fault-rows.ts'
import { feed, fixture, JSON_TYPE, meaning } from '../feed.ts'

describe('error statuses', () => {
  const quota = fixture('openai-chat/error-429.json').toString()
  const rows: [string, string, number, Record<string, string>, string, string, string[]][] = [
    [
      '429 with used-up quota',
      'openai-chat',
      429,
      JSON_TYPE,
      quota,
      'rate_limited',
      ['HTTP 429', 'exceeded your current quota', 'insufficient_quota'],
    ],
    [
      '429 of Gemini, in an array',
      'gemini',
      429,
      JSON_TYPE,
      fixture('gemini/error-429.json').toString(),
      'rate_limited',
      ['Quota exceeded', 'RESOURCE_EXHAUSTED', '46 s'],
    ],
    [
      '529 of Anthropic',
      'anthropic',
      529,
      JSON_TYPE,
      fixture('anthropic/error-529.json').toString(),
      'http_status',
      ['HTTP 529', 'Overloaded', 'overloaded_error'],
    ],
    [
      '404 of Ollama',
      'ollama',
      404,
      JSON_TYPE,
      '{"error":"model \\"x\\" not found"}',
      'http_status',
      ['HTTP 404 Not Found', 'model "x" not found'],
    ],
    ['503 with Retry-After', 'openai-chat', 503, { 'retry-after': '3' }, '', 'rate_limited', ['HTTP 503 Service Unavailable']],
    ['503 without', 'openai-chat', 503, {}, '', 'http_status', ['HTTP 503']],
    [
      '422 of FastAPI',
      'generic',
      422,
      JSON_TYPE,
      '{"detail":[{"loc":["body","message"],"msg":"Field required"}]}',
      'http_status',
      ['Field required at body.message'],
    ],
    ['500 with a page', 'openai-chat', 500, HTML, PAGE, 'http_status', ['HTTP 500', '<title>Oops</title>']],
    ['302', 'openai-chat', 302, { location: '/login' }, '', 'http_status', ['HTTP 302 Found to /login']],
    ['999', 'openai-chat', 999, {}, 'no', 'http_status', ['HTTP 999: no']],
  ]
  test.each(rows)('%s', (_title, dialect, status, headers, body, failureClass, words) => {
    const exchange = feed({ dialect, status, headers }, body === '' ? [] : [body])
    expect(meaning(exchange)).toMatchObject({ outcome: 'failed', class: failureClass, phase: 'headers' })
    for (const word of words) expect(exchange.failure?.message).toContain(word)
  })

  test('the provider code travels with the failure', () => {
    expect(feed({ dialect: 'openai-chat', status: 429, headers: JSON_TYPE }, [quota]).failure?.code).toBe('insufficient_quota')
  })

  test('the message is found by the error path of a mapping', () => {
    const mapping = { response: { error: '$.fault.text' } }
    const exchange = feed({ dialect: 'generic', mapping, status: 400, headers: JSON_TYPE }, ['{"fault":{"text":"bad id"}}'])
    expect(exchange.failure?.message).toBe('HTTP 400 Bad Request: bad id')
  })

  test('an endless error body is read no further than 64 KiB', () => {
    const exchange = feed({ dialect: 'openai-chat', status: 500, done: false }, Array(5).fill('x'.repeat(16 * 1024)))
    expect(exchange.failure?.class).toBe('http_status')
    expect(exchange.bytesReceived).toBe(64 * 1024)
  })
})
