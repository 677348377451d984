/** A source for schemes that need no more than their fields. */
import { type AuthContext, type AuthScheme, type CredentialSource, type Credentials, defineSource, secretsIn } from './scheme.ts'

/** Secrets that are remembered as told; beyond it they are told again. */
const MAX_TOLD = 10_000

/** Works the credentials out anew only when the rendered fields are others than the last time. */
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
