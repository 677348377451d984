/** The credential source of schemes that need nothing but their fields. */
import { type AuthContext, type AuthScheme, type CredentialSource, type Credentials, defineSource, secretsIn } from './scheme.ts'

/** Number of secrets that are remembered as reported already; after that, secrets are reported again. */
const MAX_TOLD = 10_000

/** A credential source that computes credentials from the rendered fields, and again only when the fields are another object. */
export function staticSource(
  scheme: Required<Pick<AuthScheme, 'credentials' | 'secretFields'>>,
  context: AuthContext,
): CredentialSource {
  const told = new Set<string>()
  let last: { readonly fields: unknown; readonly credentials: Credentials } | undefined
  return defineSource({
    ready: () => undefined,
    current(user) {
      const fields = user.fields()
      if (last && last.fields === fields) return last.credentials
      for (const secret of secretsIn(scheme, fields)) tellOnce(secret, told, context)
      const credentials = scheme.credentials(fields)
      last = { fields, credentials }
      return credentials
    },
  })
}

function tellOnce(secret: string, told: Set<string>, context: AuthContext): void {
  if (told.has(secret)) return
  if (told.size >= MAX_TOLD) told.clear()
  told.add(secret)
  context.onSecret(secret)
}
