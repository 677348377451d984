/** Checks the rules for suites that a schema cannot express. */
import { realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { liesIn } from '../../../confined.ts'
import { E_FILE } from '../../../scenario/problems/files/E_FILE.ts'
import { E_VALUE } from '../../../scenario/problems/values/E_VALUE.ts'
import type { Finding } from '../../../scenario/read/source/finding.ts'
import type { Path } from '../../../scenario/read/source/source.ts'
import { combinationsOf, MAX_COMBINATIONS } from './expand.ts'
import { isSuite } from './is-suite.ts'
import type { Suite } from './schema.ts'

/**
 * Returns the errors in a suite file that its schema cannot find: scenario files that do not exist, lie outside of the suite's folder or are suites,
 * and a matrix with too many combinations.
 */
export function rulesOf({ tests = [], matrix }: Suite, file: string): Finding[] {
  const files = [
    ...tests.map(({ scenario }, i) => ({ scenario, path: ['tests', i, 'scenario'] as Path })),
    ...(matrix?.scenario ?? []).map((scenario, i) => ({ scenario, path: ['matrix', 'scenario', i] as Path })),
  ]
  const missing = files.flatMap(({ scenario, path }) => strangeFile(dirname(file), scenario, path))
  const count = matrix ? combinationsOf(matrix) : 0
  if (count <= MAX_COMBINATIONS) return missing
  const words = E_VALUE.refused(
    `the matrix has ${count} combinations, and ${MAX_COMBINATIONS} is the most`,
    'leave out values, or make several suites',
  )
  return [...missing, { ...words, path: ['matrix'], mark: 'key' }]
}

/**
 * Returns an error for a scenario file that does not exist, is itself a suite, or lies outside of the suite's folder (even through a link), because
 * somebody other than the user may have written the suite.
 */
function strangeFile(folder: string, scenario: string, path: Path): Finding[] {
  const whole = join(folder, scenario)
  const words = (): ReturnType<typeof E_FILE.missing> | undefined => {
    if (!statSync(whole, { throwIfNoEntry: false })?.isFile())
      return E_FILE.missing(scenario, 'is not there', 'the folder of the suite')
    if (liesIn(realpathSync(folder), realpathSync(whole)))
      return isSuite(whole)
        ? E_FILE.refused({
            message: `${scenario} is a suite itself, and the tests of a suite are scenarios`,
            hint: 'list its tests here, or run it by itself',
          })
        : undefined
    return E_FILE.refused({
      message: `${scenario} lies outside of the folder of the suite`,
      hint: 'put the suite above its scenarios',
    })
  }
  const wrong = words()
  return wrong === undefined ? [] : [{ ...wrong, path, mark: 'value' }]
}
