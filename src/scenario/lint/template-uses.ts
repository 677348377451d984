/** What a template reads, worked out once: several lints ask for it, and again for each profile and environment. */
import { compileTemplate, TemplateError, type VariableUse } from '../../language/template.ts'

/** The variables of a template, or what is wrong with it. */
export type TemplateUses = { readonly uses: readonly VariableUse[] } | { readonly error: TemplateError }

/** As many as a file of the largest size has: more would only be of other files. */
const MAX_REMEMBERED = 20_000
const memory = new Map<string, TemplateUses>()
const NONE: TemplateUses = { uses: [] }

function compiled(text: string): TemplateUses {
  try {
    return { uses: compileTemplate(text).uses }
  } catch (error) {
    if (error instanceof TemplateError) return { error }
    throw error
  }
}

/** The variables of a text, in order; for one that cannot be compiled, why. */
export function templateUses(text: string): TemplateUses {
  if (!text.includes('{{')) return NONE
  const known = memory.get(text)
  if (known) return known
  if (memory.size >= MAX_REMEMBERED) memory.clear()
  const uses = compiled(text)
  memory.set(text, uses)
  return uses
}
