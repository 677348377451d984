import { describe, expect, test } from 'vitest'
import { plainReader } from '../../../src/dialects/reply/reader.ts'
import { feedReader, meaning, SSE } from '../feed.ts'

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

  test('JSON that the reader has parsed is kept for checks, if the body is', () => {
    const read = (body: string, keepBody: boolean) =>
      feedReader(plainReader(), { status: 200, headers: { 'content-type': 'application/json' } }, [body], { keepBody })
    expect(read('{"a":["parsed"]}', true).rawJson).toEqual({ a: ['parsed'] })
    expect(read('{"b":["parsed"]}', false).rawJson).toBeUndefined()
    expect(read('{"c":', true).rawJson).toBeUndefined()
  })
})
