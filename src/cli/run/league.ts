import { leagueLines } from '../../report/suite/console.ts'
import { makePen } from '../../report/text/pen.ts'
import { DEFAULT_RANKING } from '../../result/rankings.ts'
import type { Result } from '../../result/schema.ts'
import { finishedTest, withRanks } from '../../result/suite.ts'
import { renderOptionsFor } from '../output/console.ts'

/** Formats a table that compares the results of several runs, the fastest first. Runs that did not pass have no rank. */
export function leagueTable(results: readonly Result[], color: boolean): string {
  const named = (result: Result, i: number) => ({ number: i + 1, name: result.scenarioName, settings: {}, folder: null })
  const tests = results.map((result, i) => finishedTest(named(result, i), result))
  const lines = leagueLines(withRanks(tests, DEFAULT_RANKING), DEFAULT_RANKING, makePen(renderOptionsFor(process.stderr, color)))
  return ['', ...lines, ''].join('\n')
}
