/** A text of another tool as a scenario. */
import { expect } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { scenarioText } from '../../../src/templates/emit.ts'
import { type ConvertedScenario, convertText } from '../../../src/templates/imports/index.ts'
import type { ImportFormat } from '../../../src/templates/imports/recognise.ts'
import type { Data } from '../../../src/templates/template.ts'

export function convert(text: string, from?: ImportFormat): ConvertedScenario {
  const [only, ...more] = convertText(text, from)
  if (!only || more.length > 0) throw new Error('expected one scenario')
  const { problems } = validateScenario(scenarioText(only.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ code }) => code !== 'W_ENV_UNSET' && code !== 'W_TLS_INSECURE')).toEqual([])
  return only
}

export const steps = ({ scenario }: ConvertedScenario) => scenario.steps as Data[]
