/** What the schema cannot see: whether the parts of a scenario make sense together. Sends nothing, and reads no more than the beginning of data files. */
import type { Finding } from '../read/source/finding.ts'
import { allSteps } from '../schema/written-steps.ts'
import { callFindings } from './calls.ts'
import { dataFindings } from './data.ts'
import { destinationFindings } from './destination.ts'
import { baseDirOf, fileFindings } from './files.ts'
import { languageFindings, ownVariables } from './language.ts'
import { loadFindings } from './load.ts'
import { nameFindings } from './names.ts'
import { numberFindings } from './numbers.ts'
import { presetFindings } from './preset.ts'
import { priceFindings } from './prices.ts'
import { secretFindings } from './secrets.ts'
import { sendableFindings } from './sendable.ts'
import type { LintSubject } from './subject.ts'
import { targetFindings } from './target.ts'
import { targetUses } from './target-uses.ts'

/** Returns the findings about a scenario that neither the schema nor the compiler makes, such as unknown variables and duplicate names. */
export function lintScenario(subject: LintSubject): Finding[] {
  const { scenario, value, uses, locate, doubts } = subject
  const own = ownVariables(value)
  const sendsMessages = allSteps(value).some(({ step }) => step.message !== undefined)
  const ofTargets = targetUses(subject).flatMap((use) => [
    ...destinationFindings(use),
    ...callFindings(use, baseDirOf(locate.file)),
    ...presetFindings(use, own, sendsMessages, doubts),
    ...sendableFindings(use),
  ])
  return [
    ...targetFindings(scenario, value, doubts),
    ...secretFindings(scenario, value, locate),
    ...ofTargets,
    ...loadFindings(scenario, value),
    ...priceFindings(scenario),
    ...nameFindings(scenario, value, doubts),
    ...languageFindings(value, uses, own, doubts),
    ...numberFindings(value, locate),
    ...dataFindings(scenario, uses, locate.file),
    ...fileFindings(value, locate.file),
  ]
}
