/** A file of another tool as a scenario. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { scenarioText } from '../../../src/templates/emit.ts'
import { convertForeign, type Foreign } from '../../../src/templates/foreign/index.ts'
import type { Data } from '../../../src/templates/template.ts'

export const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'foreign')

export const read = (name: string): unknown => parse(readFileSync(join(FIXTURES, name), 'utf8'))

export function convert(value: unknown, options = {}): Foreign {
  const foreign = convertForeign(value, options)
  if (!foreign) throw new Error('not recognised')
  return foreign
}

export const errorsOf = (scenario: Data) =>
  validateScenario(scenarioText(scenario, 'yaml'), 't.yaml', { noEnv: true }).problems.filter(
    ({ severity }) => severity === 'error',
  )
