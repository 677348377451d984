import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a YAML alias (`*name`) that has no anchor (`&name`) before it, or that lies inside the value of its own anchor.
 * Also the error for too many aliases.
 */
export const E_ALIAS = problemKind('E_ALIAS', {
  tooMany: (most: number) => [`more than ${most} aliases in one file`],
  holdsItself: (name: string) => [`*${name} stands inside &${name}: it would hold itself`],
  unknown: (name: string) => [`there is no &${name} before this`, 'quote it if a text that begins with * is meant'],
})
