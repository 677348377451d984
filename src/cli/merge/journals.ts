/** Merges the journals of shards into one, in the order of time. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { localError } from '../../store/files/local-error.ts'
import { journalLines } from '../../store/journal/fold.ts'

/**
 * Merges the journals at `paths` into the file `target`: the header of the first one, then the attempts of all in the order of time, with
 * `runId` as the id of the run. @throws LocalError when the file cannot be written
 */
export async function mergeJournals(paths: readonly string[], target: string, runId: string): Promise<void> {
  const lines = Readable.from(journalLines(paths)).map((line: string) => `${withRunId(line, runId)}\n`)
  try {
    await pipeline(lines, createWriteStream(target, { mode: 0o600 }))
  } catch (error) {
    throw localError(`cannot write ${target}`, error)
  }
}

const withRunId = (line: string, runId: string) => line.replace(/"runId":"[^"\\]*"/, `"runId":${JSON.stringify(runId)}`)
