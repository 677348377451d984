import { makePen } from '../../report/text/pen.ts'
import { renderOptionsFor } from '../output/console.ts'
import { entryRenderer } from '../tail/entry-text.ts'
import { PacedOutput } from '../tail/paced-output.ts'
import type { ReplayFlags } from './flags.ts'
import type { RecordedSession, RunSessions } from './recorded/sessions.ts'
import { anomalyLines, sessionTable, transcript } from './transcript.ts'

/** Prints recorded sessions on stdout, as text or JSON lines, as the flags say. Stops early when the reader of stdout has closed it. */
export async function printSessions(run: RunSessions, sessions: readonly RecordedSession[], flags: ReplayFlags): Promise<void> {
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
      // The width is read each time, because a terminal may be resized. In files and pipes, lines may have any length.
      const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
      await output.add(flags.json ? anomalyLines(session, turns) : transcript(session, turns, { pen, render, width }))
    }
  }
  await output.flush()
}
