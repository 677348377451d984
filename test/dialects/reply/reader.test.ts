import { describe, expect, test } from 'vitest'
import { costMeter } from '../../support/cost.ts'
import { chat, HTML, PAGE } from '../fault-rows.ts'
import { feed, fixture, JSON_TYPE, meaning, NDJSON, SSE } from '../feed.ts'

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
