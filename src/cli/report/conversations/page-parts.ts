/**
 * Collects what the page of a run shows in addition to its result: conversations from the journal, and the baseline with which the run was compared.
 */
import { dirname, resolve } from 'node:path'
import { InputError } from '../../../errors.ts'
import type { RenderOptions } from '../../../report/text/reporter.ts'
import type { Result } from '../../../result/schema.ts'
import { readResults } from '../../../store/read-result.ts'
import { conversationsOf } from './conversations.ts'

/**
 * Returns what the HTML report of a run shows in addition to its `result`: conversations, and the results of the baseline that the run was compared
 * with. `run` is the folder or file of the run. Rejects with InputError when the journal cannot be read.
 */
export async function pageParts(run: string, result: Result): Promise<Pick<RenderOptions, 'conversations' | 'baseline'>> {
  const baseline = baselineOf(run, result)
  return { ...(await conversationsOf(run, result)), ...(baseline.length > 0 && { baseline }) }
}

/** Matches the end of a result's name when its file contains several results: `[0]`, `[1]`, … */
const IN_LIST = /\[\d+\]$/
/** Matches the end of the name of a set of results: ` and 2 more`. */
const AND_MORE = / and \d+ more$/

/**
 * Returns the results with which the run in `run` was compared, read from the file that the comparison names. That name is a path in the folder in
 * which burn was called, so it is looked for there and in the folders around the run. Empty when the file no longer exists or has changed. When the
 * results were in several files, only those of the first file are returned.
 */
function baselineOf(run: string, { baseline }: Result): readonly Result[] {
  if (baseline === undefined) return []
  const { name, runId } = baseline.a
  const file = name.replace(AND_MORE, '').replace(IN_LIST, '')
  for (const folder of ['.', ...foldersAround(run)]) {
    const results = resultsAt(resolve(folder, file))
    if (results.some((one) => one.runId === runId)) return results
  }
  return []
}

/** Returns the folders that hold a path, the nearest first. */
function foldersAround(path: string): string[] {
  const parent = dirname(resolve(path))
  return parent === resolve(path) ? [] : [parent, ...foldersAround(parent)]
}

function resultsAt(path: string): readonly Result[] {
  try {
    return readResults(path)
  } catch (error) {
    if (error instanceof InputError) return []
    throw error
  }
}
