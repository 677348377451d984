/** Which answers are tried again, against a receiver on loopback. */
import { expect, onTestFinished, test } from 'vitest'
import { Poster } from '../../src/export/send/post.ts'
import { webhookReceiver } from '../servers/webhook-receiver.ts'

const AT_ONCE = { 'retry-after': '0' }

function posterFor(url: string, headers: Readonly<Record<string, string>> = {}) {
  const poster = new Poster()
  onTestFinished(() => poster.close())
  return (signal = new AbortController().signal) => poster.post({ url, headers, body: '{}', timeoutMs: 20_000 }, signal)
}

test.each([429, 502, 503, 504])('status %i is tried again, until it is taken', async (status) => {
  const { url, received } = await webhookReceiver((_, nth) =>
    nth < 3 ? { status, headers: AT_ONCE } : { status: 200, body: 'ok' },
  )
  expect(await posterFor(url, { 'x-a': 'b' })()).toEqual({ error: null, text: 'ok' })
  expect(received.map(({ headers }) => headers['x-a'])).toEqual(['b', 'b', 'b'])
})

test.each([301, 400, 401, 404, 408, 413, 500])('status %i is final', async (status) => {
  const { url, received } = await webhookReceiver(() => ({ status, body: 'no\nway', headers: { location: '/else' } }))
  expect(await posterFor(url)()).toMatchObject({ error: `status ${status}: no way` })
  expect(received).toHaveLength(1)
})

test('the wait may be told as a date', async () => {
  const headers = { 'retry-after': new Date(0).toUTCString() }
  const { url, received } = await webhookReceiver((_, nth) => (nth < 2 ? { status: 503, headers } : { status: 204 }))
  expect(await posterFor(url)()).toMatchObject({ error: null })
  expect(received).toHaveLength(2)
})

test('five tries are all there are', async () => {
  const { url, received } = await webhookReceiver(() => ({ status: 503, headers: AT_ONCE }))
  expect(await posterFor(url)()).toMatchObject({ error: 'status 503' })
  expect(received).toHaveLength(5)
})

test('giving up ends a wait, and says what was answered before', async () => {
  const giveUp = new AbortController()
  const { url } = await webhookReceiver(() => {
    setImmediate(() => giveUp.abort())
    return { status: 503, headers: { 'retry-after': '60' } }
  })
  expect((await posterFor(url)(giveUp.signal)).error).toMatch(/^status 503$|given up/)
  expect((await posterFor(url)(giveUp.signal)).error).toBe('given up: there was no time left')
})
