/** Finds out whether a command line asks for a suite. The code that reads and runs suites is loaded only then. */
import { readFileSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { collectFiles } from '../../../scenario/layers/include.ts'
import { overlayNames } from '../../../scenario/layers/overlay.ts'
import { MAX_FILE_BYTES } from '../../../scenario/read/limits.ts'
import { parseScenario } from '../../../scenario/read/read.ts'
import { isMap } from '../../../text/json.ts'
import { expandPatterns } from '../../load/named-files.ts'
import type { RunFlags } from '../../load/run-flags.ts'

/**
 * The value `all` of `--profile`, which runs a scenario once with each of several profiles that come with burn, from `quick` to `medium`, unless the
 * scenario has a profile called `all`.
 */
export const ALL_PROFILES = 'all'

/** The flags that make a suite of all named scenarios. As environment variables they only change how a suite runs. */
const SUITE_FLAGS = ['parallel', 'gap', 'failOn', 'rankBy']

/** True when a command line of `burn run` asks for a suite: by a suite file, by a flag such as `--parallel`, or by `--profile all`. */
export function isSuiteAsked(files: readonly string[], command: Command): boolean {
  const { scenario = [], profile } = command.opts<RunFlags>()
  const named = expandPatterns([...files, ...scenario]).files
  if (SUITE_FLAGS.some((name) => command.getOptionValueSource(name) === 'cli') || named.some(isSuite)) return true
  return profile === ALL_PROFILES && !named.some((file) => hasProfile(file, ALL_PROFILES))
}

/** True when the scenario file `file` has a profile called `name`. */
export function hasProfile(file: string, name: string): boolean {
  const text = readable(file)
  return text.includes(name) && overlayNames(collectFiles(text, file, { noEnv: true }), 'profile').includes(name)
}

/** Matches the key that makes a file a suite, at the beginning of a line or of the file. Used when the file cannot be parsed. */
const FIRST_KEY = /^\s*\{?\s*["']?suite["']?\s*:|\n["']?suite["']?[ \t]*:/

/** True for a file with the key `suite` at its top level, which scenarios do not have; false for a file that cannot be read. */
export function isSuite(file: string): boolean {
  const text = readable(file)
  if (!/\bsuite["']?\s*:/.test(text)) return false
  const { value } = parseScenario(text, file, { noEnv: true })
  return value === undefined ? FIRST_KEY.test(text) : isMap(value) && value.suite !== undefined
}

/** Returns the text of a file that may be a scenario; '' for a folder, a file that is too large, or one that cannot be read. */
function readable(file: string): string {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    return found?.isFile() && found.size <= MAX_FILE_BYTES ? readFileSync(file, 'utf8') : ''
  } catch {
    return ''
  }
}
