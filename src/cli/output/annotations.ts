import type { Result } from '../../result/schema.ts'
import { failsRun } from '../../result/verdict.ts'
import { githubAnnotationData, githubAnnotationProperty, terminalSafe } from '../../text/escape.ts'
import { knownSecrets } from './known-secrets.ts'

/** The largest number of annotations of each kind that GitHub shows per workflow step. */
const MAX_ANNOTATIONS = 10

/**
 * Prints the failures in the result of a run, and doubts about its validity, as GitHub annotations, which GitHub shows with the workflow run. `write`
 * prints a line, by default to stderr. Does nothing unless the variable GITHUB_ACTIONS is `true`.
 */
export function annotate(result: Result, write: (text: string) => void = (text) => process.stderr.write(text)): void {
  if (process.env.GITHUB_ACTIONS !== 'true') return
  for (const line of annotationsOf(result)) write(`${line}\n`)
}

/**
 * Returns the annotations: one error for each failed threshold, or one error with the verdict's reason when none failed, and a warning for each doubt
 * about validity.
 */
function annotationsOf(result: Result): string[] {
  const { thresholds, verdict, reason, validity, scenarioFile } = result
  const failed = thresholds.filter(failsRun)
  const ofThresholds = failed.map((threshold) =>
    annotation('error', threshold.threshold, threshold.reason ?? threshold.state, scenarioFile),
  )
  const other =
    verdict === 'passed' || (verdict === 'failed' && ofThresholds.length > 0)
      ? []
      : [annotation('error', `burn: ${verdict.replaceAll('_', ' ')}`, reason, scenarioFile)]
  const doubts =
    validity.state === 'degraded'
      ? validity.reasons.map(({ message }) => annotation('warning', 'measurement degraded', message, scenarioFile))
      : []
  return [...[...other, ...ofThresholds].slice(0, MAX_ANNOTATIONS), ...doubts.slice(0, MAX_ANNOTATIONS)]
}

function annotation(kind: 'error' | 'warning', title: string, message: string, file: string | null): string {
  const safe = (text: string) => knownSecrets.redact(terminalSafe(text, { maxLength: 400 }))
  const properties = [...(file === null ? [] : [['file', file]]), ['title', title]]
  const list = properties.map(([name, value]) => `${name}=${githubAnnotationProperty(safe(value ?? ''))}`)
  return `::${kind} ${list.join(',')}::${githubAnnotationData(safe(message))}`
}
