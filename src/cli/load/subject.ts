import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import type { RunFlags } from './run-flags.ts'

/** True when an argument of a command is an address, such as `https://…` or `mock:…`, and not a file. */
export const isAddress = (word: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/|mock:)/i.test(word)

/** The scenario files that a command line names, and the flags that apply to them. */
interface NamedSubject<Flags extends RunFlags> {
  readonly files: readonly string[]
  readonly flags: Flags
}

/**
 * Separates what a command line names: scenario files, or the one address to test, such as `https://…`. An address is returned as the flag
 * `--endpoint`, which has the same effect.
 * @throws UsageError for an address together with a file or another address
 */
export function subjectOf<Flags extends RunFlags>(files: readonly string[], flags: Flags, command: Command): NamedSubject<Flags> {
  const named = [...files, ...(flags.scenario ?? [])]
  const address = named.find(isAddress)
  if (address === undefined) return { files: named, flags }
  if (named.length > 1)
    throw new UsageError(
      `${address} is an address, and ${named.length - 1} more ${named.length === 2 ? 'name is' : 'names are'} given`,
      'one address, or scenario files: to send a file somewhere else, burn run FILE -e ADDRESS',
    )
  if (command.getOptionValueSource('endpoint') === 'cli')
    throw new UsageError(`two addresses: ${address}, and ${flags.endpoint} after -e`, 'give one of them')
  return { files: [], flags: { ...flags, endpoint: address } }
}
