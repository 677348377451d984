/** `response.end`: servers whose streams end without the marker of their dialect. */
import { describe, expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
import { createReader } from '../../src/dialects/reply/reader.ts'
import { cutAt, feed, feedReader, SSE } from './feed.ts'

const sse = (...events: (object | string)[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
const text = { choices: [{ index: 0, delta: { content: 'Hi' } }] }
const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } }
const read = (end: object | undefined, body: string, dialect = 'openai-chat') =>
  feed({ dialect, headers: SSE, mapping: end && { response: { end } } }, [body])

const CUT = { outcome: 'failed', failure: { class: 'closed_early' } }

test('without a rule a stream without [DONE] is cut off, and the hint says what to do', () => {
  const { failure } = read(undefined, sse(text, stop, usage))
  expect(failure).toMatchObject({
    class: 'closed_early',
    message: expect.stringContaining('though it had a finish reason (stop)'),
  })
})

describe.each([
  ['finish', sse(text, stop), sse(text, usage)],
  ['usage', sse(text, usage), sse(text, stop)],
  ['close', sse(text), undefined],
])('after %s', (after, whole, cut) => {
  test('closing is the end', () => {
    expect(read({ after }, whole)).toMatchObject({ outcome: 'ok', text: 'Hi' })
    expect(read({ after }, sse(text, stop, usage))).toMatchObject({ outcome: 'ok', usage: { outputTokens: 1 } })
    expect(read({ after }, sse(text, stop, usage, '[DONE]'))).toMatchObject({ outcome: 'ok', text: 'Hi' })
  })
  test.runIf(cut !== undefined)('what closes before it is cut off', () => {
    expect(read({ after }, cut ?? '')).toMatchObject(CUT)
    expect(read({ after }, sse(text))).toMatchObject(CUT)
  })
  test('an event that is cut off, and a reply that is none, are no end', () => {
    expect(read({ after }, `${whole}data: {"choi`)).toMatchObject(CUT)
    expect(read({ after }, '')).toMatchObject({ outcome: 'failed', failure: { class: 'bad_sse' } })
  })
})

test.each([
  ['a path', { path: '$.choices[0].finish_reason' }, sse(stop)],
  ['a path with a value', { path: '$.choices[0].finish_reason', equals: 'stop' }, sse(stop)],
  ['an event', { event: 'end' }, 'event: end\ndata: {}\n\n'],
  ['data', { data: 'EOF' }, sse('EOF')],
])('%s ends the reply at once', (_title, end, last) => {
  for (const dialect of ['openai-chat', 'openai-completions']) {
    const body = Buffer.from(sse(text) + last)
    const reply = { dialect, headers: SSE, mapping: { response: { end } }, done: false }
    expect(feed(reply, [body])).toMatchObject({ outcome: 'ok', text: 'Hi' })
    for (let at = 1; at < body.length; at++) expect(feed(reply, cutAt(body, [at]))).toMatchObject({ outcome: 'ok', text: 'Hi' })
  }
  expect(read(end, sse(text))).toMatchObject(CUT)
})

test.each([
  ['null', null],
  ['false', false],
  ['nothing', ''],
])('a path alone is met by any value but %s', (_title, value) => {
  const mapping = { response: { delta: '$.t', end: { path: '$.why' } } }
  const generic = (why: unknown) => feed({ dialect: 'generic', headers: SSE, mapping }, [sse({ t: 'Hi' }, { why })])
  expect(generic(value)).toMatchObject(CUT)
  expect(generic('length')).toMatchObject({ outcome: 'ok', text: 'Hi', warnings: [] })
})

describe('a mapping of the generic dialect', () => {
  const mapping = (after: string) => ({ response: { delta: '$.t', finish: '$.why', end: { after } } })
  const body = sse({ t: 'Hi' }, { why: 'stop' })
  test('closes after its finish reason', () => {
    const run = (after: string, text: string) => feed({ dialect: 'generic', headers: SSE, mapping: mapping(after) }, [text])
    expect(run('finish', body)).toMatchObject({ outcome: 'ok', text: 'Hi', warnings: [] })
    expect(run('finish', sse({ t: 'Hi' }))).toMatchObject(CUT)
    expect(run('close', sse({ t: 'Hi' }))).toMatchObject({ outcome: 'ok', warnings: [] })
    expect(run('finish', sse({ t: 'Hi' }, '[DONE]'))).toMatchObject({ outcome: 'ok' })
  })
  test('on a socket the finish reason is the end', () => {
    const messages = ['{"t":"Hi"}', '{"why":"stop"}']
    expect(feed({ dialect: 'generic', status: null, done: false, mapping: mapping('finish') }, messages)).toMatchObject({
      outcome: 'ok',
      text: 'Hi',
    })
  })
})

test('on a socket, known dialects end with the finish reason too', () => {
  const dialect = dialectNamed('openai-chat')
  if (!dialect) throw new Error('no dialect')
  const reader = createReader(dialect, { response: { end: { after: 'finish' } } }, true)
  const exchange = feedReader(reader, { status: null, done: false }, [JSON.stringify(text), JSON.stringify(stop)])
  expect(exchange).toMatchObject({ outcome: 'ok', text: 'Hi' })
})
