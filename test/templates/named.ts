/** A template by its name. */
import { templateNamed } from '../../src/templates/index.ts'
import { renderTemplate } from '../../src/templates/render.ts'
import type { TargetChoice } from '../../src/templates/target-block.ts'
import type { Data, ScenarioTemplate } from '../../src/templates/template.ts'

export const named = (name: string): ScenarioTemplate => {
  const template = templateNamed(name)
  if (!template) throw new Error(`there is no template ${name}`)
  return template
}

/** The scenario of a template as plain data, for a target that the user chose. */
export const scenarioOf = (template: ScenarioTemplate, choice: TargetChoice = {}): Data =>
  JSON.parse(renderTemplate(template, { format: 'json', choice }))
