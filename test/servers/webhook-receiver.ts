/** A receiver of webhooks that answers as it is told and keeps what it got. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request as it came. */
export interface ReceivedMessage {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How the receiver answers the n-th request to a path, counted from 1: a status, with a body; or with no answer at all. */
type Answers = (
  received: ReceivedMessage,
  nth: number,
) => { status: number; body?: string; headers?: Record<string, string> } | 'never'

/** Starts a receiver on loopback for one test. */
export async function webhookReceiver(answers: Answers = () => ({ status: 204 })) {
  const received: ReceivedMessage[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(one)
      const answer = answers(one, received.filter(({ path }) => path === one.path).length)
      if (answer !== 'never') response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, received }
}
