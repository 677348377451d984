/** Writes `anomalies.jsonl`, the file with every anomaly of a run and its evidence. */
import { anomalyLines } from '../../../anomalies/lines.ts'
import { searchedRun } from '../../../engine/outcome/result-parts.ts'
import type { RunState } from '../../../engine/outcome/run-state.ts'
import { safeJson } from '../../../text/escape.ts'
import { maskFields } from '../../../text/secret-fields.ts'
import { knownSecrets } from '../../output/known-secrets.ts'

/** The largest number of characters of a text that is stored as evidence. */
const MAX_EVIDENCE = 200

/** Returns the content of `anomalies.jsonl` for a run that is over, with secrets masked; '' when the run has no anomalies. */
export function anomaliesText(state: RunState): string {
  const stepNames = state.plan.exchanges.map(({ name }) => name)
  const lines = anomalyLines({ ...searchedRun(state, false), stepNames, flagged: state.quality?.flaggedReplies })
  return lines.map((line) => `${safeJson(masked(line))}\n`).join('')
}

/** Masks secrets in the evidence before it is cut, so that no part of a secret is left. */
function masked<Line extends { readonly evidence: string | null }>(line: Line): object {
  const texts = Object.entries(line).map(([key, value]) => [key, typeof value === 'string' ? redacted(value) : value])
  return { ...Object.fromEntries(texts), evidence: line.evidence && redacted(line.evidence).slice(0, MAX_EVIDENCE) }
}

const redacted = (text: string) => knownSecrets.redact(maskFields(text))
