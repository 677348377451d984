/** Pings of the application: messages of the server that are answered at once, and belong to no reply. */
import { expect, test, vi } from 'vitest'
import { text } from '../servers/ws-frames.ts'
import { fateOf, serverFor, userOf } from './websocket-kit.ts'

test.each([
  ['the whole text, as Engine.IO has it', '2', '3', '2', '3'],
  ['a value inside', { path: '$.type', equals: 'ping' }, { type: 'pong' }, '{"type":"ping"}', '{"type":"pong"}'],
])('%s: answered before, within and after a reply, of which it is no part', async (_, to, send, ping, pong) => {
  const server = await serverFor({
    joined: ({ socket }) => void socket.write(text(ping)),
    message: ({ socket }, said) => {
      if (said !== pong) socket.write(Buffer.concat([text('42'), text(ping), text('24'), text(ping)]))
    },
  })
  const user = await userOf(server.url, { answer: [{ to, send }] })
  await vi.waitFor(() => expect(server.messages).toEqual([pong]))
  const one = user.request({ text: 'go', await: { count: 2 } })
  expect([await fateOf(one), one.text()]).toEqual(['ok', '4224'])
  await vi.waitFor(() => expect(server.messages).toEqual([pong, 'go', pong, pong]))
  const two = user.request({ text: 'again', await: { count: 2 } })
  expect([await fateOf(two), two.text(), two.exchange.warnings]).toEqual(['ok', '4224', []])
})
