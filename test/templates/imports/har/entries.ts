/** Entries of a HAR file, and the scenario that they become. */
import { expect } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'
import { scenarioText } from '../../../../src/templates/emit.ts'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'

export function convert(entries: readonly Data[]): { scenario: Data; notes: readonly string[]; value: unknown } {
  const [one] = convertText(JSON.stringify({ log: { entries } }))
  if (!one) throw new Error('expected a scenario')
  const { problems, value } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return { ...one, value }
}

export const sent = (time: number, data: string, opcode = 1) => ({ type: 'send', time, opcode, data })

export const call = (postData: Data) => ({
  _resourceType: 'fetch',
  request: { method: 'POST', url: 'http://h/a', headers: [], postData },
  response: { status: 200 },
})
