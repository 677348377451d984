/**
 * Merges the journals of a run with workers. Each process writes a journal of its own; at the end one file gets the lines of all, in the order in
 * which attempts ended.
 */
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { localError } from '../../store/files/local-error.ts'
import { journalLines } from '../../store/journal/fold.ts'

/**
 * Merges the journals of the worker processes, at `parts`, into the journal of the main process, at `path`, in the order in which attempts ended, and
 * removes the parts. Parts that do not exist are left out.
 * @throws LocalError when the journal cannot be written
 */
export async function foldJournals(path: string, parts: readonly string[]): Promise<void> {
  const there = parts.filter((part) => existsSync(part))
  if (there.length === 0 || !existsSync(path)) return
  const whole = `${path}.whole`
  try {
    const lines = Readable.from(journalLines([path, ...there])).map((line: string) => `${line}\n`)
    await pipeline(lines, createWriteStream(whole, { flags: 'wx', mode: 0o600 }))
    renameSync(whole, path)
    for (const part of there) rmSync(part, { force: true })
  } catch (error) {
    rmSync(whole, { force: true })
    throw localError(`cannot put the journals of workers into ${path}: they are beside it`, error)
  }
}
