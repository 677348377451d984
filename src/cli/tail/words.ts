import { InputError } from '../../errors.ts'
import { shownVerdict, verdictWord } from '../../report/text/verdict.ts'
import type { JournalHeader } from '../../store/journal/entry.ts'
import { markIncomplete, readResult } from '../../store/read-result.ts'
import type { End } from './follow.ts'

/** Returns the first line that `burn tail` prints: the scenario, id and folder of the run, and which attempts its journal records. */
export function headerText({ scenarioName, runId, level }: JournalHeader, folder: string): string {
  return `${scenarioName}  run ${runId}  ${folder}  ${levelText(level)}`
}

function levelText(level: string): string {
  if (level === 'errors') return '(--log errors: failed exchanges only; burn run --log all keeps all)'
  return level === 'all' ? '(--log all)' : `(--log ${level}: a share of the iterations)`
}

/** Returns the last lines that `burn tail` prints: how the run ended, and which command shows its report. */
export function endText(end: End, folder: string): string {
  const gone = end.kind === 'killed' ? `the process ${end.pid} exited without a result: killed, or out of memory` : ''
  try {
    const result = markIncomplete(readResult(folder))
    const why = (result.status === 'running' && gone) || result.reason
    return `${verdictWord(shownVerdict(result))}  ${result.scenarioName}  ${why}\n  burn report ${folder}`
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return gone || `the run is over, and left no result: ${error.message}`
  }
}
