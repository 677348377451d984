/** What the schema cannot see: whether the parts of a scenario make sense together. Sends nothing, and reads no more than the beginning of data files. */
import type { Problem } from '../errors.ts'
import { dataFindings } from './lint-data.ts'
import { languageFindings } from './lint-language.ts'
import { loadFindings } from './lint-load.ts'
import { nameFindings } from './lint-names.ts'
import { targetFindings } from './lint-target.ts'
import type { Locator } from './locate.ts'
import { toProblem } from './problems.ts'
import type { Scenario } from './schema.ts'

/**
 * Problems of a scenario that fits the schema. `value` is the plain data that it was made from: there the texts stand where the file has
 * them.
 */
export function lintScenario(scenario: Scenario, value: unknown, locate: Locator): Problem[] {
  const findings = [
    ...targetFindings(scenario, value, locate),
    ...loadFindings(scenario, value),
    ...nameFindings(scenario, value),
    ...languageFindings(value),
    ...dataFindings(scenario, value, locate.file),
  ]
  return findings.map((finding) => toProblem(finding, locate))
}
