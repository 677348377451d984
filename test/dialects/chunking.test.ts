/** Any chunking of a reply parses alike. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { drawn } from '../support/share.ts'
import { cutAt, feed, fixture, headersOf, meaning, type Reply } from './feed.ts'

const generic = {
  response: {
    delta: '$.delta.t',
    finish: '$.stop',
    usage: { input: '$.usage.in', output: '$.usage.out' },
    end: { event: 'end' },
  },
}

const replies: [string, unknown][] = [
  ['openai-chat/stream.sse', undefined],
  ['openai-chat/continuous-usage.sse', undefined],
  ['openai-chat/error-mid-stream.sse', undefined],
  ['openai-chat/document.json', undefined],
  ['openai-chat/reasoning-details.sse', undefined],
  ['openai-chat/hidden-reasoning.sse', undefined],
  ['openai-chat/custom-tool.sse', undefined],
  ['openai-chat/error-object.sse', undefined],
  ['openai-chat/finish-error.sse', undefined],
  ['openai-chat/no-done.sse', { response: { end: { after: 'finish' } } }],
  ['openai-completions/stream.sse', undefined],
  ['openai-completions/document.json', undefined],
  ['anthropic/stream.sse', undefined],
  ['anthropic/overloaded.sse', undefined],
  ['ollama/stream.ndjson', undefined],
  ['openai-responses/stream.sse', undefined],
  ['gemini/stream.sse', undefined],
  ['gemini/stream-array.json', undefined],
  ['cohere/stream.sse', undefined],
  ['cohere/tools.sse', undefined],
  ['openai-embeddings/document.json', undefined],
  ['rerank/document.json', undefined],
  ['generic/stream.sse', generic],
]

function replyOf(name: string, mapping: unknown): Reply {
  return { dialect: name.split('/')[0]!, mapping, headers: headersOf(name) }
}

test.each(replies)('%s, split in two at every byte', (name, mapping) => {
  const bytes = fixture(name)
  const reply = replyOf(name, mapping)
  const whole = meaning(feed(reply, [bytes]))
  for (let at = 1; at < bytes.length; at++) expect(meaning(feed(reply, cutAt(bytes, [at])))).toEqual(whole)
})

test.each(replies)('%s, byte by byte', (name, mapping) => {
  const bytes = fixture(name)
  const reply = replyOf(name, mapping)
  expect(meaning(feed(reply, cutAt(bytes, [...bytes.keys()])))).toEqual(meaning(feed(reply, [bytes])))
})

const ends: [string, (text: string) => string][] = [
  ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['CR', (text) => text.replaceAll('\n', '\r')],
  ['BOM', (text) => `\uFEFF${text}`],
  ['BOM and CRLF', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
  ['comments and unknown fields', (text) => text.replaceAll('\n\n', '\nretry: x\n: ping\nid: 1\nfoo: bar\n\n: alone\n\n')],
]

test.each(ends)('SSE with %s means the same, cut anywhere', (_title, change) => {
  for (const [name, mapping] of replies.filter(([name]) => name.endsWith('.sse'))) {
    const reply = replyOf(name, mapping)
    const whole = meaning(feed(reply, [fixture(name)]))
    const bytes = Buffer.from(change(fixture(name).toString()))
    expect(meaning(feed(reply, [bytes]))).toEqual(whole)
    expect(meaning(feed(reply, cutAt(bytes, [...bytes.keys()])))).toEqual(whole)
  }
})

test('any cuts, any line ends, any broken bytes: always one meaning, never a throw', () => {
  const parts = fc.array(
    fc.oneof(
      fc.constantFrom(
        'data: ',
        'event: x',
        'data:{"choices":[{"delta":{"content":"é🎉"}}]}',
        'data: [DONE]',
        ':',
        '\n',
        '\n\n',
        '\r',
        '\r\n',
        '\uFEFF',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  const bytesOf = fc.oneof(
    parts.map((list) => Buffer.from(list.join(''))),
    fc
      .tuple(parts, fc.uint8Array({ maxLength: 6 }), parts)
      .map(([a, bad, b]) => Buffer.concat([Buffer.from(a.join('')), bad, Buffer.from(b.join(''))])),
  )
  const types = fc.constantFrom('text/event-stream', 'application/x-ndjson', 'application/json')
  const names = fc.constantFrom('openai-chat', 'gemini', 'ollama', 'generic')
  fc.assert(
    fc.property(bytesOf, fc.array(fc.nat(), { maxLength: 12 }), types, names, (bytes, cuts, type, dialect) => {
      const reply = { dialect, headers: { 'content-type': type } }
      const whole = feed(reply, [bytes])
      expect(whole.outcome).toBeDefined()
      expect(whole.failure?.class).not.toBe('bug')
      // Bad bytes behind the point that settled it are seen only when they came in the same delivery.
      const told = (exchange: Exchange) => ({
        ...meaning(exchange),
        warnings: exchange.warnings.filter((warning) => warning !== 'bad_utf8'),
      })
      expect(told(feed(reply, cutAt(bytes, cuts)))).toEqual(told(whole))
    }),
    { numRuns: drawn(1500), seed: 7 },
  )
})
