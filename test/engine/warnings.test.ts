/** What a result holds beside its numbers: warnings, connections, trimmed turns, bounds of a reply. */
/** What a result holds beside its numbers: warnings, connections, trimmed turns, bounds of a reply. */
import { describe, expect, test } from 'vitest'
import { chunk, type Fault, reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/virtual.ts'
import { answer, generic } from './outcome/run-of.ts'
import { faulty } from './targets.ts'

const SSE = { 'content-type': 'text/event-stream' }

test('turns that the window left out are counted, with the estimator', async () => {
  const { url } = await faulty({ '/chat': answer('{"text":"a reply of some length, so that the window is soon full"}') })
  const { result } = await runScenario({
    name: 'window',
    target: generic(`${url}/chat`),
    load: [{ users: 1, iterations: 1 }],
    conversation: { memory: 'full', window: { maxTokens: 40 } },
    steps: [{ loop: { times: 5, steps: [{ message: 'hello, and again' }] } }],
  })
  expect(result.conversationWindow).toEqual({ trimmedTurns: 6, trimmedRequests: 2, estimator: 'characters ÷ 4' })
})

describe('limits of a target', () => {
  const events =
    (count: number, size: number): Fault =>
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n')
      for (let n = 0; n < count; n += 1) socket.write(chunk(`data: {"text":"${'x'.repeat(size)}"}\n\n`))
      socket.write(chunk('data: [DONE]\n\n'))
      socket.write('0\r\n\r\n')
    }
  const run = async (limits: { reply?: string; event?: string } | undefined, fault: Fault) => {
    const { url } = await faulty({ '/chat': fault })
    const { attempts } = await runScenario({
      name: 'limits',
      target: generic(`${url}/chat`, { stream: true, response: { delta: '$.text' }, ...(limits && { limits }) }),
      load: [{ users: 1, iterations: 1 }],
      steps: [{ message: 'hello' }],
    })
    const { failure, text: said } = attempts[0]?.exchange ?? {}
    return { class: failure?.class, message: failure?.message, length: said?.length }
  }

  test('a reply above limits.reply is too_big', async () => {
    const { class: failureClass, message } = await run({ reply: '4KiB' }, events(10, 1000))
    expect([failureClass, message]).toEqual(['too_big', 'the reply is larger than 4096 bytes'])
  })

  test('an event above limits.event is too_big, and a bound may be raised', async () => {
    const { class: failureClass, message } = await run({ event: '2KiB' }, events(1, 3000))
    expect([failureClass, message]).toEqual(['too_big', 'one event of the stream is larger than 2048 characters'])
    expect(await run(undefined, events(1, 2 ** 20))).toMatchObject({ class: 'too_big' })
    expect(await run({ event: '4MiB' }, events(1, 2 ** 20))).toEqual({ class: undefined, message: undefined, length: 2 ** 20 })
  })
})

test('failures on reused connections are counted in their group', async () => {
  const { url } = await faulty({ '/chat': (socket) => void socket.write(reply('busy', {}, '503 Service Unavailable')) })
  const { result } = await runScenario({
    name: 'reused',
    target: generic(`${url}/chat`),
    load: [{ users: 1, iterations: 4 }],
    steps: [{ message: 'hello' }],
  })
  expect(result.errors).toMatchObject([{ class: 'http_status', count: 4, onReused: 3 }])
})

test('bad UTF-8 is a warning, and its line is kept', async () => {
  const bad = Buffer.from('data: {"text":"ok"}\n\ndata: {"text":"\xff\xfe"}\n\ndata: [DONE]\n\n', 'latin1')
  const { url } = await faulty({ '/chat': (socket) => void socket.write(reply(bad, SSE)) })
  const { result, attempts } = await runScenario({
    name: 'bad bytes',
    target: generic(`${url}/chat`, { stream: true, response: { delta: '$.text' } }),
    load: [{ users: 1, iterations: 2 }],
    steps: [{ message: 'hello' }],
  })
  expect(result.warnings).toMatchObject({ bad_utf8: 2 })
  expect(Buffer.from(attempts[0]?.exchange.oddBytes ?? []).toString('latin1')).toBe('data: {"text":"\xff\xfe"}')
})

test.each([
  ['after some replies, that is said once', 3, 1],
  ['from the start, nothing was up', 0, 0],
])('a target that refuses connections until the end: %s', async (_, good, notes) => {
  let served = 0
  const server = await faulty({
    '/': (socket) => {
      served += 1
      socket.end(reply('ok', { connection: 'close' }))
      if (served === good) void server.stop()
    },
  })
  if (good === 0) await server.stop()
  const { result } = await runScenario({
    name: 'gone',
    target: { url: server.url },
    load: [{ users: 1, iterations: 7 }],
    steps: [{ request: { path: '/' } }],
  })
  const found = result.notes.filter((note) => note.includes('was up and is gone'))
  expect(found).toHaveLength(notes)
  if (notes > 0)
    expect(found[0]).toMatch(/^the target was up and is gone: its last good reply came \d.* into the run, and all 4 connections/)
})
