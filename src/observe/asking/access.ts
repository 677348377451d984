/** How addresses are written in a scenario that are asked beside the load. */
import * as z from 'zod'

/** True for an http or https address without user and password, which would end up in outputs. */
export function isPlainAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

/** Returns the fields of an entry that say how its address is reached. */
export function accessFields() {
  return {
    headers: z
      .record(
        z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, 'expected the name of a header'),
        z
          .string()
          .max(8192)
          .regex(/^[^\r\n\0]*$/, 'a header has one line'),
      )
      .optional()
      .describe('Headers to send, such as authorization: "Bearer ${env.TOKEN}"'),
  }
}

/** What `accessFields` give, after validation. */
export interface WrittenAccess {
  readonly headers?: Readonly<Record<string, string>> | undefined
}
