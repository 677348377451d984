import { type AuthContext, type AuthScheme, type CredentialSource, type Credentials, defineSource, secretsIn } from './scheme.ts'

/** The number of secrets that are remembered as reported. When it is reached, secrets may be reported again. */
const MAX_REPORTED = 10_000

/**
 * Returns the source of credentials for a scheme that needs only its `auth:` block, such as `bearer`. It remembers the latest credentials, and
 * computes them anew only for a block that was rendered anew: for another user, or with other values.
 */
export function staticSource(
  scheme: Required<Pick<AuthScheme, 'credentials' | 'secretFields'>>,
  context: AuthContext,
): CredentialSource {
  const reported = new Set<string>()
  let last: { readonly fields: unknown; readonly credentials: Credentials } | undefined
  return defineSource({
    ready: () => undefined,
    current(user) {
      const fields = user.fields()
      if (last && last.fields === fields) return last.credentials
      for (const secret of secretsIn(scheme, fields)) reportOnce(secret, reported, context)
      const credentials = scheme.credentials(fields)
      last = { fields, credentials }
      return credentials
    },
  })
}

function reportOnce(secret: string, reported: Set<string>, context: AuthContext): void {
  if (reported.has(secret)) return
  if (reported.size >= MAX_REPORTED) reported.clear()
  reported.add(secret)
  context.onSecret(secret)
}
