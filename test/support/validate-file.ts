/** Validates a scenario file as the commands do; an unreadable file is returned as a problem. */
import { ScenarioError } from '../../src/errors.ts'
import { readSource } from '../../src/scenario/read/source-file.ts'
import { NOTHING, type Validated, type ValidateOptions, validateScenario } from '../../src/scenario/validate.ts'

/** Validates a scenario file; `options` are those of `validateScenario`. */
export function validateFile(path: string, options: ValidateOptions = {}): Validated {
  try {
    const { text, file } = readSource(path)
    return validateScenario(text, file, options)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { ...NOTHING, problems: error.problems }
  }
}
