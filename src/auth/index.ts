/** The registry of authentication schemes. A new one is a file beside this and a line here. */
import * as z from 'zod'
import type { AuthScheme, Credentials } from './scheme.ts'
import { apiKey, basic, bearer, customHeaders, noAuth } from './static.ts'

const schemes = [noAuth, bearer, apiKey, basic, customHeaders] as const

/** The `auth:` block of a target. */
export const authSchema = z
  .discriminatedUnion('type', [noAuth.fields, bearer.fields, apiKey.fields, basic.fields, customHeaders.fields])
  .describe('How each user proves who it is')

export type AuthBlock = z.infer<typeof authSchema>

function schemeOf(block: { type: string }): AuthScheme {
  // The schema admits only registered types, and hands each scheme its own fields.
  return schemes.find((scheme) => scheme.type === block.type) as unknown as AuthScheme
}

/** Headers and query of a block whose templates are rendered. */
export function credentialsOf(block: AuthBlock): Credentials {
  return schemeOf(block).credentials(block)
}

/** The values in a block that must never be written out. */
export function secretsOf(block: AuthBlock): string[] {
  const fields: Record<string, unknown> = { ...block }
  return schemeOf(block).secretFields.flatMap((name) => leaves(fields[name]))
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : []
}
