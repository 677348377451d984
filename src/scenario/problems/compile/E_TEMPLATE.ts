import { problemKind } from '../../read/source/finding.ts'

/**
 * The error of `burn validate` for a template that cannot be parsed. Its message and its hint ("did you mean …", "there are …") come from the
 * template parser.
 */
export const E_TEMPLATE = problemKind('E_TEMPLATE', {
  unreadable: (text: string) => {
    const [message = '', hint] = text.split(/: (?=did you mean |there are )/)
    return [message, hint]
  },
})
