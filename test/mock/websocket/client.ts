/** A client of the mock over a WebSocket. */
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { MockOverrides } from '../../../src/mock/persona/settings.ts'
import type { Mock } from '../../../src/mock/server.ts'

/** A client of the mock, and all that it hears. */
export async function client(mock: Mock, path: string, settings?: MockOverrides) {
  const own = settings === undefined ? {} : { 'x-mock': JSON.stringify(settings) }
  const socket = new WebSocket(mock.url + path, { headers: own })
  const heard: string[] = []
  let ended: string | undefined
  let pings = 0
  socket.on('message', (data) => void heard.push(data.toString()))
  socket.on('ping', () => {
    pings += 1
  })
  socket.on('error', () => {})
  socket.on('close', (code, reason) => {
    ended = `${code} ${reason}`.trim()
  })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return {
    socket,
    heard,
    json: () => heard.map((one) => JSON.parse(one)),
    say: (message: unknown) =>
      socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message)),
    ended: () => ended,
    pings: () => pings,
  }
}
