import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { runFlag } from '../load/run-flags.ts'
import type { CommandOutcome } from '../output/outcome.ts'
import { wholeNumber } from '../tail/command.ts'
import { LIVE_FLAGS, type ReplayFlags } from './flags.ts'

/** Adds the command `burn replay`, with its flags, to the command line of burn. */
export function addReplay(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('replay')
    .summary('play recorded conversations again, what stands out marked')
    .description(
      [
        'Play the recorded conversations of a run (sessions.jsonl) again: on a terminal at their own pace, with keys to pause, step and seek;',
        'elsewhere, or with --plain, as text. Each session is an iteration of a user. What stands out in it is marked: failed, slow, stalled,',
        'empty, repeated, truncated, costly replies, loops and refusals; the result of the run says from when on a reply is slow, stalled',
        'or costly. The waits are as recorded; within a reply, which has no recorded times of its pieces, the text comes evenly from the first token to',
        'the last. With --live the messages are sent again, each session as an iteration of one user (-c: several), by the scenario of the run or to',
        'the address after -e, and the replies are shown beside the recorded ones. By default the journal holds failed exchanges only: burn run --log all keeps whole conversations.',
      ].join(' '),
    )
    .argument('[run]', 'folder of a run; or its name, id or scenario in burn-results (default: the newest run there)')
    .optionsGroup('Which sessions:')
    .option('--session <id>', 'only this one, such as 7#0 (user 7, iteration 0); may be repeated', sessionsOf)
    .option('--vu <n>', 'only sessions of this user', (text) =>
      wholeNumber('--vu', text, 'expected the number of a user, such as 7'),
    )
    .option('--worst <n>', 'only so many, the worst first: errors, unusable replies, late ones', worstOf)
    .option('--only-anomalies', 'only sessions in which something stands out')
    .optionsGroup('How they are shown:')
    .option('--list', 'a table of the sessions, the worst first')
    .option('--plain', 'as text, on a terminal too')
    .option('--full', 'as text, complete with line breaks, and more details')
    .addOption(
      new Option('--json', 'the exchanges that stand out, one line of JSON for each').conflicts(['list', 'plain', 'full']),
    )
    .optionsGroup('On a terminal:')
    .option('--speed <n>', 'times the recorded pace, 0.25 to 100, or max (default: 1)')
    .option('--idle-limit <time>', 'shorten waits to this, and say so, such as 2s (default: as recorded)')
    .option('--from <moment>', 'where the first session begins, such as 1:05')
    .addOption(new Option('--pause-on <what>', 'pause where something stands out').choices(['anomalies']))
    .option('--no-color', 'no colours')
    .optionsGroup('Sent again:')
    .addOption(
      new Option(
        '--live',
        'send the messages again, with their think times (see --speed, --idle-limit), and show both replies',
      ).conflicts(['list', 'plain', 'full', 'json']),
    )
  for (const name of LIVE_FLAGS) command.addOption(runFlag(name))
  command.action(async (run: string | undefined, flags: ReplayFlags) => {
    const { replayCommand } = await import('./replay.ts')
    outcome.code = await replayCommand(run, flags, command)
  })
}

function sessionsOf(text: string, before: readonly string[] = []): string[] {
  if (/^\d+#\d+$/.test(text)) return [...before, text]
  throw new UsageError(`--session ${text}: expected user and iteration, such as 7#0`, 'burn replay --list shows them')
}

function worstOf(text: string): number {
  const count = wholeNumber('--worst', text, 'expected how many, such as 5')
  if (count > 0) return count
  throw new UsageError('--worst 0: expected at least 1')
}
