/**
 * The target of `npm run bench -- starve`, a process of its own that keeps its own stamps; it prints its address.
 *
 * - `/work?ms=20&bytes=100`: a JSON reply after `ms`
 * - `/stream?events=40&gap=20`: a stream of chat events
 * - `/truth`: what it saw since the last such call (`Truth`)
 * - `/count`: the number of requests so far
 */
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../../src/clock.ts'

/** What the target saw. Times in ms. */
export interface Truth {
  /** When each request came, in the order in which they came. */
  readonly arrivals: readonly number[]
  /** From a request to the end of its reply. */
  readonly service: readonly number[]
  /** Between two events of a stream, for each but its first. */
  readonly gaps: readonly number[]
}

let seen: { arrivals: number[]; service: number[]; gaps: number[] } = { arrivals: [], service: [], gaps: [] }

async function work(response: ServerResponse, query: URLSearchParams): Promise<void> {
  await sleep(Number(query.get('ms')))
  response.end(JSON.stringify({ ok: 'x'.repeat(Number(query.get('bytes') ?? 100)) }))
}

const chunk = (delta: object, reason: string | null) =>
  `data: ${JSON.stringify({ id: 's', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`

/** Events keep their places on a timetable, so that a late one does not move the others. */
async function stream(response: ServerResponse, query: URLSearchParams): Promise<void> {
  const [events, gap] = [Number(query.get('events')), Number(query.get('gap'))]
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const beganAt = now()
  let last = Number.NaN
  for (let sent = 1; sent <= events && !response.destroyed; sent += 1) {
    await sleep(Math.max(0, beganAt + sent * gap - now()))
    const at = now()
    response.write(chunk({ content: ' word' }, null))
    if (sent > 1) seen.gaps.push(at - last)
    last = at
  }
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`)
}

const server = createServer((request, response) => {
  const at = now()
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://target')
  if (pathname === '/count') {
    response.end(String(seen.arrivals.length))
    return
  }
  if (pathname === '/truth') {
    response.end(JSON.stringify(seen))
    seen = { arrivals: [], service: [], gaps: [] }
    return
  }
  seen.arrivals.push(at)
  request.resume()
  void (pathname === '/stream' ? stream(response, searchParams) : work(response, searchParams)).then(() => {
    seen.service.push(now() - at)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
process.stdin.resume().on('end', () => process.exit())
