/** An HTTP proxy on loopback: whatever host it is asked for, it connects to `upstream`. */
import { createServer, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { listen } from './http-faults.ts'

export interface HttpProxyServer {
  readonly port: number
  /** Method and target of each request line, and its credentials. */
  readonly seen: { readonly line: string; readonly authorization: string | undefined }[]
  stop(): Promise<void>
}

/** Starts a proxy. With `authorization`, requests with other credentials get status 407. */
export async function httpProxy(upstream: number, authorization?: string): Promise<HttpProxyServer> {
  const seen: HttpProxyServer['seen'] = []
  const sockets = new Set<Socket>()
  const isWelcome = (method = '', target = '', given: string | undefined) => {
    seen.push({ line: `${method} ${target}`, authorization: given })
    return authorization === undefined || given === authorization
  }
  const server = createServer((asked, reply) => {
    const { 'proxy-authorization': given, ...headers } = asked.headers
    if (!isWelcome(asked.method, asked.url, given)) {
      reply.writeHead(407).end()
      return
    }
    const { pathname, search } = new URL(asked.url ?? '', 'http://none')
    const onward = request({ port: upstream, method: asked.method, path: pathname + search, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    onward.on('error', () => reply.writeHead(502).end())
    asked.pipe(onward)
  })
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('connect', (asked, socket) => {
    if (!isWelcome(asked.method, asked.url, asked.headers['proxy-authorization'])) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const target = connect(upstream, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\nvia: test\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    target.on('error', () => socket.destroy())
    socket.on('error', () => target.destroy())
    sockets.add(target)
  })
  const port = await listen(server)
  return {
    port,
    seen,
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
