/** What the schema cannot see: whether the parts of a scenario make sense together. Sends nothing, and reads no more than the beginning of data files. */
import type { Finding } from '../read/source/finding.ts'
import type { Locator } from '../read/source/locate.ts'
import type { Scenario } from '../schema/schema.ts'
import { callFindings } from './calls.ts'
import { dataFindings } from './data.ts'
import { destinationFindings } from './destination.ts'
import { type Doubts, NO_DOUBTS } from './doubts.ts'
import { baseDirOf, fileFindings } from './files.ts'
import { languageFindings, ownVariables } from './language.ts'
import { loadFindings } from './load.ts'
import { nameFindings } from './names.ts'
import { numberFindings } from './numbers.ts'
import { presetFindings } from './preset.ts'
import { priceFindings } from './prices.ts'
import { sendableFindings } from './sendable.ts'
import { targetFindings } from './target.ts'

/**
 * What is to be said of a scenario that fits the schema. `value` is the plain data that it was made from: there the texts stand where the
 * file has them. With `doubts` the scenario is what could be read of one that does not fit.
 */
export function lintScenario(scenario: Scenario, value: unknown, locate: Locator, doubts: Doubts = NO_DOUBTS): Finding[] {
  const own = ownVariables(value)
  const findings = [
    ...targetFindings(scenario, value, locate, doubts),
    ...destinationFindings(scenario, value),
    ...callFindings(scenario, value, baseDirOf(locate.file)),
    ...presetFindings(scenario, value, own, doubts),
    ...loadFindings(scenario, value),
    ...sendableFindings(scenario, value),
    ...priceFindings(scenario),
    ...nameFindings(scenario, value, doubts),
    ...languageFindings(value, own, doubts, baseDirOf(locate.file)),
    ...numberFindings(value, locate),
    ...dataFindings(scenario, value, locate.file),
    ...fileFindings(scenario, value, locate.file),
  ]
  return findings.filter(({ path }) => !doubts.concerns(path))
}
