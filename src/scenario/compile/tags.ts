/** `tags:` with the templates of its values compiled. */
import { compileTemplate } from '../../language/template/template.ts'
import type { Tags } from '../schema/tags.ts'
import type { PlannedTags } from './plan.ts'

/** Compiles a `tags` block; the tags keep their order. @throws TemplateError when the template of a value has an error */
export function compileTags(tags: Tags | undefined): PlannedTags {
  return Object.entries(tags ?? {}).map(([name, value]) => [name, compileTemplate(value)])
}
