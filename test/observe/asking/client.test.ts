import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { goBy } from '../../../src/clock.ts'
import { SideClient } from '../../../src/observe/asking/client.ts'
import { listen } from '../../servers/http-faults.ts'
import { HandClock } from '../../support/hand-clock.ts'

const LIMIT_MS = 500

test('an answer that came in time is good, though a stall of our own kept it from being read until after its time', async () => {
  const clock = new HandClock()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      // Timers that are due come next, and sockets after those.
      setTimeout(() => clock.pass(LIMIT_MS), 1)
      const until = performance.now() + 5
      while (performance.now() < until);
    })
  })
  const client = new SideClient(`http://127.0.0.1:${await listen(server)}/`, { headers: {} })
  onTestFinished(goBy(clock))
  onTestFinished(async () => {
    await client.close()
    server.close()
  })
  const answer = await client.ask(LIMIT_MS, {}, async ({ status, body }) => {
    let text = ''
    for await (const piece of body) text += Buffer.from(piece).toString()
    return [status, text]
  })
  expect(answer).toEqual([200, 'ok'])
})
