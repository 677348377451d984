/** Combines the flags for one test: those of the command line, and below them the settings of the suite. */
import { Command } from 'commander'
import { configure, configuredKeys } from '../../config/find.ts'
import { addRunFlags, type RunFlags } from '../../load/run-flags.ts'
import type { TestChanges } from './schema.ts'

/**
 * Returns the changes of a test as values of the flags with the same effect. Variables and keys of the scenario are left out, because no flag has
 * their effect.
 */
function flagsOf({
  target,
  users,
  rate,
  duration,
  iterations,
  seed,
  thresholds,
  faults,
  ...rest
}: TestChanges): Partial<RunFlags> {
  const text = (value: string | number | undefined) => (value === undefined ? undefined : String(value))
  const { profile, environment, model, slo, maxErrorRate, allowLag, maxCost } = rest
  const values = {
    ...{ profile, environment, model, slo, faults },
    target: target === undefined ? undefined : [target].flat(),
    connections: text(users),
    rate: text(rate),
    duration: text(duration),
    iterations: text(iterations),
    seed: text(seed),
    threshold: thresholds,
    maxErrorRate: text(maxErrorRate),
    allowLag: text(allowLag),
    maxCost: text(maxCost),
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** The flags whose values from the suite and from the command line are combined; for all others the command line wins. */
const ADDED: ReadonlySet<string> = new Set(['threshold'])

/** The names of flags of the command line that a test does not get, such as `profile` when it stands for the whole suite. */
type Without = ReadonlySet<string>

/**
 * Returns the `burn run` command for one test of a suite, with its flags set. They are the flags that the user gave, except those in `without`, and
 * the flags that have the same effect as the test's `changes`; where both set a flag, that of the user counts, but thresholds add up. `source` is the
 * place in the suite file where the changes are written, for error messages.
 */
export function commandOf(command: Command, changes: TestChanges, source: string, without: Without = new Set()): Command {
  const own = addRunFlags(new Command(command.name()))
  own.parent = command.parent
  const keys = configuredKeys(command)
  if (keys) configure(own, keys)
  for (const option of command.options) {
    const name = option.attributeName()
    const value: unknown = command.getOptionValue(name)
    if (value !== undefined && !without.has(name)) own.setOptionValueWithSource(name, value, command.getOptionValueSource(name))
  }
  for (const [name, value] of Object.entries(flagsOf(changes))) {
    const given = own.getOptionValueSource(name)
    const isGiven = given === 'cli' || given === 'env'
    if (ADDED.has(name) && isGiven) own.setOptionValueWithSource(name, [value, own.getOptionValue(name)].flat(), given)
    else if (!isGiven) own.setOptionValueWithSource(name, value, source)
  }
  return own
}
