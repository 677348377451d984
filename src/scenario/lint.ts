/** What the schema cannot see: whether the parts of a scenario make sense together. Sends nothing, and reads no more than the beginning of data files. */
import * as kinds from './codes.ts'
import { callFindings } from './lint/calls.ts'
import { dataFindings } from './lint/data.ts'
import { destinationFindings } from './lint/destination.ts'
import { baseDirOf, fileFindings } from './lint/files.ts'
import { languageFindings, ownVariables } from './lint/language.ts'
import { numberFindings } from './lint/numbers.ts'
import { presetFindings } from './lint/preset.ts'
import { priceFindings } from './lint/prices.ts'
import { secretFindings } from './lint/secrets.ts'
import { sendableFindings } from './lint/sendable.ts'
import { type LintSubject, stepsOf } from './lint/subject.ts'
import { targetFindings } from './lint/target.ts'
import { targetNameFindings } from './lint/target-names.ts'
import { targetUses } from './lint/target-uses.ts'
import { thresholdFindings } from './lint/thresholds.ts'
import type { Finding } from './read/source/finding.ts'

/** Returns the findings about a scenario that neither the schema nor the compiler makes, such as unknown variables and duplicate names. */
export function lintScenario(subject: LintSubject): Finding[] {
  const { scenario, value, uses, locate, doubts } = subject
  const own = ownVariables(value)
  const sendsMessages = stepsOf(subject).some(({ step }) => step.message !== undefined)
  const ofTargets = targetUses(subject).flatMap((use) => [
    ...destinationFindings(use),
    ...callFindings(use, baseDirOf(locate.file)),
    ...presetFindings(use, own, sendsMessages, doubts),
    ...sendableFindings(use),
  ])
  return [
    ...Object.values(kinds).flatMap((kind) => ('check' in kind ? kind.check(subject) : [])),
    ...targetFindings(scenario, value, doubts),
    ...secretFindings(scenario, value, locate),
    ...ofTargets,
    ...priceFindings(scenario),
    ...targetNameFindings(subject),
    ...thresholdFindings(subject),
    ...languageFindings(value, uses, own, doubts),
    ...numberFindings(value, locate),
    ...dataFindings(scenario, uses, locate.file),
    ...fileFindings(value, locate.file),
  ]
}
