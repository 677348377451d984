/** A document of OpenAPI as a scenario. */
import { expect } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'
import { scenarioText } from '../../../../src/templates/emit.ts'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'

export interface Converted {
  readonly target: Data
  readonly requests: readonly Data[]
  readonly notes: readonly string[]
}

export function convert(document: Data): Converted {
  const [one] = convertText(JSON.stringify(document))
  if (!one) throw new Error('expected a scenario')
  const { problems } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity, code }) => severity === 'error' && code !== 'E_FILE')).toEqual([])
  const requests = (one.scenario.steps as Data[]).map(({ request }) => request as Data)
  return { requests, target: one.scenario.target as Data, notes: one.notes }
}

export const open = (paths: Data, more: Data = {}) =>
  convert({ openapi: '3.0.3', servers: [{ url: 'http://h/2.0' }], paths, ...more })

export const get = (path: string, parameters: readonly Data[]) => open({ [path]: { get: { parameters } } }).requests[0] as Data

export const array = { type: 'array', items: { type: 'string' } }
