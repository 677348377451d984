/** Bad replies: each gets its class, and none is ever ok. */
import { describe, expect, test } from 'vitest'
import { plainReader } from '../../src/dialects/reply/reader.ts'
import { costMeter } from '../support/cost.ts'
import { feed, feedReader, fixture, JSON_TYPE, meaning, NDJSON, SSE } from './feed.ts'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const PAGE = `<!doctype html><title>Oops</title>${'x'.repeat(500)}`

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

const chat = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

describe('streams', () => {
  const rows: [string, string, Record<string, string>, string, string, string][] = [
    ['HTML page with status 200', 'openai-chat', HTML, PAGE, 'bad_sse', '<!doctype html>'],
    ['short HTML page', 'openai-chat', HTML, '<p>no', 'bad_sse', '<p>no'],
    ['HTML page for a generic target', 'generic', HTML, PAGE, 'bad_sse', '<!doctype html>'],
    ['HTML page for lines', 'ollama', HTML, PAGE, 'bad_json', '<!doctype html>'],
    ['HTML page labelled as SSE', 'openai-chat', SSE, PAGE, 'bad_sse', '<!doctype html>'],
    ['HTML page labelled as JSON', 'anthropic', JSON_TYPE, PAGE, 'bad_sse', '<!doctype html>'],
    ['nothing at all', 'openai-chat', SSE, '', 'bad_sse', 'an empty reply'],
    ['comments only', 'openai-chat', SSE, ': ping\n\n: ping\n\n', 'bad_sse', ': ping'],
    ['broken JSON in an event', 'openai-chat', SSE, `${chat('a')}data: {"choices":\n\n`, 'bad_json', '{\\"choices\\":'],
    ['a number as event', 'openai-chat', SSE, 'data: 3\n\n', 'bad_json', '3'],
    ['an event cut off at the end', 'openai-chat', SSE, `${chat('a')}data: {"choi`, 'closed_early', 'middle of an event'],
    ['[DONE] with nothing before it', 'openai-chat', SSE, 'data: [DONE]\n\n', 'closed_early', 'before [DONE]'],
    ['a line cut off at the end', 'ollama', NDJSON, '{"message":{"content":"a"}}\n{"mess', 'closed_early', 'middle of an event'],
    [
      'no end to the array',
      'gemini',
      JSON_TYPE,
      '[{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}',
      'closed_early',
      'inside its JSON array',
    ],
    ['prose instead of an array', 'gemini', JSON_TYPE, 'Not found', 'bad_json', 'unexpected "N"'],
    ['another API', 'openai-chat', SSE, fixture('anthropic/stream.sse').toString(), 'closed_early', 'without [DONE]'],
  ]
  test.each(rows)('%s', (_title, dialect, headers, body, failureClass, word) => {
    const exchange = feed({ dialect, headers }, body === '' ? [] : [body])
    expect(meaning(exchange)).toMatchObject({ outcome: 'failed', class: failureClass })
    expect(exchange.failure?.message).toContain(word)
  })

  test('the last event may lack its empty line, if its data is complete', () => {
    for (const tail of ['data: [DONE]', 'data: [DONE]\n', 'data: [DONE]\r', 'data: [DONE]\r\n']) {
      expect(meaning(feed({ dialect: 'openai-chat', headers: SSE }, [chat('a'), tail]))).toMatchObject({
        outcome: 'ok',
        text: 'a',
      })
    }
    const stop = '{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}'
    expect(meaning(feed({ dialect: 'gemini', headers: SSE }, [`data: ${stop}`]))).toMatchObject({ outcome: 'ok', text: 'a' })
    expect(meaning(feed({ dialect: 'ollama', headers: NDJSON }, ['{"response":"a","done":true}']))).toMatchObject({
      outcome: 'ok',
      text: 'a',
    })
  })

  test('[DONE] without a finish_reason is ok, and said', () => {
    expect(meaning(feed({ dialect: 'openai-chat', headers: SSE }, [chat('a'), 'data: [DONE]\n\n']))).toMatchObject({
      outcome: 'ok',
      warnings: ['no_finish_reason'],
    })
  })

  test('an error wins over the [DONE] after it, and what follows is ignored', () => {
    const exchange = feed({ dialect: 'openai-chat', headers: SSE }, [
      'data: {"error":{"message":"x","code":429}}\n\ndata: [DONE]\n\n',
      chat('late'),
    ])
    expect(meaning(exchange)).toMatchObject({ outcome: 'failed', class: 'rate_limited', text: '' })
  })

  test('bad UTF-8 is told once, and the text goes on', () => {
    const bad = Buffer.concat([
      Buffer.from('data: {"choices":[{"delta":{"content":"a'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('b"}}]}\n\n'),
    ])
    const exchange = feed({ dialect: 'openai-chat', headers: SSE }, [bad, bad, 'data: [DONE]\n\n'])
    expect(exchange.text).toBe('a\uFFFD\uFFFDba\uFFFD\uFFFDb')
    expect(exchange.warnings.filter((warning) => warning === 'bad_utf8')).toHaveLength(1)
  })

  test('a U+FFFD that the target sent is not bad UTF-8', () => {
    expect(feed({ dialect: 'openai-chat', headers: SSE }, [chat('\uFFFD'), 'data: [DONE]\n\n']).warnings).toEqual([
      'no_finish_reason',
    ])
  })

  const big = 'x'.repeat(1100 * 1024)
  test.each([
    ['SSE line', 'openai-chat', SSE, `data: {"a":"${big}"}\n\n`],
    ['SSE event of many lines', 'openai-chat', SSE, `data: ${'y'.repeat(1000)}\n`.repeat(1100)],
    ['line', 'ollama', NDJSON, `{"a":"${big}"}\n`],
    ['array element', 'gemini', JSON_TYPE, `[{"a":"${big}"}]`],
  ])('a huge %s is too_big, in one piece and in many', (_title, dialect, headers, body) => {
    const pieces = body.match(/[\s\S]{1,60000}/g) ?? []
    expect(meaning(feed({ dialect, headers }, [body]))).toMatchObject({ outcome: 'failed', class: 'too_big' })
    expect(meaning(feed({ dialect, headers }, pieces))).toMatchObject({ outcome: 'failed', class: 'too_big' })
  })

  test('a long event in tiny pieces takes linear time', () => {
    const body = Buffer.from(`data: {"choices":[{"delta":{"content":"${'x'.repeat(900_000)}"}}]}\n\ndata: [DONE]\n\n`)
    const pieces: Buffer[] = []
    for (let at = 0; at < body.length; at += 16) pieces.push(body.subarray(at, at + 16))
    const spent = costMeter()
    expect(feed({ dialect: 'openai-chat', headers: SSE }, pieces).text).toHaveLength(900_000)
    expect(spent()).toBeLessThan(3000)
  })
})

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

describe('messages, without a head', () => {
  test('Responses events over a WebSocket', () => {
    const events = fixture('openai-responses/stream.sse')
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('data: '))
    const exchange = feed(
      { dialect: 'openai-responses', status: null, done: false },
      events.map((line) => line.slice(6)),
    )
    expect(meaning(exchange)).toMatchObject({ outcome: 'ok', text: 'Grüße, 世界 🎉', frames: 3 })
  })

  test('one message is one document when no stream was asked for', () => {
    const exchange = feed({ dialect: 'openai-chat', streaming: false, status: 101, done: false }, [
      fixture('openai-chat/document.json'),
    ])
    expect(meaning(exchange)).toMatchObject({ outcome: 'ok', text: 'Grüße, 世界!' })
  })
})

