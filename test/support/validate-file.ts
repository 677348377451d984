/** A scenario file, read and checked as the commands do it: one that cannot be read is a problem like any other. */
import { ScenarioError } from '../../src/errors.ts'
import { readSource } from '../../src/scenario/read/read.ts'
import { type Validated, type ValidateOptions, validateScenario } from '../../src/scenario/validate.ts'

export function validateFile(path: string, options: ValidateOptions = {}): Validated {
  try {
    const { text, file } = readSource(path)
    return validateScenario(text, file, options)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { scenario: undefined, problems: error.problems, value: undefined, envUsed: [], layers: [], overrides: [] }
  }
}
