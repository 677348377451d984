import { problemKind, shown } from '../../read/source/finding.ts'

/** The error of `burn validate` for a YAML tag such as `!secret`: scenarios cannot have tags. */
export const E_TAG = problemKind('E_TAG', {
  unsupported: (tag: string) => [
    `${shown(tag).slice(1, -1)} is a tag: tags are not supported`,
    'quote it if a text that begins with ! is meant',
  ],
})
