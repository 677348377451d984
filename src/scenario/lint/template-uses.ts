/** What a template reads, worked out once: several lints ask for it, and again for each profile and environment. */
import { type Inspection, inspectTemplate } from '../../language/template/template.ts'

/** As many as a file of the largest size has: more would only be of other files. */
const MAX_REMEMBERED = 20_000
const memory = new Map<string, Inspection>()
const NONE: Inspection = { uses: [], reads: [], faults: [] }

/** The variables of a text, in order, and why parts of it cannot be compiled. */
export function templateUses(text: string): Inspection {
  if (!text.includes('{{')) return NONE
  const known = memory.get(text)
  if (known) return known
  if (memory.size >= MAX_REMEMBERED) memory.clear()
  const uses = inspectTemplate(text)
  memory.set(text, uses)
  return uses
}
