/** The event stream format, rule by rule. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FrameSink } from '../../../src/dialects/framing/frames.ts'
import { sseFramer } from '../../../src/dialects/framing/sse.ts'
import { GROUPS, type Seen } from '../event-stream-cases.ts'
import { cutAt, feed, SSE } from '../feed.ts'

/** What the framing makes of a stream that comes in these pieces. */
function replay(pieces: readonly Uint8Array[]): Seen[] {
  const seen: Seen[] = []
  const sink: FrameSink = {
    frame: (name, data, complete) => seen.push({ name, data, ...(complete ? {} : { open: true }) }),
    broken: (failureClass, message) => expect.unreachable(`${failureClass}: ${message}`),
    odd: () => {},
  }
  const framer = sseFramer(sink)
  for (const piece of pieces) framer.push(piece)
  framer.end()
  return seen
}

describe.each(GROUPS)('%s', (_group, cases) => {
  test.each(cases)('%s', (_title, stream, events) => {
    const bytes = Buffer.from(stream)
    expect(replay([bytes]), 'whole').toEqual(events)
    expect(replay(cutAt(bytes, [...bytes.keys()])), 'byte by byte').toEqual(events)
    for (let at = 0; at <= bytes.length; at++)
      expect(replay([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(events)
  })
})

const CHAT = '{"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}'
const GEMINI = '{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]}'

test.each([
  ['the marker', 'openai-chat', `data: ${CHAT}\n\ndata: [DONE]`, 'ok', undefined],
  ['whole JSON', 'gemini', `data: ${GEMINI}\n`, 'ok', undefined],
  ['cut JSON', 'gemini', `data: ${GEMINI}\n\ndata: ${GEMINI.slice(0, 30)}`, 'failed', 'closed_early'],
] as const)('an event that the end left open counts only when it is whole: %s', (_title, dialect, stream, outcome, failure) => {
  const exchange = feed({ dialect, headers: SSE }, [stream])
  expect([exchange.text, exchange.outcome, exchange.failure?.class]).toEqual(['hi', outcome, failure])
})

const LINES = [
  'data: a\n',
  'data: {"b":1}\n',
  'data:c\n',
  'data\n',
  'data: d\r\n',
  'event: e\n',
  ': f\n',
  'id: 1\n',
  'x\n',
  '\n',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '\uFFFD',
]

test('a stream of any lines, cut anywhere, reads as one parser reads it', () => {
  const lines = fc.array(fc.constantFrom(...LINES), { maxLength: 12 })
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.integer({ min: 1, max: 12 })), (parts, sizes) => {
      const text = parts.join('')
      const seen: Seen[] = []
      const parser = createParser({ onEvent: ({ event, data }) => seen.push({ name: event ?? '', data }) })
      parser.feed(text)
      const bytes = Buffer.from(text)
      const places: number[] = []
      for (let at = sizes.next().value ?? 1; at < bytes.length; at += sizes.next().value ?? 1) places.push(at)
      const found = replay(cutAt(bytes, places))
      expect(found.filter(({ open }) => !open)).toEqual(seen)
    }),
    { numRuns: 2000 },
  )
})
