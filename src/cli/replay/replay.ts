import { join } from 'node:path'
import type { Command } from 'commander'
import { EXIT, type ExitCode, UsageError } from '../../errors.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { note } from '../output/notes.ts'
import { damagedJournal } from '../tail/no-journal.ts'
import { headerText } from '../tail/words.ts'
import { chosenSessions } from './choose.ts'
import { LIVE_FLAGS, type ReplayFlags } from './flags.ts'
import { playOptionsOf } from './play-options.ts'
import { hasTerminal, play } from './player/play.ts'
import { printSessions } from './print.ts'
import { type RecordedSession, type RunSessions, recordedRun } from './recorded/sessions.ts'

/**
 * Runs `burn replay`, which plays recorded sessions, prints them, or sends their messages again. Returns 0, or the exit code of a signal or of the
 * new run; anomalies in the sessions do not change it.
 * @throws InputError when there is no such run, journal or session, and, after everything was shown, when the journal is damaged
 */
export async function replayCommand(named: string | undefined, flags: ReplayFlags, command: Command): Promise<ExitCode> {
  if (!flags.live) refuseLiveFlags(command)
  const options = playOptionsOf(flags)
  const run = recordedRun(findRun(named))
  const sessions = chosenSessions(run, flags)
  sayWhatThereIs(run, sessions, flags)
  if (flags.live) {
    const { replayLive } = await import('./live/live.ts')
    return replayLive(
      { run, sessions, pickedByOutcome: flags.worst !== undefined || flags.onlyAnomalies === true },
      options,
      command,
    )
  }
  const isPlayed = hasTerminal() && !flags.plain && !flags.full && !flags.list && !flags.json && sessions.length > 0
  const code = isPlayed ? await play(run, sessions, options, flags.color) : EXIT.ok
  if (!isPlayed) await printSessions(run, sessions, flags)
  if (run.damagedLines > 0) throw damagedJournal(join(run.folder, JOURNAL_NAME), run.damagedLines, run.firstDamaged)
  return code
}

/** Refuses flags about sending messages when no messages are sent (without `--live`). @throws UsageError */
function refuseLiveFlags(command: Command): void {
  const name = LIVE_FLAGS.find((one) => command.getOptionValueSource(one) === 'cli')
  if (name === undefined) return
  const option = command.options.find((one) => one.attributeName() === name)
  throw new UsageError(`${option?.short ?? option?.long} goes with --live`, 'add --live to send the recorded messages again')
}

function sayWhatThereIs(
  { header, folder, hasLimits, sessions }: RunSessions,
  chosen: readonly RecordedSession[],
  flags: ReplayFlags,
): void {
  if (header) note(headerText(header, folder))
  if (!hasLimits) note('slow, stalled and costly replies are not marked: no result of the run says from when on they are')
  if (sessions.length === 0)
    note(
      header?.level === 'errors' ? 'nothing recorded: all went well (`burn run --log all` keeps everything)' : 'nothing recorded',
    )
  else if (chosen.length === 0 || (flags.json && chosen.every(({ severity }) => severity === 0)))
    note(`nothing stands out in ${sessions.length === 1 ? 'the one session' : `${sessions.length} sessions`}`)
}
