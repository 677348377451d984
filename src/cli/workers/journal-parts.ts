/** The journal of a run with workers: each process writes its own part, and afterwards one file has the lines of all, in the order in which attempts ended. */
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { localError } from '../../store/files/local-error.ts'

/** A part that is being read: its next line, and when the attempt of that line ended. */
interface Cursor {
  readonly lines: AsyncIterator<string>
  line: string
  endedAtMs: number
}

/**
 * Adds the lines of `parts` to the journal `path`, and removes the parts. Those that are not there, as without a journal, are left out.
 * @throws LocalError
 */
export async function foldJournals(path: string, parts: readonly string[]): Promise<void> {
  const there = parts.filter((part) => existsSync(part))
  if (there.length === 0 || !existsSync(path)) return
  const whole = `${path}.whole`
  try {
    await pipeline(Readable.from(linesInOrder([path, ...there])), createWriteStream(whole, { flags: 'wx', mode: 0o600 }))
    renameSync(whole, path)
    for (const part of there) rmSync(part, { force: true })
  } catch (error) {
    rmSync(whole, { force: true })
    throw localError(`cannot put the journals of workers into ${path}: they are beside it`, error)
  }
}

/** The lines of all files by the time at which attempts ended. Only the header of the first is kept. */
async function* linesInOrder(paths: readonly string[]): AsyncGenerator<string> {
  const open: Cursor[] = []
  for (const [index, path] of paths.entries()) {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
    const header = await lines.next()
    if (index === 0 && !header.done) yield `${header.value}\n`
    const cursor: Cursor = { lines, line: '', endedAtMs: Number.NEGATIVE_INFINITY }
    if (await advance(cursor)) open.push(cursor)
  }
  while (open.length > 0) {
    const first = open.reduce((least, one) => (one.endedAtMs < least.endedAtMs ? one : least))
    yield `${first.line}\n`
    if (!(await advance(first))) open.splice(open.indexOf(first), 1)
  }
}

/** Moves on to the next line; a killed process may have left a last one that is not whole. */
async function advance(cursor: Cursor): Promise<boolean> {
  const next = await cursor.lines.next()
  if (next.done) return false
  const ended = endOf(next.value)
  if (ended === undefined) return advance(cursor)
  cursor.line = next.value
  cursor.endedAtMs = ended
  return true
}

function endOf(line: string): number | undefined {
  try {
    const { endedAtMs } = JSON.parse(line) as { readonly endedAtMs?: unknown }
    return typeof endedAtMs === 'number' ? endedAtMs : Number.NEGATIVE_INFINITY
  } catch {
    return undefined
  }
}
