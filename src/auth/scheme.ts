/** What an authentication scheme gives to a request. */
import type * as z from 'zod'

/** Headers and query parameters that prove who is calling. All values are secrets. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

/** One `auth: { type: … }`. `credentials` gets the fields with their templates rendered for one user. */
export interface AuthScheme<Fields = unknown> {
  readonly type: string
  readonly fields: z.ZodObject
  credentials(fields: Fields): Credentials
  /** Names of the fields whose values must never be written out. */
  readonly secretFields: readonly string[]
}
