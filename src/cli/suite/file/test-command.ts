/** The flags of one test: those of the command line, and below them what the suite says. */
import { Command } from 'commander'
import { configure, configuredKeys } from '../../config/find.ts'
import { addRunFlags, type RunFlags } from '../../load/run-flags.ts'
import type { TestChanges } from './schema.ts'

/** Returns what a test changes as the flags that do the same. Variables and keys of the scenario are no flags. */
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

/** Values that the suite and the command line both add to. */
const ADDED: ReadonlySet<string> = new Set(['threshold'])

/** Which flags of the command line a test does not take, such as the profile that stands for the whole suite. */
type Without = ReadonlySet<string>

/**
 * Returns a copy of the command for one test, with flags from the command line and from the suite's `changes`. `source` is the place in the
 * suite, stored as the origin of these values; flags in `without` are left out.
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
