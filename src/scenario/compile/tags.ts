/** Compiles `tags` blocks, whose values may be templates. */
import { compileTemplate } from '../../language/template/template.ts'
import type { Tags } from '../schema/tags.ts'
import type { PlannedTags } from './plan.ts'

/** Compiles a `tags` block; the tags stay in the order of the file. @throws TemplateError when the value of a tag is a template with an error */
export function compileTags(tags: Tags | undefined): PlannedTags {
  return Object.entries(tags ?? {}).map(([name, value]) => [name, compileTemplate(value)])
}
