/** `tags:` with the templates of its values compiled. */
import { compileTemplate } from '../../language/template/template.ts'
import type { Tags } from '../schema/tags.ts'
import type { PlannedTags } from './plan.ts'

/** Tags in the order in which they are written. @throws TemplateError */
export function compileTags(tags: Tags | undefined): PlannedTags {
  return Object.entries(tags ?? {}).map(([name, value]) => [name, compileTemplate(value)])
}
