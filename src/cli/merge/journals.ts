/** The journals of the shards become one, in the order of time. */
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { localError } from '../../store/files/local-error.ts'

interface Open {
  readonly lines: AsyncIterator<string>
  next: string
  atMs: number
}

/** Writes a journal with the header of the first one and the lines of all. `runId` is that of the merged run. @throws LocalError */
export async function mergeJournals(paths: readonly string[], target: string, runId: string): Promise<void> {
  try {
    await pipeline(Readable.from(merged(paths, runId)), createWriteStream(target))
  } catch (error) {
    throw localError(`cannot write ${target}`, error)
  }
}

async function* merged(paths: readonly string[], runId: string): AsyncGenerator<string> {
  const open: Open[] = []
  let isFirst = true
  for (const path of paths) {
    const lines = createInterface({ input: createReadStream(path, 'utf8') })[Symbol.asyncIterator]()
    const header = await lines.next()
    if (isFirst && !header.done) yield `${withRunId(header.value, runId)}\n`
    isFirst = false
    const one = { lines, next: '', atMs: 0 }
    if (await advance(one)) open.push(one)
  }
  while (open.length > 0) {
    const earliest = open.reduce((first, one) => (one.atMs < first.atMs ? one : first))
    yield `${withRunId(earliest.next, runId)}\n`
    if (!(await advance(earliest))) open.splice(open.indexOf(earliest), 1)
  }
}

/** Goes on to the next line; false at the end. A line that is not whole, as a killed process leaves it, is left out. */
async function advance(one: Open): Promise<boolean> {
  for (let line = await one.lines.next(); !line.done; line = await one.lines.next()) {
    const endedAtMs = endOf(line.value)
    if (endedAtMs === undefined) continue
    one.next = line.value
    one.atMs = endedAtMs ?? one.atMs
    return true
  }
  return false
}

/** When the attempt of a line ended; null for a line of something else, undefined for one that is not whole. */
function endOf(line: string): number | null | undefined {
  try {
    const { endedAtMs } = JSON.parse(line) as { readonly endedAtMs?: unknown }
    return typeof endedAtMs === 'number' ? endedAtMs : null
  } catch {
    return undefined
  }
}

const withRunId = (line: string, runId: string) => line.replace(/"runId":"[^"\\]*"/, `"runId":${JSON.stringify(runId)}`)
