import type { RunState } from '../../../engine/outcome/run-state.ts'
import type { SettledAttempt } from '../../../engine/user/run-context.ts'
import type { Plan } from '../../../scenario/compile/plan.ts'
import { Journal } from '../../../store/journal/journal.ts'
import type { JournalLevel } from '../../../store/journal/level.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { journalEntry } from './journal-entry.ts'

/** Opens the journal of a run, the file with a line for each attempt. `level` says which attempts it records. @throws LocalError */
export function openJournal(path: string, plan: Plan, runId: string, level: JournalLevel): Journal {
  const { name: scenarioName, file: scenarioFile, hash: scenarioHash, seed } = plan
  const header = { runId, scenarioName, scenarioFile, scenarioHash, seed, startTime: Date.now() }
  return Journal.open(path, { level, redactor: knownSecrets, header })
}

/** Writes a finished attempt to the journal of a run, if the journal's level includes such attempts. */
export function writeAttempt(journal: Journal | undefined, attempt: SettledAttempt, runId: string, run: RunState): void {
  const { exchange, session, start } = attempt
  if (journal?.wants(exchange.outcome ?? 'cut', session, start.iteration)) journal.write(journalEntry(attempt, runId, run))
}
