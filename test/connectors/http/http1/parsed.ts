import type { ReplyHead, ReplyProblem } from '../../../../src/connectors/http/http1/head.ts'
import { ReplyParser } from '../../../../src/connectors/http/http1/parser.ts'

/** What the parser found in the bytes of one reply. */
export interface Parsed {
  readonly status: number | undefined
  readonly headers: ReplyHead['headers'] | undefined
  readonly persistent: boolean | undefined
  readonly body: string
  readonly end: 'complete' | 'with the connection' | 'incomplete' | ReplyProblem
  /** Bytes after the end of the reply. */
  readonly surplus: number
}

/** Parses bytes that come in pieces cut at `splits`, in memory that is overwritten after each piece; then the connection ends. */
export function parsed(bytes: Buffer, splits: readonly number[] = [], method = 'GET'): Parsed {
  let head: ReplyHead | undefined
  let body = ''
  const parser = new ReplyParser({
    head: (found) => {
      head = found
    },
    body: (piece, start, end) => {
      body += piece.toString('latin1', start, end)
    },
  })
  parser.expect(method)
  const memory = Buffer.alloc(bytes.byteLength)
  const edges = [0, ...splits, bytes.byteLength]
  let used = 0
  for (const [n, end] of edges.slice(1).entries()) {
    const piece = bytes.subarray(edges[n], end)
    memory.fill('\r\n\r\n').set(piece)
    if (!parser.problem && !parser.idle) used += parser.take(memory, piece.byteLength)
  }
  const complete = parser.idle
  const end = parser.problem ?? (complete ? 'complete' : parser.end() ? 'with the connection' : 'incomplete')
  const surplus = complete && !parser.problem ? bytes.byteLength - used : 0
  return { status: head?.status, headers: head?.headers, persistent: head?.persistent, body, end, surplus }
}

/** Every way to cut bytes once, all bytes alone, and the whole. */
export function cuts(bytes: Buffer): readonly (readonly number[])[] {
  const places = Array.from(bytes.keys()).slice(1)
  return [[], ...places.map((at) => [at]), places]
}
