/** Reads and checks `result.json`. It is separate from the code that writes results, so that a run does not load the schema. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../errors.ts'
import { misfitOfResult } from '../result/read.ts'
import type { Result } from '../result/schema.ts'
import { RESULT_VERSION } from '../result/version.ts'
import { formatMs } from '../text/units.ts'
import { contradictionIn } from './contradictions.ts'
import { codeOf } from './files/local-error.ts'
import { lockState } from './files/lock.ts'
import { JOURNAL_NAME, RESULT_NAME } from './files/names.ts'
import { lastEntry, readJournal } from './journal/reader.ts'
import { rebuildResult } from './rebuild.ts'

/**
 * Returns the result in a run's folder or file, which must hold only one result. A result with the status `running` is a checkpoint of a run that
 * goes on or was killed: for a killed one, pass it to `markIncomplete` before it is shown.
 * @throws InputError when there is no result, when there are several, or when it is damaged
 */
export function readResult(path: string): Result {
  const [result, ...others] = readResults(path)
  if (result === undefined) throw new InputError(`${path} holds an empty list of results`)
  if (others.length > 0)
    throw new InputError(`${path} holds ${others.length + 1} results, one was expected`, 'name the folder of one run')
  return result
}

/**
 * Returns all results in a run's folder, in a `result.json`, or in a file with a list of results. If a folder holds only a journal, the result is
 * rebuilt from the journal. @throws InputError for a file that is missing, damaged or not a result
 */
export function readResults(path: string): Result[] {
  if (kindOf(path) !== 'folder') return parseResults(path, readText(path))
  const file = join(path, RESULT_NAME)
  if (kindOf(file) === undefined) return [fromJournal(path)]
  return parseResults(file, readText(file)).map((result) => withLaterCounts(result, join(path, JOURNAL_NAME)))
}

/** Adds a note to the result of a killed run: what the journal has counted after the last checkpoint. */
function withLaterCounts(result: Result, journal: string): Result {
  if (result.status !== 'running' || kindOf(journal) === undefined) return result
  const { soFar, endedAtMs } = lastEntry(journal) ?? {}
  if (soFar === undefined || endedAtMs === undefined || soFar.planned <= result.total.counts.planned) return result
  const { planned, ok, failed } = soFar
  const note = `${JOURNAL_NAME} goes on after the last checkpoint: at ${formatMs(endedAtMs)}, ${planned} were planned, ${ok} ok, ${failed} failed`
  return { ...result, notes: [...result.notes, note] }
}

/** Returns the result of a killed run (status `running`) with the verdict `incomplete`; any other result unchanged. */
export function markIncomplete(result: Result): Result {
  if (result.status !== 'running') return result
  const reason =
    result.verdict === 'incomplete' && result.reason !== ''
      ? result.reason
      : 'the process exited without a result: killed, or the machine stopped'
  return { ...result, verdict: 'incomplete', reason }
}

function fromJournal(folder: string): Result {
  const path = join(folder, JOURNAL_NAME)
  if (kindOf(path) === undefined) throw new InputError(`${folder} holds no ${RESULT_NAME}`, whyNoResult(folder))
  const result = rebuildResult(readJournal(path))
  if (result === undefined)
    throw new InputError(`${path} is not a journal of burn`, 'the run may have been killed before it wrote anything')
  return result
}

/** Returns why a folder has no result. If it has a lock, a run has started there. */
function whyNoResult(folder: string): string {
  const lock = lockState(folder)
  if (lock === undefined) return 'name the folder of a run or its result.json'
  if (lock.live) return 'the run has just begun: its first counts are written within a second or two'
  return 'the run was killed before its first counts were written, and with --log none there is no journal to count from'
}

/** Returns whether a path leads to a folder or a file; undefined when it leads to nothing. @throws InputError when the path cannot be examined */
export function kindOf(path: string): 'folder' | 'file' | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats && (stats.isDirectory() ? 'folder' : 'file')
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Returns the text of a file. @throws InputError when it cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): InputError {
  const missing = codeOf(error) === 'ENOENT'
  const words = missing ? 'there is no such file or folder' : error instanceof Error ? error.message : String(error)
  return new InputError(`cannot read ${path}: ${words}`, missing ? 'name the folder of a run or its result.json' : undefined, {
    cause: error,
  })
}

/**
 * Parses JSON that is a result or a list of results, and returns these. `path` is the name of the text in error messages.
 * @throws InputError when the text is not JSON, or when one of them is damaged or not a result that this version reads
 */
export function parseResults(path: string, text: string): Result[] {
  const value = parseJson(path, text)
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.map((one) => asResult(path, one))
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const hint =
      text.trim() === ''
        ? 'the file is empty'
        : 'the file is torn, or is none of burn: name the folder of a run or its result.json'
    throw new InputError(`${path} is not valid JSON`, hint, { cause: error })
  }
}

function asResult(path: string, value: unknown): Result {
  const version = typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (typeof version !== 'string')
    throw new InputError(
      `${path} is not a result of burn: schemaVersion is missing`,
      'name the folder of a run or its result.json',
    )
  if (major(version) !== major(RESULT_VERSION)) {
    throw new InputError(
      `${path} has result format ${version.slice(0, 20)}, this burn reads ${major(RESULT_VERSION)}.x`,
      'use the version of burn that wrote it',
    )
  }
  const misfit = misfitOfResult(value)
  if (misfit !== undefined)
    throw new InputError(
      `${path} is not a whole result: ${misfit} is missing or of another kind`,
      'the file was changed after burn wrote it',
    )
  const result = value as Result // misfitOfResult has looked at every part
  const contradiction = contradictionIn(result)
  if (contradiction !== undefined)
    throw new InputError(`${path} contradicts itself at ${contradiction}`, 'the file was changed after burn wrote it')
  return result
}

function major(version: string): string {
  return version.split('.', 1)[0] ?? ''
}
