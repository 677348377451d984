/** Reads the top-level fields (the head) of all results in a folder of runs, without reading the rest of each `result.json`. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type * as z from 'zod'
import { InputError } from '../errors.ts'
import { type Result, resultSchema } from '../result/schema.ts'
import { codeOf } from './files/local-error.ts'
import { RESULT_NAME, resultsFolder } from './files/names.ts'

/** How many bytes of a result file are read for its head. The head is usually a few KB long; only very many targets make it longer. */
const HEAD_BYTES = 64 * 1024
/** The first key of a result that does not belong to the head. */
const AFTER_HEAD = '"anomaliesDetected"'

const headSchema = resultSchema.pick({
  runId: true,
  status: true,
  verdict: true,
  reason: true,
  scenarioName: true,
  scenarioFile: true,
  scenarioHash: true,
  target: true,
  startTime: true,
  durationMs: true,
  totalMessages: true,
  averageLatencyMs: true,
  p95LatencyMs: true,
  p99LatencyMs: true,
  throughputQps: true,
  errorRate: true,
})

/**
 * The top-level fields of a stored result, such as id, verdict and p95, which can be read without the rest of `result.json`; and the path of the
 * run's folder.
 */
export type RunHead = Pick<Result, keyof z.infer<typeof headSchema>> & { readonly folder: string }

/** The runs of a folder, and the folders in it whose result cannot be read. */
interface FoundRuns {
  /** The heads of the runs, the newest first. */
  readonly runs: readonly RunHead[]
  readonly unreadable: readonly string[]
}

/**
 * Returns the top-level fields (id, verdict, p95 …) of all results in the folders of `base` and one level below (runs of comparisons and repeats),
 * newest first; none when `base` does not exist. Also returns the folders whose result cannot be read.
 * @throws InputError when a folder cannot be listed
 */
export function runHeads(base: string = resultsFolder()): FoundRuns {
  const runs: RunHead[] = []
  const unreadable: string[] = []
  for (const folder of foldersIn(base).flatMap((one) => [one, ...foldersIn(one)])) {
    const head = headIn(folder)
    if (head) runs.push(head)
    else if (head === null) unreadable.push(folder)
  }
  return { runs: runs.sort((a, b) => b.startTime - a.startTime), unreadable }
}

/**
 * Returns the top-level fields (id, verdict, p95 …) of the result in a folder; undefined when there is no result file or it cannot be opened, null
 * when these fields cannot be read from its first 64 KiB.
 */
export function headIn(folder: string): RunHead | null | undefined {
  const text = headText(join(folder, RESULT_NAME))
  if (text === undefined) return undefined
  const head = parsed(text)
  return head ? { ...head, folder } : null
}

/** Returns the paths of the folders in `base`, without symbolic links; empty when `base` does not exist. @throws InputError when it cannot be read */
export function foldersIn(base: string): string[] {
  try {
    const entries = readdirSync(base, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(base, name))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new InputError(`cannot read ${base}: ${error instanceof Error ? error.message : String(error)}`, undefined, {
      cause: error,
    })
  }
}

/** Returns the first bytes of a file as text; undefined when there is no such file. */
function headText(path: string): string | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const bytes = Buffer.alloc(HEAD_BYTES)
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD_BYTES, 0))
  } catch {
    return ''
  } finally {
    closeSync(file)
  }
}

function parsed(text: string): z.infer<typeof headSchema> | undefined {
  const end = text.indexOf(AFTER_HEAD)
  if (end < 0) return undefined
  try {
    const head: unknown = JSON.parse(`${text.slice(0, end).trimEnd().replace(/,$/, '')}}`)
    return headSchema.safeParse(head).data
  } catch {
    return undefined
  }
}
