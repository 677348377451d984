import * as z from 'zod'
import { compileRegex } from '../../../language/regex.ts'

/**
 * Returns a schema for a text that `compile` accepts without an error, such as a regular expression in a check. A text with a template is always
 * accepted, because its value is not known yet. `describe` is the description of the field.
 */
export function compiles(describe: string, compile: (text: string) => unknown) {
  return z
    .string()
    .min(1, 'expected some text')
    .superRefine((text, context) => {
      if (text.includes('{{')) return
      try {
        compile(text)
      } catch (error) {
        const { message, hint, column } = error as Error & { hint?: string; column?: number } // every compiler throws errors of ours
        const offset = column === undefined ? {} : { offset: column - 1, length: 1 }
        context.addIssue({
          code: 'custom',
          message: hint === undefined ? message : `${message}; ${hint}`,
          params: { message, hint, ...offset },
        })
      }
    })
    .describe(describe)
}

/** Returns a schema for an optional, non-empty text in a check. `describe` is the description of the field. */
export const text = (describe: string) => z.string().min(1, 'expected some text').describe(describe).optional()
/** Returns a schema for an optional regular expression (RE2) in a check. `describe` is the description of the field. */
export const pattern = (describe: string) => compiles(describe, compileRegex).optional()
