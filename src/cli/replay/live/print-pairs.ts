import { join } from 'node:path'
import { makePen } from '../../../report/text/pen.ts'
import { JOURNAL_NAME } from '../../../store/files/names.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { readJournal } from '../../../store/journal/reader.ts'
import { renderOptionsFor } from '../../output/console.ts'
import type { ScriptedSession } from './script.ts'
import { pairLines, type RepliedTwice, summaryLines } from './side-by-side.ts'

/** How pairs of replies are printed, and whether their sessions were chosen because of their anomalies. */
interface PairsLook {
  readonly color: boolean
  readonly pickedByOutcome: boolean
}

/**
 * Prints, for each message of recorded sessions, the recorded reply and the new one, then a summary of the changes. The new replies are read from
 * the journal of the run in `folder`.
 * @throws InputError
 */
export function printPairs(script: readonly ScriptedSession[], folder: string, look: PairsLook): void {
  const pen = makePen(renderOptionsFor(process.stdout, look.color))
  const replies = new Map<string, JournalEntry>()
  // When a message has several attempts, the last one counts, as in the recorded session.
  for (const entry of readJournal(join(folder, JOURNAL_NAME)).entries) replies.set(entry.step, entry)
  const pairs: RepliedTwice[] = []
  for (const session of script) {
    process.stdout.write(`${pairLines(session, (step) => replies.get(step), pen).join('\n')}\n`)
    for (const { step, turn } of session.messages) pairs.push({ recorded: turn.entry, now: replies.get(step) })
  }
  process.stdout.write(`${summaryLines(pairs, pen, look.pickedByOutcome).join('\n')}\n`)
}
