import * as z from 'zod'
import { compileRegex } from '../../../language/regex.ts'

/**
 * Makes a schema for a text that `compile` accepts, which means that it does not throw. A text with a template is accepted unseen.
 * `describe` describes the field.
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

/** Makes a schema for an optional text that is not empty. `describe` describes the field. */
export const text = (describe: string) => z.string().min(1, 'expected some text').describe(describe).optional()
/** Makes a schema for an optional regular expression (RE2). `describe` describes the field. */
export const pattern = (describe: string) => compiles(describe, compileRegex).optional()
