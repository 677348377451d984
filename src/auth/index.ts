/** The registry of authentication schemes. To add one, write a file in this folder and add a line to each of the two lists. */
import * as z from 'zod'
import { cookie } from './cookie.ts'
import { handshake } from './handshake.ts'
import { identitiesFields, openIdentities } from './identities.ts'
import { jwt } from './jwt.ts'
import { oauth2 } from './oauth2.ts'
import { pool } from './pool.ts'
import { type AuthContext, type AuthScheme, type CredentialSource, type Credentials, secretsIn } from './scheme.ts'
import { apiKey, awsSigV4, basic, bearer, customHeaders, noAuth } from './static.ts'
import { staticSource } from './static-source.ts'

export {
  type AuthContext,
  AuthError,
  type AuthUser,
  type CredentialSource,
  type Credentials,
} from './scheme.ts'
export { hasTemplates } from './token.ts'

const schemes = [noAuth, bearer, apiKey, basic, customHeaders, oauth2, jwt, handshake, cookie, pool, awsSigV4] as const

const ownFields = [
  noAuth.fields,
  bearer.fields,
  apiKey.fields,
  basic.fields,
  customHeaders.fields,
  oauth2.fields,
  jwt.fields,
  handshake.fields,
  cookie.fields,
  pool.fields,
  awsSigV4.fields,
] as const

/** The schema of the `auth:` block of a target, which says how each user authenticates. */
export const authSchema = z
  .discriminatedUnion('type', [...ownFields, identitiesFields(z.discriminatedUnion('type', ownFields))])
  .describe('How each user authenticates')

/** The `auth:` block of a target, after validation by its schema. */
export type AuthBlock = z.infer<typeof authSchema>

function schemeOf(block: { type: string }): AuthScheme {
  // The schema accepts only registered types, and each scheme gets a block of its own type.
  return schemes.find((scheme) => scheme.type === block.type) as unknown as AuthScheme
}

/**
 * True when an `auth:` block of a target itself holds the credentials, so that burn need not fetch a token, read a data file or choose from a list of
 * keys.
 */
export function isStaticAuth(block: AuthBlock): boolean {
  return block.type !== 'identities' && schemeOf(block).credentials !== undefined
}

/**
 * Returns the credentials that are written in an `auth:` block. The caller must have rendered the block's templates before.
 * @throws TypeError for schemes such as oauth2, which need `openCredentials`
 */
export function credentialsOf(block: AuthBlock): Credentials {
  const { credentials } = schemeOf(block)
  if (credentials) return credentials(block)
  throw new TypeError(`credentials of type ${block.type} come from a source`)
}

/**
 * Returns the source of each user's credentials for one run, as the `auth:` block describes it. Rejects with LocalError when a key file, or
 * a data file with a row of credentials per user, is unusable.
 */
export async function openCredentials(block: AuthBlock, context: AuthContext): Promise<CredentialSource> {
  return block.type === 'identities' ? openIdentities(block, context, openScheme) : openScheme(block, context)
}

async function openScheme(block: { type: string }, context: AuthContext): Promise<CredentialSource> {
  const { open, credentials, secretFields } = schemeOf(block)
  if (open) return open(block, context)
  if (credentials) return staticSource({ credentials, secretFields }, context)
  throw new TypeError(`there is no way to open ${block.type}`)
}

/** Returns the values in an `auth:` block that must never be printed or stored. */
export function secretsOf(block: AuthBlock): string[] {
  if (block.type === 'identities') return block.use ? secretsOf(block.use) : []
  return secretsIn(schemeOf(block), block)
}
