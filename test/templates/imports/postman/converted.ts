/** A collection of Postman as a scenario. */
import { expect } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'
import { scenarioText } from '../../../../src/templates/emit.ts'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'

export function convert(item: unknown, more: Data = {}): { scenario: Data; notes: readonly string[]; step: Data } {
  const items = Array.isArray(item) ? item : [item]
  const text = JSON.stringify({ info: { name: 'c' }, item: items, ...more })
  const [one] = convertText(text)
  if (!one) throw new Error('expected a scenario')
  const { problems } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const [step] = one.scenario.steps as Data[]
  return { ...one, step: step?.request as Data }
}

export const get = (url: unknown) => ({ name: 'a', request: { method: 'GET', url } })

export const variables = (values: Data) => ({ variable: Object.entries(values).map(([key, value]) => ({ key, value })) })
