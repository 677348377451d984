import { MAX_TAG_VALUES } from '../../../metrics/groups/tag-registry.ts'
import { rule } from '../../lint/subject.ts'
import { tagValues, writtenTags } from '../../lint/tags.ts'

/**
 * The lint rule (of `burn validate`) that warns of a tag with more values than a result can list; further values are counted together as `(other)`.
 */
export const W_TAG_VALUES = rule('W_TAG_VALUES', (subject, report) => {
  const tags = writtenTags(subject)
  for (const [name, values] of Object.entries(tagValues(tags))) {
    if (values === 'any' || values.length <= MAX_TAG_VALUES) continue
    const path = tags.findLast((tag) => tag.name === name)?.path ?? []
    const message = `tag ${name} has ${values.length} values: ${MAX_TAG_VALUES} are told apart`
    report(path, 'value', message, 'the rest is counted under (other)')
  }
})
