/** Reads the journals of several parts of a run as one. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** A journal that is being read: its next line, and when that line's attempt ended. */
interface Cursor {
  readonly lines: AsyncIterator<string>
  line: string
  endedAtMs: number
}

/**
 * Merges several journals: yields the header of the first one, and then the attempts of all as lines without line ends, in the order in which the
 * attempts ended. Incomplete lines, as a killed process leaves them, are left out.
 * @throws the error of a file that cannot be read
 */
export async function* journalLines(paths: readonly string[]): AsyncGenerator<string> {
  const open: Cursor[] = []
  for (const [index, path] of paths.entries()) {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
    const header = await lines.next()
    if (index === 0 && !header.done) yield header.value
    const cursor: Cursor = { lines, line: '', endedAtMs: Number.NEGATIVE_INFINITY }
    if (await advance(cursor)) open.push(cursor)
  }
  while (open.length > 0) {
    const first = open.reduce((least, one) => (one.endedAtMs < least.endedAtMs ? one : least))
    yield first.line
    if (!(await advance(first))) open.splice(open.indexOf(first), 1)
  }
}

/** Moves on to the next complete line; returns false at the end of the journal. */
async function advance(cursor: Cursor): Promise<boolean> {
  for (let next = await cursor.lines.next(); !next.done; next = await cursor.lines.next()) {
    const endedAtMs = endOf(next.value)
    if (endedAtMs === undefined) continue
    cursor.line = next.value
    cursor.endedAtMs = endedAtMs ?? cursor.endedAtMs
    return true
  }
  return false
}

/** Returns when the attempt of a line ended; null for a line of another kind, undefined for an incomplete line. */
function endOf(line: string): number | null | undefined {
  try {
    const { endedAtMs } = JSON.parse(line) as { readonly endedAtMs?: unknown }
    return typeof endedAtMs === 'number' ? endedAtMs : null
  } catch {
    return undefined
  }
}
