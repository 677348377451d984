/**
 * The least that a client in JavaScript costs: `client.ts <get|post|stream> <url> <connections> <seconds>` prints the number of replies or
 * events. `get` and `post` measure each request with a clock and a histogram; `stream` parses each event as JSON.
 */
import { connect, type Socket } from 'node:net'
import { build } from 'hdr-histogram-js'
import { now } from '../../src/clock.ts'

const [kind = '', address = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const url = new URL(address)
const histogram = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3, highestTrackableValue: 60_000_000 })
const sockets: Socket[] = []
let count = 0
let stopped = false

function request(method: string, body: string): Buffer {
  const length = body === '' ? '' : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`
  return Buffer.from(`${method} ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n${length}\r\n${body}`)
}

/** Opens one connection; `read` gets the bytes of each read, in a buffer that all connections share. */
function open(read: (bytes: Buffer, socket: Socket) => void, begin: (socket: Socket) => void): void {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(64 * 1024),
    callback: (length: number, buffer: Uint8Array) => {
      read(Buffer.from(buffer.buffer, buffer.byteOffset, length), socket)
      return true
    },
  }
  const socket: Socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true, onread }, () => begin(socket))
  sockets.push(socket)
}

/** Sends, and sends again when the reply is there; a reply of the target is one read. */
function exchange(method: string, body: string): void {
  const bytes = request(method, body)
  let sentAt = 0
  const send = (socket: Socket) => {
    if (stopped) return
    sentAt = now()
    socket.write(bytes)
  }
  open((_, socket) => {
    histogram.recordValue(Math.round((now() - sentAt) * 1000))
    count += 1
    send(socket)
  }, send)
}

/** Reads streams, one after the other; each line that begins with `data: {` is parsed. */
function stream(): void {
  const bytes = request('POST', JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'hello' }] }))
  let rest = ''
  open(
    (read, socket) => {
      const lines = (rest + read.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('data: {')) {
          const { choices } = JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] }
          if (choices[0]?.delta.content !== undefined) {
            histogram.recordValue(Math.round(now()))
            count += 1
          }
        } else if (line.startsWith('data: [DONE]') && !stopped) socket.write(bytes)
      }
    },
    (socket) => socket.write(bytes),
  )
}

const KINDS: Readonly<Record<string, () => void>> = {
  get: () => exchange('GET', ''),
  post: () => exchange('POST', JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'x'.repeat(140) }] })),
  stream,
}
const start = KINDS[kind]
if (!start) throw new Error(`no client "${kind}"; there are ${Object.keys(KINDS).join(', ')}`)
for (let i = 0; i < Number(connections); i += 1) start()
setTimeout(() => {
  stopped = true
  process.stdout.write(`${count}\n`)
  for (const socket of sockets) socket.destroy()
}, Number(seconds) * 1000)
