/** A template by its name. */
import { templateNamed } from '../../src/templates/index.ts'
import type { ScenarioTemplate } from '../../src/templates/template.ts'

export const named = (name: string): ScenarioTemplate => {
  const template = templateNamed(name)
  if (!template) throw new Error(`there is no template ${name}`)
  return template
}
