/** What a command is pointed at: scenario files, or an address in their place. */
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import type { RunFlags } from './run-flags.ts'

/** Whether a word of the command line is an address, and no file. */
export const isAddress = (word: string): boolean => /^(?:[a-z][a-z0-9+.-]*:\/\/|mock:)/i.test(word)

/** Files, and the flags that go with them. */
interface Subject<Flags extends RunFlags> {
  readonly files: readonly string[]
  readonly flags: Flags
}

/** `burn run http://…` is `burn run -e http://…`. @throws UsageError for an address beside something else */
export function subjectOf<Flags extends RunFlags>(files: readonly string[], flags: Flags, command: Command): Subject<Flags> {
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
