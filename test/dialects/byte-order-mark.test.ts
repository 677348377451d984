/** U+FEFF is a character like any other, but at the start of an event stream. */
import { expect, test } from 'vitest'
import { parseJson } from '../../src/dialects/parts/json.ts'
import { Reply } from '../../src/engine/user/reply/reply.ts'
import { Exchange } from '../../src/exchange.ts'
import { feed, JSON_TYPE, NDJSON, SSE } from './feed.ts'

const BOM = '\uFEFF'
const TEXT = { 'content-type': 'text/plain' }

test.each([
  ['a reply of plain text', { headers: TEXT, streaming: false }, [`${BOM}Hi`]],
  ['a message of a socket', { status: null, done: false }, [`${BOM}Hi`]],
  ['a piece of a document', { headers: JSON_TYPE }, [JSON.stringify({ text: `${BOM}Hi` })]],
  ['a bare event', { headers: SSE }, [`data: ${BOM}Hi\n\n`]],
  ['an event behind the mark of its stream', { headers: SSE }, [`${BOM}data: ${BOM}Hi\n\n`]],
])('%s keeps it', (_title, reply, chunks) => {
  expect(feed({ dialect: 'generic', ...reply }, chunks)).toMatchObject({ outcome: 'ok', text: `${BOM}Hi` })
})

test.each([
  ['a document', JSON_TYPE, `${BOM}{"text":"Hi"}`],
  ['lines', NDJSON, `${BOM}{"text":"Hi"}\n{"done":true}\n`],
  ['a stream', SSE, `${BOM}data: {"text":"Hi"}\n\ndata: [DONE]\n\n`],
])('%s is read in spite of it', (_title, headers, body) => {
  expect(feed({ dialect: 'generic', headers }, [body])).toMatchObject({ outcome: 'ok', text: 'Hi' })
})

test('a Gemini array is read in spite of it', () => {
  const chunk = { candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }
  const exchange = feed({ dialect: 'gemini', headers: JSON_TYPE }, [BOM + JSON.stringify([chunk])])
  expect(exchange).toMatchObject({ outcome: 'ok', text: 'Hi' })
})

test('checks and captures of a raw reply see it, and its JSON is JSON', () => {
  const bodies = [`${BOM}Hi`, `${BOM}{"a":1}`]
  const [text, json] = bodies.map((body) => {
    const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {}, { keepBody: true })
    exchange.data(Buffer.from(body))
    exchange.done()
    return new Reply(exchange, {})
  })
  expect(text?.text).toBe(`${BOM}Hi`)
  expect(json?.body).toBe(`${BOM}{"a":1}`)
  expect(json?.json()).toEqual({ a: 1 })
  expect(parseJson(`${BOM}${BOM}1`).ok).toBe(false)
})
