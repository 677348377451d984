/** Field types that the keys of an `expect:` line share. */
import * as z from 'zod'
import { compileRegex } from '../../language/regex.ts'

/** Text that has to compile, unless a template makes it only at run time. */
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

/** Some text, which may be left out. */
export const text = (describe: string) => z.string().min(1, 'expected some text').describe(describe).optional()
/** A regular expression (RE2), which may be left out. */
export const pattern = (describe: string) => compiles(describe, compileRegex).optional()
