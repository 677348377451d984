import type { Socket } from 'node:net'
import type { Failure } from '../../exchange.ts'

/** The largest reply head of a proxy in bytes. */
const MAX_HEAD_BYTES = 16 * 1024

/**
 * Asks the HTTP proxy at the other end of `socket` for a connection to `target` (host and port), by the method CONNECT (RFC 9110, section 9.3.6).
 * Calls `done`: without an argument when the socket now leads to the target, else with the failure. The caller handles errors of the socket.
 */
export function openTunnel(
  socket: Socket,
  target: string,
  authorization: string | undefined,
  done: (failure?: Failure) => void,
): void {
  const credentials = authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`
  let held = Buffer.alloc(0)
  const over = (message?: string) => {
    socket.off('readable', read).off('end', ended)
    done(message === undefined ? undefined : { class: 'proxy', phase: 'connect', message })
  }
  const ended = () => over(`the proxy closed the connection, and did not connect to ${target}`)
  const read = () => {
    for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) held = Buffer.concat([held, chunk])
    const end = held.indexOf('\r\n\r\n')
    if (end < 0) {
      if (held.byteLength > MAX_HEAD_BYTES) over('the reply of the proxy is not HTTP')
      return
    }
    const status = /^HTTP\/1\.[01] ([1-9][0-9]{2})/.exec(held.toString('latin1', 0, end))?.[1]
    const rest = held.subarray(end + 4)
    // the target may speak first
    if (rest.byteLength > 0) socket.unshift(rest)
    over(status?.startsWith('2') ? undefined : refusalOf(status, target))
  }
  socket.on('readable', read).on('end', ended)
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${credentials}\r\n`, 'latin1')
}

function refusalOf(status: string | undefined, target: string): string {
  if (status === undefined) return 'the reply of the proxy is not HTTP'
  const why = status === '407' ? ': it wants credentials, or does not take those in its address' : ''
  return `the proxy answered CONNECT ${target} with status ${status}${why}`
}
