import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a character that a scenario file may not hold: a control character that YAML does not allow, or a carriage return
 * without a line feed.
 */
export const E_CONTROL_CHARACTER = problemKind('E_CONTROL_CHARACTER', {
  found: (character: string) => {
    const number = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    return [`the control character U+${number} is not allowed in a scenario`, 'in a quoted text write it as \\x…']
  },
})
