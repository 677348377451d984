import { problemKind, shown } from '../../read/source/finding.ts'

/** The error of `burn validate` for a YAML tag such as `!secret`. Scenarios can have no tags but the standard ones, such as `!!str`. */
export const E_TAG = problemKind('E_TAG', {
  unsupported: (tag: string) => [
    `${shown(tag).slice(1, -1)} is a tag: tags are not supported`,
    'quote it if a text that begins with ! is meant',
  ],
})
