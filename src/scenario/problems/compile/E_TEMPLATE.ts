import { problemKind } from '../../read/source/finding.ts'

/** A template that cannot be read. The words come from its parser; a suggestion in them becomes the hint. */
export const E_TEMPLATE = problemKind('E_TEMPLATE', {
  unreadable: (text: string) => {
    const [message = '', hint] = text.split(/: (?=did you mean )/)
    return [message, hint]
  },
})