describe('plain reader', () => {
  test.each([
    ['200', 200, {}, 'anything', 'ok', undefined],
    ['a stream', 200, SSE, 'data: {"error":1}\n\n', 'ok', undefined],
    ['304', 304, {}, '', 'ok', undefined],
    ['404', 404, {}, 'gone', 'failed', 'http_status'],
    ['429', 429, {}, '', 'failed', 'rate_limited'],
  ])('%s', (_title, status, headers, body, outcome, failureClass) => {
    const exchange = feedReader(plainReader(), { status, headers }, body === '' ? [] : [body])
    expect(meaning(exchange)).toMatchObject({ outcome, class: failureClass, frames: 0, text: '' })
    expect(Buffer.from(exchange.rawBody).toString()).toBe(body)
  })

  test('a reply without a head is over when the connector says so', () => {
    expect(feedReader(plainReader(), { status: null, done: false }, ['pong']).outcome).toBeUndefined()
  })

  const long = JSON.stringify({ list: Array.from({ length: 20_000 }, (_, i) => `{"${i}\\"]`) })
  test.each<[string, string, string, string[]]>([
    ['JSON', 'application/json', '{"a":[1,"}"]}', []],
    ['a bare value', 'application/json; charset=utf-8', ' 7 ', []],
    ['a byte order mark', 'text/json', '\ufeff{}', []],
    ['cut off', 'application/json', '{"a"', ['not_json']],
    ['a page', 'application/problem+json', '<html></html>', ['not_json']],
    ['a page that calls itself one', 'text/html', '<html>', []],
    ['nothing, as after HEAD', 'application/json', '', []],
    ['lines', 'application/x-ndjson', '{}\n{}', []],
    ['messages of gRPC', 'application/grpc+json', '{}{}', []],
    ['long', 'application/json', long, []],
    ['long, cut off in a string', 'application/json', long.slice(0, -4), ['not_json']],
    ['long, cut off after a string', 'application/json', long.slice(0, -2), ['not_json']],
    ['a long page', 'application/json', `<html>${long}`, ['not_json']],
  ])('a reply that calls itself JSON: %s', (_title, type, body, warnings) => {
    for (const keepBody of [true, false]) {
      const pieces = body.match(/[\s\S]{1,7000}/g) ?? []
      const exchange = feedReader(plainReader(), { status: 200, headers: { 'content-type': type } }, pieces, { keepBody })
      expect([exchange.outcome, exchange.warnings]).toEqual(['ok', warnings])
    }
  })
})
