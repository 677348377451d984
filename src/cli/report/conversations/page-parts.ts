/** What the page of a run shows beside its result: conversations of the journal, and the baseline that the run was compared with. */
import { InputError } from '../../../errors.ts'
import type { RenderOptions } from '../../../report/text/reporter.ts'
import type { Result } from '../../../result/schema.ts'
import { readResults } from '../../../store/read-result.ts'
import { conversationsOf } from './conversations.ts'

/** Returns what the page of the run in folder or file `run` shows beside its `result`. Rejects with InputError when the journal cannot be read. */
export async function pageParts(run: string, result: Result): Promise<Pick<RenderOptions, 'conversations' | 'baseline'>> {
  const baseline = baselineOf(result)
  return { ...(await conversationsOf(run, result)), ...(baseline.length > 0 && { baseline }) }
}

/** How a comparison names one result of a file with several, and several results. */
const IN_LIST = /\[\d+\]$/
const AND_MORE = / and \d+ more$/

/**
 * Returns the results that the run was compared with: those of the file that the comparison names, if it is still there and still the same. Of
 * several results in several files that is the first one.
 */
function baselineOf({ baseline }: Result): readonly Result[] {
  if (baseline === undefined) return []
  const { name, runId } = baseline.a
  try {
    const results = readResults(name.replace(AND_MORE, '').replace(IN_LIST, ''))
    return results.some((one) => one.runId === runId) ? results : []
  } catch (error) {
    if (error instanceof InputError) return []
    throw error
  }
}
