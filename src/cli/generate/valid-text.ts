import { UsageError } from '../../errors.ts'
import { validateScenario } from '../../scenario/validate.ts'
import { renderTemplate, type TemplateOptions } from '../../templates/render.ts'
import type { ScenarioTemplate } from '../../templates/template.ts'

/**
 * Returns the text of the scenario file that `burn generate` will write to `file`, after validating it. @throws UsageError when the scenario has
 * errors
 */
export function validText(template: ScenarioTemplate, file: string, options: TemplateOptions): string {
  const text = renderTemplate(template, options)
  const errors = validateScenario(text, file, { noEnv: true }).problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return text
  const lines = errors.map(({ path, message }) => `${path}: ${message}`)
  throw new UsageError(`${file} would be no valid scenario, so nothing was written\n  ${lines.join('\n  ')}`, errors[0]?.hint)
}
