/**
 * A process of its own that makes HTTP/2 requests whose replies are refused in the middle of their headers, and frees their sessions. Node ends it
 * with SIGABRT, or it prints `done`. Arguments: number of headers before the forbidden one; `hold` to hold the sessions.
 */
import { connect } from 'node:http2'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SessionHold } from '../../src/connectors/wire/session-hold.ts'
import { fields } from '../servers/grpc-frames.ts'
import { rawHttp2 } from '../servers/http2-raw.ts'

const [, , count, hold] = process.argv
const many = Array.from({ length: Number(count) }, (_, n) => [`h${n.toString(36)}`, ''] as const)

function request(url: string): Promise<void> {
  return new Promise((resolve) => {
    const session = connect(url, { maxHeaderListPairs: 5000 })
    session.on('error', () => {})
    session.on('close', resolve)
    const held = hold === 'hold' ? new SessionHold(session) : undefined
    const stream = session.request({ ':path': '/' })
    held?.watch(stream)
    stream.on('error', () => {})
    stream.on('close', () => session.destroy())
    stream.end()
  })
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const server = await rawHttp2(
  ({ socket, stream }) => void socket.write(fields(stream, [[':status', '200'], ...many, ['connection', 'close']])),
)
for (let n = 0; n < 20; n += 1) await request(server.url)
for (let n = 0; n < 10; n += 1) {
  collect()
  await delay(20)
}
process.stdout.write('done', () => process.exit(0))
