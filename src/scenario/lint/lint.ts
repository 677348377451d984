/** What the schema cannot see: whether the parts of a scenario make sense together. Sends nothing, and reads no more than the beginning of data files. */
import type { Problem } from '../../errors.ts'
import { toProblem } from '../explain/problems.ts'
import type { Locator } from '../read/locate.ts'
import type { Scenario } from '../schema/schema.ts'
import { dataFindings } from './data.ts'
import { fileFindings } from './files.ts'
import { languageFindings } from './language.ts'
import { loadFindings } from './load.ts'
import { nameFindings } from './names.ts'
import { targetFindings } from './target.ts'

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
    ...fileFindings(scenario, value, locate.file),
  ]
  return findings.map((finding) => toProblem(finding, locate))
}
