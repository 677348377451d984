/** Reports errors in a test at its place in the suite file. */
import type { Command } from 'commander'
import { type Problem, ScenarioError, UsageError } from '../../../errors.ts'
import { toProblem } from '../../../scenario/explain/problems.ts'
import { E_OVERLAY } from '../../../scenario/problems/files/E_OVERLAY.ts'
import { E_VALUE } from '../../../scenario/problems/values/E_VALUE.ts'
import type { Path } from '../../../scenario/read/source/source.ts'
import type { AskedTest } from './expand.ts'
import type { ReadSuite } from './read.ts'

/** Returns file and line at which a suite file describes a test, for messages: `nightly.yaml:12`. Without a suite file, returns `suite`. */
export function placeOf({ path }: AskedTest, read: ReadSuite | undefined): string {
  return read === undefined ? 'suite' : `${read.file}:${read.locate.place(read.locate.key(path)).line}`
}

/**
 * Converts an error from loading a test of a suite to problems with file and line. If a flag value from the suite file is wrong, the problem points
 * to its line there.
 * @throws the error itself when the suite did not cause it
 */
export function problemsOf(error: unknown, test: AskedTest, read: ReadSuite | undefined, own: Command): readonly Problem[] {
  if (error instanceof ScenarioError) return error.problems
  if (!(error instanceof UsageError) || read === undefined) throw error
  const from = placeOf(test, read)
  const blamed = own.options.find((option) => {
    const name = option.attributeName()
    const isNamed = error.message.includes(`${option.long} `) || error.message.includes(`no ${name} "`)
    return isNamed && own.getOptionValueSource(name) === from
  })
  if (blamed === undefined) throw error
  const key = blamed.attributeName()
  const path = pathOf(KEYS[key] ?? key, test, read)
  const words = key === 'profile' || key === 'environment' ? E_OVERLAY.missing(error) : E_VALUE.refused(error.message, error.hint)
  return [toProblem({ ...words, path, mark: 'value' }, read.locate)]
}

/** Returns the path in the suite file of a setting of a test: at the test itself or, if it is not set there, in the defaults for all tests. */
function pathOf(key: string, { path }: AskedTest, { suite }: ReadSuite): Path {
  const [block, index] = path
  const own = block === 'tests' ? suite?.tests?.[Number(index)] : suite?.matrix
  return own !== undefined && Object.hasOwn(own, key) ? [...path, key] : ['defaults', key]
}

/** The flags that have another name in a suite file, with that name. */
const KEYS: Readonly<Record<string, string>> = { connections: 'users', threshold: 'thresholds' }
