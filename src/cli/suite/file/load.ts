/** Loads the tests of a suite, each as `burn run` with the same flags would load it. */
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { type Problem, ScenarioError } from '../../../errors.ts'
import { hasErrors, inOrder } from '../../../scenario/explain/problems.ts'
import type { Validated } from '../../../scenario/validate.ts'
import { perTarget } from '../../load/batch.ts'
import { checkedSources } from '../../load/checked-sources.ts'
import { type LoadedScenario, loadChecked } from '../../load/load-scenario.ts'
import { setOverrides } from '../../load/overrides.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { type AskedTest, settingsOf } from './expand.ts'
import { placeOf, problemsOf } from './located.ts'
import type { ReadSuite } from './read.ts'
import { commandOf } from './test-command.ts'

/** A test of a suite (several tests with one verdict) whose scenario is loaded, so that it can be run. */
export interface LoadedTest {
  readonly name: string
  /** The settings that the test changes in its scenario, by name. */
  readonly settings: Readonly<Record<string, string>>
  readonly loaded: LoadedScenario
  readonly flags: RunFlags
  /** The test's own copy of the command, which knows where the value of each flag comes from. */
  readonly command: Command
}

/** What all tests of a suite have in common: the suite file and the seed. */
interface TestSource {
  /** The suite file after parsing; undefined for tests that flags describe. */
  readonly read: ReadSuite | undefined
  /** The seed for tests whose scenario and flags set none. */
  readonly seed: string
  /** The names of flags that apply to the suite as a whole, not to each test. */
  readonly without?: ReadonlySet<string>
}

/**
 * Loads the scenarios of all tests of a suite and returns the tests ready to run.
 * @throws ScenarioError with the problems of all of them, UsageError for unsuitable flags on the command line
 */
export function loadTests(asked: readonly AskedTest[], source: TestSource, command: Command): LoadedTest[] {
  const problems: Problem[] = []
  const tests = asked.flatMap((test) => {
    const { own, flags } = flagsFor(test, source, command)
    try {
      return checkedTest(test, source, own).flatMap((checked) => {
        if (!checked.scenario && test.scenario !== undefined) {
          problems.push(...checked.problems)
          return []
        }
        const origin = { file: fileOf(test, source), seed: source.seed }
        return loadChecked(origin, checked, flags, own).map((loaded) => ({ test, loaded, flags, command: own }))
      })
    } catch (error) {
      problems.push(...problemsOf(error, test, source.read, own))
      return []
    }
  })
  if (hasErrors(problems)) throw new ScenarioError(inOrder(problems, source.read?.file ?? ''))
  return named(tests)
}

/**
 * Validates the scenarios of all tests of a suite, but does not prepare the tests to run. Returns the problems, each once.
 * @throws UsageError for unsuitable flags on the command line
 */
export function problemsOfTests(asked: readonly AskedTest[], source: TestSource, command: Command, noEnv: boolean): Problem[] {
  const problems = asked.flatMap((test) => {
    const { own, flags } = flagsFor(test, source, command)
    try {
      return checkedTest(test, source, own, noEnv).flatMap(({ scenario, value, problems: found }) => {
        if (scenario) perTarget(scenario, value, flags.target)
        return found
      })
    } catch (error) {
      return problemsOf(error, test, source.read, own)
    }
  })
  return inOrder(problems, source.read?.file ?? '')
}

function flagsFor(test: AskedTest, source: TestSource, command: Command) {
  const own = commandOf(command, test.changes, placeOf(test, source.read), source.without)
  return { own, flags: own.opts<RunFlags>() }
}

function fileOf({ scenario }: AskedTest, { read }: TestSource): string | undefined {
  return scenario === undefined || read === undefined ? scenario : join(dirname(read.file), scenario)
}

function checkedTest(test: AskedTest, source: TestSource, own: Command, noEnv = false): Validated[] {
  const { vars = {}, set = {} } = test.changes
  const from = placeOf(test, source.read)
  const defaults = Object.entries(set).flatMap(([key, value]) =>
    setOverrides([`${key}=0`]).map((override) => ({ ...override, value: structuredClone(value), source: from })),
  )
  const texts = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)]))
  return [...checkedSources(fileOf(test, source), own.opts<RunFlags>(), own, { vars: texts, defaults, noEnv })]
}

/** One run of a test. A test whose scenario has several targets has several runs. */
type Loaded = Omit<LoadedTest, 'name' | 'settings'> & { readonly test: AskedTest }

/**
 * Returns the tests with their names. When a scenario has several targets, the name of the target is added; a number is added to names that occur
 * twice.
 */
function named(tests: readonly Loaded[]): LoadedTest[] {
  const runs = Map.groupBy(tests, ({ test }) => test)
  const taken = new Set<string>()
  return tests.map(({ test, ...one }) => {
    const target = one.loaded.plan.targets[0]?.name ?? ''
    const isOneOfSeveral = (runs.get(test)?.length ?? 0) > 1
    // Names are masked, because they become names of folders, and a variable may be a secret.
    const stem = knownSecrets.redact(isOneOfSeveral ? `${test.name} ${target}` : test.name)
    let name = stem
    for (let n = 2; taken.has(name); n += 1) name = `${stem} (${n})`
    taken.add(name)
    const settings = { ...settingsOf(test.changes), ...(isOneOfSeveral ? { target } : {}) }
    return { name, settings: knownSecrets.redactValue(settings) as Record<string, string>, ...one } // the cast is safe: masking keeps the type
  })
}
