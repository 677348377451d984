/** Loads what the command line names as a suite that is ready to run. */
import { randomBytes } from 'node:crypto'
import { basename, extname } from 'node:path'
import type { Command } from 'commander'
import { type Problem, ScenarioError, UsageError } from '../../errors.ts'
import { environmentOf, variableFiles } from '../load/env-file.ts'
import { namedFiles } from '../load/named-files.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { choicesOf } from './choices.ts'
import { type AskedTest, askedTests } from './file/expand.ts'
import { ALL_PROFILES, hasProfile, isSuite } from './file/is-suite.ts'
import { loadTests } from './file/load.ts'
import { type ReadSuite, readSuite } from './file/read.ts'
import type { ReadySuite } from './run/suite-run.ts'

/** A suite that is ready to run, and the warnings about its file. */
interface PlannedSuite {
  readonly ready: ReadySuite
  readonly warnings: readonly Problem[]
}

/**
 * Returns the suite that `burn run` is asked for, ready to run, and the warnings about its file. `files` has either one suite file, or scenarios,
 * which then become the tests of a suite.
 * @throws ScenarioError with all problems of all files, UsageError
 */
export function plannedSuite(files: readonly string[], flags: RunFlags, command: Command): PlannedSuite {
  const named = files.length === 0 ? [] : namedFiles(files)
  const suites = named.filter(isSuite)
  const [file] = suites
  if (file === undefined) return { ready: fromFlags(named, flags, command), warnings: [] }
  if (named.length > 1)
    throw new UsageError(
      `${file} is a suite, and ${named.length - 1} more ${named.length === 2 ? 'file is' : 'files are'} named`,
      'run it by itself',
    )
  const read = readFor(file, flags)
  if (read.suite === undefined) throw new ScenarioError(read.problems)
  const seed = newSeed()
  const ready = {
    ...{ suiteId: newSuiteId(), name: read.suite.suite, file, seed },
    ...choicesOf(flags, read.suite, command),
    tests: loadTests(askedTests(read.suite), { read, seed }, command),
  }
  return { ready, warnings: read.problems }
}

function readFor(file: string, flags: RunFlags): ReadSuite {
  const { env, secret } = environmentOf(variableFiles(flags))
  const { secretsDir } = flags
  return readSuite(file, { env, secretVariables: secret, ...(secretsDir === undefined ? {} : { secretsDir }) })
}

/** Returns a new id for one run of a suite. */
const newSuiteId = () => randomBytes(6).toString('hex')
const newSeed = () => randomBytes(4).toString('hex')
const stemOf = (file: string | undefined) => (file === undefined || file === '-' ? 'run' : basename(file, extname(file)))

/** The profiles that `--profile all` runs, from the smallest load to the largest. */
const READY: readonly { readonly name: string; readonly profile: string }[] = [
  { name: 'quick', profile: 'quick' },
  { name: 'timeout', profile: 'timeout' },
  { name: 'rampup', profile: 'rampup-30' },
  { name: 'spike', profile: 'spike-25' },
  { name: 'medium', profile: 'medium' },
]
/** The pause in ms between the tests of `--profile all`. */
const READY_GAP_MS = 5000

/**
 * Makes a suite of the named scenarios or, without any, of the one that flags describe. With `--profile all` each scenario runs with every ready-made
 * profile.
 */
function fromFlags(named: readonly string[], flags: RunFlags, command: Command): ReadySuite {
  const files = named.length === 0 ? [undefined] : named
  const isAll = flags.profile === ALL_PROFILES
  const strange = isAll ? named.find((file) => hasProfile(file, ALL_PROFILES)) : undefined
  if (strange !== undefined)
    throw new UsageError(
      `--profile ${ALL_PROFILES}: ${strange} has a profile of this name, other files do not`,
      'run it by itself',
    )
  const stem = files.length === 1 ? stemOf(files[0]) : undefined
  const tests = files.flatMap((file): AskedTest[] => {
    const one = { path: [], scenario: file, name: stemOf(file), changes: {} }
    if (!isAll) return [one]
    return READY.map(({ name, profile }) => ({ ...one, name: stem ? name : `${one.name} ${name}`, changes: { profile } }))
  })
  const seed = newSeed()
  return {
    ...{ suiteId: newSuiteId(), name: `${stem ?? 'suite'}${isAll ? '-all' : ''}`, file: null, seed },
    ...choicesOf(flags, isAll ? { gap: READY_GAP_MS } : {}, command),
    tests: loadTests(tests, { read: undefined, seed, without: new Set(isAll ? ['profile'] : []) }, command),
  }
}
