/** Faults of time for the fault server: replies that begin, go on or end too late. They last until the client gives up. */
import type { Socket } from 'node:net'
import { CHUNKED, chunk, type Fault } from './http-faults.ts'

const HEAD = CHUNKED.replace('\r\n\r\n', '\r\ncontent-type: text/event-stream\r\n\r\n')
const event = (text: string) => chunk(`data: {"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`)

/** Goes on writing until the client has had enough. */
function drip(socket: Socket, everyMs: number, bytes: () => Buffer): void {
  const timer = setInterval(() => socket.write(bytes()), everyMs)
  socket.once('close', () => clearInterval(timer))
}

/** The faults by path. Events are those of OpenAI chat, each with the text "a". */
export const STALLS: Readonly<Record<string, Fault>> = {
  '/head-then-nothing': (socket) => void socket.write(HEAD),
  '/pings': (socket) => {
    socket.write(HEAD)
    drip(socket, 20, () => chunk(': ping\n\n'))
  },
  '/stall': (socket) => void socket.write(Buffer.concat([Buffer.from(HEAD), event('a')])),
  '/late-stall': (socket) => {
    socket.write(HEAD)
    for (let i = 1; i <= 3; i += 1) setTimeout(() => socket.write(event('a')), i * 60)
  },
  '/drip': (socket) => {
    socket.write(HEAD)
    drip(socket, 20, () => event('a'))
  },
  '/slow-head': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    drip(socket, 20, () => Buffer.from('x: y\r\n'))
  },
}
