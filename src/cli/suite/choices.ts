/** Finds out how a suite runs, from its flags and its file, and refuses flags that do not apply to suites. */
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { DEFAULT_RANKING } from '../../result/rankings.ts'
import { parseCount, parseDuration } from '../../text/units.ts'
import { type RunFlags, withUnit } from '../load/run-flags.ts'
import { givenAs } from '../load/variables.ts'
import type { Suite } from './file/schema.ts'
import type { SuiteChoices } from './run/suite-run.ts'

/** The largest number of tests that may run at the same time. */
const MAX_PARALLEL = 50

/** The flags that apply only to a single run, each with a hint what to do instead. */
const OF_ONE_RUN: Readonly<Partial<Record<keyof RunFlags, string>>> = {
  from: 'burn run --from RUN starts one run of a suite again',
  detach: 'a suite runs in the foreground: start it with nohup, or from a CI job',
  repeat: 'a matrix repeats a test: set: { seed: [1, 2, 3] }',
  baseline: 'compare the runs one by one: burn compare RUN BASELINE',
  saveBaseline: 'run the scenario by itself to keep its result',
}

/** Refuses flags of `burn run` that cannot apply to a suite (several tests with one verdict). @throws UsageError */
export function refuseFlagsOfOneRun(command: Command): void {
  for (const [name, hint] of Object.entries(OF_ONE_RUN)) {
    if (command.getOptionValueSource(name) !== 'cli') continue
    const long = command.options.find((option) => option.attributeName() === name)?.long
    throw new UsageError(`${long} is about one run, and this is a suite of several`, hint)
  }
}

type SuiteSettings = Partial<Pick<Suite, 'parallel' | 'gap' | 'failOn' | 'rankBy'>>

/**
 * Returns how the tests of a suite run and how its verdict is formed: as the flags say or, where no flag is set, as the suite file says. @throws
 * UsageError
 */
export function choicesOf(flags: RunFlags, asked: SuiteSettings, command: Command): SuiteChoices {
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli'
  const parallel = parallelOf(flags, command) ?? asked.parallel ?? 1
  const gapMs = gapOf(flags, command) ?? asked.gap ?? 0
  if (parallel > 1 && gapMs > 0 && isGiven('gap'))
    throw new UsageError('--gap: tests that run side by side have no pause between them', 'leave out --gap, or --parallel 1')
  return {
    parallel,
    // The pause in the suite file is ignored with --parallel, because tests at the same time have none.
    gapMs: parallel > 1 ? 0 : gapMs,
    failOn: flags.failOn ?? asked.failOn ?? 'any',
    rankBy: flags.rankBy ?? asked.rankBy ?? DEFAULT_RANKING,
  }
}

function parallelOf({ parallel }: RunFlags, command: Command): number | undefined {
  if (parallel === undefined) return undefined
  const count = parseCount(parallel, 1, MAX_PARALLEL)
  if (count !== undefined) return count
  throw new UsageError(
    `${givenAs(command, 'parallel', '--parallel', parallel)}: expected a whole number from 1 to ${MAX_PARALLEL}`,
  )
}

function gapOf({ gap }: RunFlags, command: Command): number | undefined {
  if (gap === undefined) return undefined
  const ms = parseDuration(withUnit('--gap', gap, 's'))
  if (ms !== undefined) return ms
  throw new UsageError(`${givenAs(command, 'gap', '--gap', gap)}: expected a duration such as 5s`)
}
