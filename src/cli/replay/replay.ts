import { join } from 'node:path'
import { EXIT, type ExitCode } from '../../errors.ts'
import { makePen } from '../../report/text/pen.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { renderOptionsFor } from '../output/console.ts'
import { note } from '../output/notes.ts'
import { entryRenderer } from '../tail/entry-text.ts'
import { damagedJournal } from '../tail/no-journal.ts'
import { PacedOutput } from '../tail/paced-output.ts'
import { headerText } from '../tail/words.ts'
import { chosenSessions } from './choose.ts'
import type { ReplayFlags } from './flags.ts'
import { type RecordedSession, type RunSessions, recordedRun } from './sessions.ts'
import { anomalyLines, sessionTable, transcript } from './transcript.ts'

/**
 * Runs `burn replay`, which shows the recorded sessions of a run. Returns 0, whatever stands out in them.
 * @throws InputError when there is no run, no journal or no such session; once all was shown, for a damaged journal
 */
export async function replayCommand(named: string | undefined, flags: ReplayFlags): Promise<ExitCode> {
  const run = recordedRun(findRun(named))
  const sessions = chosenSessions(run, flags)
  sayWhatThereIs(run, sessions, flags)
  await print(run, sessions, flags)
  if (run.damagedLines > 0) throw damagedJournal(join(run.folder, JOURNAL_NAME), run.damagedLines, run.firstDamaged)
  return EXIT.ok
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

/** Prints the sessions on stdout, one at a time; ends early when the reader of stdout is gone. */
async function print(run: RunSessions, sessions: readonly RecordedSession[], flags: ReplayFlags): Promise<void> {
  const output = new PacedOutput(process.stdout, new AbortController().signal)
  const look = renderOptionsFor(process.stdout, flags.color)
  const pen = makePen(look)
  if (flags.list) await output.add(sessions.length === 0 ? '' : sessionTable(sessions, pen))
  else {
    const render = entryRenderer({ color: look.color, unicode: look.unicode, full: flags.full === true })
    for (const session of sessions) {
      if (output.closed) break
      if (flags.json && session.severity === 0) continue
      const turns = run.turnsOf(session)
      // The width is read each time, because a terminal may be resized. Files and pipes take lines of any length.
      const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
      await output.add(flags.json ? anomalyLines(session, turns) : transcript(session, turns, { pen, render, width }))
    }
  }
  await output.flush()
}
