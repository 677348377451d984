/** The event stream format on an open subscription, and our own stream in the eyes of another reader. */
import { EventSource } from 'eventsource'
import { afterEach, describe, expect, test } from 'vitest'
import { EventCutter, type StreamEvent } from '../../../src/connectors/sse/events.ts'
import { sseFramer } from '../../../src/dialects/framing/sse.ts'
import { type Mock, startMock } from '../../../src/mock/server.ts'
import { GROUPS } from '../../dialects/event-stream-cases.ts'
import { cutAt } from '../../dialects/feed.ts'

function cut(pieces: readonly Uint8Array[]) {
  const events: StreamEvent[] = []
  const cutter = new EventCutter({ event: (event) => events.push(event), tooBig: () => expect.unreachable() })
  for (const piece of pieces) cutter.push(piece)
  return { events, cutter }
}

/** What the reader of a reply makes of the bytes of one event. */
function reread(bytes: Uint8Array) {
  const seen: { name: string; data: string }[] = []
  const framer = sseFramer({
    frame: (name, data) => seen.push({ name, data }),
    broken: () => expect.unreachable(),
    odd: () => {},
  })
  framer.push(bytes)
  return seen
}

describe.each(GROUPS)('%s', (_group, cases) => {
  test.each(cases)('%s', (_title, stream, seen) => {
    // an event that the end leaves open is none, says the standard
    const wanted = seen.filter((event) => !event.open)
    const bytes = Buffer.from(stream)
    const ways = [[bytes], cutAt(bytes, [...bytes.keys()])]
    for (let at = 0; at <= bytes.length; at += 1) ways.push([bytes.subarray(0, at), bytes.subarray(at)])
    for (const pieces of ways) {
      const { events } = cut(pieces)
      expect(events.map(({ name, data }) => ({ name: name === 'message' ? '' : name, data }))).toEqual(wanted)
      expect(events.flatMap((event) => reread(event.bytes))).toEqual(wanted)
    }
  })
})

test.each([
  ['id: 1\ndata: a\n\n', '1'],
  ['id: 1\n\n', '1'],
  ['id: 1\ndata: a\n\nid\ndata: b\n\n', ''],
  ['id: 1\n\nid: 2\0\n\n', '1'],
  ['id: 1\n\nid: 2\n', '1'],
])('the last event id of %j is %j', (stream, id) => {
  expect(cut([Buffer.from(stream)]).cutter.lastEventId).toBe(id)
})

test.each([
  ['retry: 10\n\n', 10],
  ['retry: 1x\n\n', undefined],
  ['retry: 10\n\nretry:\n\n', 10],
])('the wait of %j is %j', (stream, retryMs) => {
  expect(cut([Buffer.from(stream)]).cutter.retryMs).toBe(retryMs)
})

let mock: Mock | undefined
afterEach(() => mock?.close())

test('another reader finds the replies on the stream of the mock, and the right ids', async () => {
  mock = await startMock({ firstTokenMs: 1, gapMs: 0, tokens: 5 })
  const source = new EventSource(`${mock.url}/sse/events?user=7`)
  const words: { text: string; id: string }[] = []
  source.addEventListener('message', ({ data }) => words.push(JSON.parse(data)))
  await new Promise((resolve) => source.addEventListener('open', resolve, { once: true }))
  const done = new Promise<string>((resolve) => source.addEventListener('done', ({ data }) => resolve(data)))
  const body = JSON.stringify({ user: 7, id: 'one', message: 'hi' })
  const answer = await fetch(`${mock.url}/sse/say`, { method: 'POST', body })
  expect(answer.status).toBe(202)
  expect(JSON.parse(await done)).toMatchObject({ id: 'one', finish: 'stop' })
  source.close()
  expect(words).toHaveLength(5)
  expect(words.every(({ id, text }) => id === 'one' && text !== '')).toBe(true)
  expect(mock.stats().byRoute).toEqual({ 'sse-events': 1, 'sse-say': 1 })
})

test('the mock refuses a message of a user without a stream', async () => {
  mock = await startMock()
  const answer = await fetch(`${mock.url}/sse/say`, { method: 'POST', body: JSON.stringify({ user: 7, message: 'hi' }) })
  expect(answer.status).toBe(409)
  expect(mock.stats().byOutcome.rejected).toBe(1)
})
