/** A command of curl as a scenario. */
import { expect } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'
import { scenarioText } from '../../../../src/templates/emit.ts'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'

export interface Converted {
  readonly scenario: Data
  readonly notes: readonly string[]
  readonly target: Data
  readonly requests: readonly Data[]
}

export function convert(text: string): Converted {
  const [one] = convertText(text, 'curl')
  if (!one) throw new Error('expected a scenario')
  const { problems } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity, code }) => severity === 'error' && code !== 'E_FILE')).toEqual([])
  const requests = (one.scenario.steps as Data[]).map(({ request }) => request as Data)
  return { ...one, target: one.scenario.target as Data, requests }
}
