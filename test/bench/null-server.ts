/** The cheapest HTTP target there can be, as a process of its own: a fixed reply for each request, its address on stdout. */
import { createServer } from 'node:net'

const HEAD = 'HTTP/1.1 200 OK\r\n'
const PLAIN = Buffer.from(`${HEAD}content-type: application/json\r\ncontent-length: 17\r\n\r\n{"status":"null"}`)
const EVENTS = Array.from({ length: 20 }, (_, i) => `data: {"choices":[{"index":0,"delta":{"content":" word${i}"}}]}\n\n`)
const STREAM = Buffer.from(
  `${[...EVENTS, 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'].join('')}data: [DONE]\n\n`,
)
const CHAT = Buffer.concat([
  Buffer.from(`${HEAD}content-type: text/event-stream\r\ncontent-length: ${STREAM.byteLength}\r\n\r\n`),
  STREAM,
])

// One request is one packet here: all clients wait for the reply before they send the next.
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  socket.on('data', (data: Buffer) => socket.write(data[0] === 0x47 ? PLAIN : CHAT))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
process.stdin.resume().on('end', () => process.exit())
