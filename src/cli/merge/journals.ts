/** The journals of the shards become one, in the order of time. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { localError } from '../../store/files/local-error.ts'
import { journalLines } from '../../store/journal/fold.ts'

/** Writes a journal with the header of the first one and the lines of all. `runId` is that of the merged run. @throws LocalError */
export async function mergeJournals(paths: readonly string[], target: string, runId: string): Promise<void> {
  const lines = Readable.from(journalLines(paths)).map((line: string) => `${withRunId(line, runId)}\n`)
  try {
    await pipeline(lines, createWriteStream(target, { mode: 0o600 }))
  } catch (error) {
    throw localError(`cannot write ${target}`, error)
  }
}

const withRunId = (line: string, runId: string) => line.replace(/"runId":"[^"\\]*"/, `"runId":${JSON.stringify(runId)}`)
