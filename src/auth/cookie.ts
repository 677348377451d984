import * as z from 'zod'
import { wallNow } from '../clock.ts'
import { lateObject, positiveDuration } from '../fields.ts'
import { CookieJar, type KeptCookie } from './cookie-jar.ts'
import { refusal, type TokenClient, tokenClient } from './fetch.ts'
import { type AuthContext, AuthError, type Credentials } from './scheme.ts'
import { type Issued, tokenSource } from './token.ts'
import { requestSecrets, tokenRequest, tokenRequestSchema } from './token-request.ts'

/** The number of characters from which a cookie counts as a secret even if scripts may read it. Shorter ones are settings such as a language. */
const SECRET_FROM = 16
const REFRESH_BEFORE_MS = 30_000

const fields = lateObject(() => ({
  type: z.literal('cookie').describe('A login whose reply sets cookies; each user logs in once and keeps its own'),
  request: tokenRequestSchema,
  refreshAfter: positiveDuration().optional().describe('Log in again after this time; before the cookies expire in any case'),
  timeout: positiveDuration().optional().describe('Longest wait for the login. Default 10s'),
}))

type CookieFields = z.infer<typeof fields>

const NONE: Credentials = { headers: {}, query: {} }

/** The auth scheme `cookie`: each user logs in with one request, keeps the cookies that the reply sets, and sends them with its later requests. */
export const cookie = {
  type: 'cookie',
  fields,
  secretFields: [],
  secrets: ({ request }: CookieFields) => requestSecrets(request),
  open(_block: CookieFields, context: AuthContext) {
    const client = tokenClient(context)
    return tokenSource<CookieJar>({
      perUser: true,
      refreshBeforeMs: REFRESH_BEFORE_MS,
      // `fields()` renders the block that `open` got, so it has the same type.
      issue: (user) => login(user.fields() as CookieFields, client, context),
      give(jar, url) {
        const header = jar.header(url)
        return header === '' ? NONE : { headers: { cookie: header }, query: {} }
      },
      observe: (jar, url, setCookies) => void storeAll(jar, setCookies, url, context),
      close: client.close,
    })
  },
} as const

async function login(block: CookieFields, client: TokenClient, context: AuthContext): Promise<Issued<CookieJar>> {
  for (const secret of requestSecrets(block.request)) context.onSecret(secret)
  const reply = await client.send(tokenRequest(block.request), block.timeout)
  // Login forms answer a successful login with a redirect, which is not followed.
  if (reply.status < 200 || reply.status > 399) throw refusal(reply)
  const jar = new CookieJar(wallNow)
  const stored = storeAll(jar, [reply.headers['set-cookie'] ?? []].flat(), reply.place, context)
  if (stored.length === 0) throw new AuthError(`the answer of ${reply.place} sets no cookie that may be kept`)
  const first = Math.min(...stored.map(({ expiresAt }) => expiresAt))
  const lifetimeMs = Number.isFinite(first) ? first - wallNow() : undefined
  return { value: jar, lifetimeMs, refreshAfterMs: block.refreshAfter }
}

function storeAll(jar: CookieJar, headers: readonly string[], url: string, context: AuthContext): KeptCookie[] {
  const stored = headers.map((header) => jar.store(header, url)).filter((found) => found !== undefined)
  for (const { value, httpOnly } of stored) if (httpOnly || value.length >= SECRET_FROM) context.onSecret(value)
  return stored
}
