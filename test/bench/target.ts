/**
 * The target of the benchmark, a process of its own; it prints its address.
 *
 * - every path: a JSON reply of 200 bytes
 * - `POST /v1/chat/completions`: a stream of 100 chat events per second, for one second
 * - `GET /seen`: the number of requests since the last such call, this one left out, and how far they were from an even timetable
 */
import { createServer, type Socket } from 'node:net'
import { now } from '../../src/clock.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'
const BODY = JSON.stringify({ status: 'ok', text: 'x'.repeat(175) })
const PLAIN = Buffer.from(`${HEAD}content-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`)
const STREAM_HEAD = Buffer.from(`${HEAD}content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n`)
const chunk = (text: string) => Buffer.from(`${text.length.toString(16)}\r\n${text}\r\n`)
const event = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', model: 'bench', choices: [{ index: 0, delta, ...rest }] })}\n\n`
const EVENT = chunk(event({ content: ' word' }))
const LAST = Buffer.concat([chunk(`${event({}, { finish_reason: 'stop' })}data: [DONE]\n\n`), Buffer.from('0\r\n\r\n')])
const EVENTS = 100
const EVENT_MS = 10
const MAX_ARRIVALS = 2 ** 20

/** When requests came, in ms; the first `MAX_ARRIVALS` of them. */
const arrivals = new Float64Array(MAX_ARRIVALS)
let requests = 0

/** Seconds at the beginning and the end of a run that the timetable is not judged by. */
const EDGE_MS = 1000

/** How far the requests came from the even timetable that fits them best, in ms. */
function deviation(): { p50: number; p99: number } | undefined {
  const all = arrivals.subarray(0, Math.min(requests, MAX_ARRIVALS))
  const [first = 0, last = 0] = [all[0], all.at(-1)]
  const middle = all.filter((at) => at >= first + EDGE_MS && at <= last - EDGE_MS)
  if (middle.length < 100) return undefined
  const [from = 0, to = 0] = [middle[0], middle.at(-1)]
  const interval = (to - from) / (middle.length - 1)
  const offsets = middle.map((at, i) => at - from - i * interval)
  const centre = median(offsets)
  const away = offsets.map((offset) => Math.abs(offset - centre)).sort()
  return { p50: median(away), p99: away[Math.floor(away.length * 0.99)] ?? Number.NaN }
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1] ?? Number.NaN
}

function tell(socket: Socket): void {
  const told = JSON.stringify({ requests, deviation: deviation() ?? null })
  requests = 0
  socket.end(`${HEAD}content-length: ${told.length}\r\nconnection: close\r\n\r\n${told}`)
}

function stream(socket: Socket): void {
  socket.write(STREAM_HEAD)
  const beganAt = now()
  let sent = 0
  const send = () => {
    if (socket.destroyed) return
    for (; sent < EVENTS && now() >= beganAt + sent * EVENT_MS; sent += 1) socket.write(EVENT)
    if (sent < EVENTS) setTimeout(send, Math.max(1, beganAt + sent * EVENT_MS - now()))
    else socket.write(LAST)
  }
  send()
}

function answer(socket: Socket, data: Buffer): void {
  const path = data.subarray(0, 16).toString('latin1')
  if (path.startsWith('GET /seen ')) {
    tell(socket)
    return
  }
  if (requests < MAX_ARRIVALS) arrivals[requests] = now()
  requests += 1
  if (path.startsWith('POST /v1/chat')) stream(socket)
  else socket.write(PLAIN)
}

/** Bytes of a request's body that are not in `data`, which begins with its head. */
function missing(data: Buffer): number {
  if (data[0] === 0x47) return 0
  const end = data.indexOf('\r\n\r\n')
  const length = Number(/content-length: *(\d+)/i.exec(data.toString('latin1', 0, end))?.[1] ?? 0)
  return end + 4 + length - data.length
}

// A head is one packet here, for heads are short and each client waits for the reply before it sends again; a body may come later.
const server = createServer({ noDelay: true }, (socket) => {
  let head: Buffer | undefined
  let left = 0
  socket.on('error', () => {})
  socket.on('data', (data: Buffer) => {
    if (head === undefined) {
      head = data
      left = missing(data)
    } else left -= data.length
    if (left > 0) return
    answer(socket, head)
    head = undefined
  })
})
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
process.stdin.resume().on('end', () => process.exit())
