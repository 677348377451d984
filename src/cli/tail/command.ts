import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { parseCount } from '../../text/units.ts'
import type { CommandOutcome } from '../output/outcome.ts'
import type { TailFlags } from './flags.ts'

/** Adds the command `burn tail`, with its flags, to the command line of burn. */
export function addTail(program: Command, outcome: CommandOutcome): void {
  program
    .command('tail')
    .summary('show the conversations of a run, also while it goes on')
    .description(
      [
        'Show the conversations of a run from its journal (sessions.jsonl): when each exchange ended (since the start of the run),',
        'user and iteration, step, outcome, latencies, then > what was sent, < the reply and ! the failure, each cut to the width of',
        'the terminal. What the journal holds was decided when the run began: by default failed exchanges only; burn run --log all',
        'or --log sample:0.1 keeps more, --log none nothing.',
      ].join(' '),
    )
    .argument('[run]', 'folder of a run; or its name, id or scenario in burn-results (default: the newest run there)')
    .option('-f, --follow', 'show new exchanges until the run ends, then print its verdict on stderr')
    .option(
      '-n, --lines <n>',
      'how many existing exchanges to show first, or all; the lines before them are not checked for damage',
      linesOf,
      20,
    )
    .option('--vu <n>', 'only exchanges of this user', userOf)
    .option('--errors', 'only failed exchanges')
    .option('--full', 'complete texts with line breaks, and more details')
    .option('--json', 'the lines of the journal as they are stored')
    .option('--no-color', 'no colours')
    .action(async (run: string | undefined, flags: TailFlags) => {
      const { tailCommand } = await import('./tail.ts')
      outcome.code = await tailCommand(run, flags)
    })
}

function linesOf(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY
  return wholeNumber('-n', text, 'expected a whole number, or all')
}

function userOf(text: string): number {
  return wholeNumber('--vu', text, 'expected the number of a user, such as 7')
}

/** Parses the value of a flag as a whole number. @throws UsageError that says what was expected */
export function wholeNumber(flag: string, text: string, expected: string): number {
  const number = parseCount(text, 0, Number.MAX_SAFE_INTEGER)
  if (number !== undefined) return number
  throw new UsageError(`${flag} ${text}: ${expected}`)
}
