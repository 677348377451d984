import { basename, extname } from 'node:path'
import type { Result } from '../../result/schema.ts'
import { isoSeconds } from '../text/format.ts'
import type { Reporter } from '../text/reporter.ts'
import { shownVerdict } from '../text/verdict.ts'
import { suitesOf } from './suites.ts'
import { junitDocument, type SuiteFacts } from './xml.ts'

/**
 * The report format `junit`: verdict, thresholds, comparison with the baseline, checks and validity as test cases of JUnit XML. Whether a CI job
 * fails is decided by burn's exit code, not by this file.
 */
export const junit: Reporter = {
  render: (result) => junitDocument(suitesOf(result, stemOf(result)), factsOf(result)),
}

/** Returns the facts about a whole run that a JUnit report states as attributes and properties of its test suites. */
export function factsOf(result: Result): SuiteFacts {
  return {
    name: `burn.${result.scenarioName}`,
    seconds: result.durationMs / 1000,
    timestamp: isoSeconds(result.startTime),
    hostname: result.environment.hostname,
    file: result.scenarioFile,
    properties: [
      ['verdict', shownVerdict(result)],
      ['validity', result.validity.state],
      ['seed', result.seed],
      ['runId', result.runId],
      ['scenarioHash', result.scenarioHash],
      ['burn', result.environment.burn],
    ],
  }
}

function stemOf({ scenarioFile, scenarioName }: Result): string {
  return scenarioFile === null ? scenarioName : basename(scenarioFile, extname(scenarioFile))
}
