/** The command `burn compare RUN RUN --session ID`: shows a recorded session of each run, message by message, beside the other. */
import { join } from 'node:path'
import { EXIT, type ExitCode, UsageError } from '../../errors.ts'
import { makePen } from '../../report/text/pen.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { renderOptionsFor } from '../output/console.ts'
import { chosenSessions } from '../replay/choose.ts'
import { scriptOf } from '../replay/live/script.ts'
import { pairText, type RepliedTwice, summaryLines, TWO_SESSIONS } from '../replay/live/side-by-side.ts'
import { recordedRun, sessionId } from '../replay/recorded/sessions.ts'
import { damagedJournal } from '../tail/no-journal.ts'
import type { CompareFlags } from './flags.ts'

/**
 * Runs `burn compare --session`: prints a recorded session of run A beside one of run B, message by message with both replies, then a summary of the
 * differences. The summary has confidence intervals when there are at least eight messages. The flag names one session for both runs (`3#0` is user
 * 3, iteration 0), or one for each (`3#0,5#0`).
 * @throws UsageError, InputError; also, after all was shown, when a journal is damaged
 */
export function compareSessions(named: readonly string[], { session, format, output, color }: CompareFlags): ExitCode {
  const [runA, runB, ...more] = named
  if (runA === undefined || runB === undefined || more.length > 0)
    throw new UsageError('--session compares a session of each of two runs', 'burn compare RUN RUN --session 3#0')
  if (format !== 'console' || output !== undefined)
    throw new UsageError('--session prints to the terminal', 'leave out -f and -o; > FILE keeps it')
  const [idA = '', idB = idA, ...others] = (session ?? '').split(',').map((id) => id.trim())
  if (others.length > 0) throw new UsageError(`--session ${session}: expected one session, or one of each run`, 'such as 3#0,5#0')
  const pen = makePen(renderOptionsFor(process.stdout, color))
  const [a, b] = [sessionOf(runA, idA), sessionOf(runB, idB)]
  const pairs = Array.from({ length: Math.max(a.messages.length, b.messages.length) }, (_, i): RepliedTwice => {
    return { recorded: a.messages[i], now: b.messages[i] }
  })
  const lines = [
    pen.bold(`A  ${pen.safe(runA)}, session ${idA}`),
    pen.bold(`B  ${pen.safe(runB)}, session ${idB}`),
    '',
    ...pairs.flatMap((pair) => [...pairText(pair, pen, TWO_SESSIONS), '']),
    ...summaryLines(pairs, pen, false, TWO_SESSIONS),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  for (const { run } of [a, b])
    if (run.damagedLines > 0) throw damagedJournal(join(run.folder, JOURNAL_NAME), run.damagedLines, run.firstDamaged)
  return EXIT.ok
}

/** Reads the messages of a session from the journal of a run; of a message with several attempts the last one. */
function sessionOf(named: string, id: string) {
  const run = recordedRun(findRun(named))
  const [session] = chosenSessions(run, { session: [id] })
  if (session === undefined || sessionId(session) !== id)
    throw new UsageError(`--session ${id}: expected USER#ITERATION, such as 3#0`)
  const { messages } = scriptOf(session, run.turnsOf(session), 0, () => true)
  return { run, messages: messages.map(({ turn }) => turn.entry) }
}
