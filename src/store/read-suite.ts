/** `suite.json`, read back with care, and the results of its runs where they lie beside it. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import { misfitOfSuite } from '../result/read.ts'
import type { Result } from '../result/schema.ts'
import { SUITE_VERSION, type SuiteResult } from '../result/suite.ts'
import { lockState } from './files/lock.ts'
import { RESULT_NAME, SUITE_NAME } from './files/names.ts'
import { kindOf, markIncomplete, readResult, readText } from './read-result.ts'

/** The content of a `suite.json`, with the path of the file. */
export interface StoredSuite {
  readonly path: string
  readonly suite: SuiteResult
}

/**
 * Reads the suite at a path, which is a `suite.json` or a folder with one; undefined when the path holds something else. @throws InputError for a
 * damaged suite
 */
export function storedSuiteAt(named: string): StoredSuite | undefined {
  const path = kindOf(named) === 'folder' ? join(named, SUITE_NAME) : named
  if (kindOf(path) !== 'file') return undefined
  const value = suiteIn(readText(path))
  if (value === undefined) return undefined
  const [version = ''] = value.suiteVersion.split('.')
  if (version !== SUITE_VERSION.split('.')[0])
    throw new InputError(
      `${path} has suite format ${value.suiteVersion.slice(0, 20)}, this burn reads ${SUITE_VERSION}`,
      'use the version of burn that wrote it',
    )
  const misfit = misfitOfSuite(value)
  if (misfit !== undefined)
    throw new InputError(
      `${path} is not a whole suite: ${misfit} is missing or of another kind`,
      'the file was changed after burn wrote it',
    )
  return { path, suite: withEnd(value as SuiteResult, dirname(path)) } // misfitOfSuite has looked at every part
}

/** The value of a JSON text that says which version of the format of suites it has. */
function suiteIn(text: string): { readonly suiteVersion: string } | undefined {
  if (!/"suiteVersion"\s*:/.test(text.slice(0, 1000))) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('suiteVersion' in value)) return undefined
    return typeof value.suiteVersion === 'string' ? { ...value, suiteVersion: value.suiteVersion } : undefined
  } catch {
    return undefined // whoever reads it as a result says what is wrong
  }
}

/** A suite that is no longer under way, and never ended, was killed. */
function withEnd(suite: SuiteResult, folder: string): SuiteResult {
  if (suite.status !== 'running') return suite
  const isLive = lockState(folder)?.live === true
  return { ...suite, reason: isLive ? 'the suite goes on' : 'the process exited without an end: killed, or the machine stopped' }
}

/** Returns the existing folders of the runs of a suite, with the numbers of their tests. Names that lead out of its folder are ignored. */
export function foldersOfSuite({ path, suite }: StoredSuite): { readonly number: number; readonly folder: string }[] {
  return suite.tests.flatMap(({ number, folder }) => {
    if (folder === null || folder !== basename(folder) || folder.startsWith('.')) return []
    const whole = join(dirname(path), folder)
    return existsSync(join(whole, RESULT_NAME)) ? [{ number, folder: whole }] : []
  })
}

/**
 * Reads the results of the runs of a suite, by the number of the test; runs that were removed are left out. @throws InputError for a damaged result
 */
export function resultsOfSuite(stored: StoredSuite): ReadonlyMap<number, Result> {
  return new Map(foldersOfSuite(stored).map(({ number, folder }) => [number, markIncomplete(readResult(folder))]))
}
