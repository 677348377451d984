/** Reads and checks `suite.json`, and the results of its runs if they are beside it. */
import { join } from 'node:path'
import { misfitOfSuite } from '../result/read.ts'
import type { Result } from '../result/schema.ts'
import { SUITE_VERSION, type SuiteResult } from '../result/suite.ts'
import { SUITE_NAME } from './files/names.ts'
import { requireVersion, requireWhole, runBeside, withEnd } from './files/stored-kind.ts'
import { kindOf, markIncomplete, readResult, readText } from './read-result.ts'

/** The content of a `suite.json` (result of a suite of tests), with the path of the file. */
export interface StoredSuite {
  readonly path: string
  readonly suite: SuiteResult
}

/**
 * Reads the suite at a path, which is a `suite.json` or a folder with one; undefined when the path holds something else, or no valid JSON.
 * @throws InputError when the file cannot be read or has another format version, or when a part of the suite is missing or has the wrong type
 */
export function storedSuiteAt(named: string): StoredSuite | undefined {
  const path = kindOf(named) === 'folder' ? join(named, SUITE_NAME) : named
  if (kindOf(path) !== 'file') return undefined
  const value = suiteIn(readText(path))
  if (value === undefined) return undefined
  requireVersion('suite', path, value.suiteVersion, SUITE_VERSION)
  requireWhole('suite', path, misfitOfSuite(value))
  return { path, suite: withEnd('suite', value as SuiteResult, path) } // misfitOfSuite has looked at every part
}

/** Parses a JSON text if it states the version of the suite format; undefined for any other text. */
function suiteIn(text: string): { readonly suiteVersion: string } | undefined {
  if (!/"suiteVersion"\s*:/.test(text.slice(0, 1000))) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('suiteVersion' in value)) return undefined
    return typeof value.suiteVersion === 'string' ? { ...value, suiteVersion: value.suiteVersion } : undefined
  } catch {
    return undefined // reading it as a result reports what is wrong
  }
}

/**
 * Returns the folders of the runs of a suite that still hold a result, each with the number of its test. Names that lead out of the suite's folder
 * are ignored.
 */
export function foldersOfSuite({ path, suite }: StoredSuite): { readonly number: number; readonly folder: string }[] {
  return suite.tests.flatMap(({ number, folder }) => {
    const whole = runBeside(path, folder)
    return whole === undefined ? [] : [{ number, folder: whole }]
  })
}

/**
 * Reads the results of the runs of a suite, by the number of the test; one with the status `running` gets the verdict `incomplete`. Runs that were
 * removed are left out.
 * @throws InputError for a damaged result
 */
export function resultsOfSuite(stored: StoredSuite): ReadonlyMap<number, Result> {
  return new Map(foldersOfSuite(stored).map(({ number, folder }) => [number, markIncomplete(readResult(folder))]))
}
