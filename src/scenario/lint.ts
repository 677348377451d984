/**
 * Checks what the schema cannot: whether the parts of a scenario make sense together. Nothing is sent, and of data files only the beginning is read.
 */
import * as kinds from './codes.ts'
import { descriptionFindings } from './lint/calls.ts'
import { fileFindings } from './lint/files.ts'
import { modelFindings } from './lint/model.ts'
import { expectFindings, requestFindings, turnFindings } from './lint/requests.ts'
import type { LintSubject } from './lint/subject.ts'
import { targetNameFindings } from './lint/targets.ts'
import { alertFindings, thresholdFindings } from './lint/thresholds.ts'
import type { Finding } from './read/source/finding.ts'

/** Checks for kinds of problems that are also reported elsewhere: while the file is read, or by the schema. */
const MORE = [
  requestFindings,
  expectFindings,
  turnFindings,
  descriptionFindings,
  modelFindings,
  targetNameFindings,
  thresholdFindings,
  alertFindings,
  fileFindings,
]

/** Returns the errors and warnings that only show when the whole scenario is looked at, such as unknown variables and duplicate names. */
export function lintScenario(subject: LintSubject): Finding[] {
  const rules = Object.values(kinds).flatMap((kind) => ('check' in kind ? [kind.check] : []))
  return [...rules, ...MORE].flatMap((check) => check(subject))
}
