import * as z from 'zod'
import { duration, lateObject, positiveDuration } from '../fields.ts'
import { compileJsonPath, type JsonPath, JsonPathError } from '../language/jsonpath/jsonpath.ts'
import { jsonIn } from '../text/json.ts'
import { refusal, type TokenClient, type TokenReply, tokenClient } from './fetch.ts'
import { lifetimeOf } from './oauth2.ts'
import { type AuthContext, AuthError, type Credentials, placed, prefixed } from './scheme.ts'
import { type Issued, tokenSource } from './token.ts'
import { requestSecrets, tokenRequest, tokenRequestSchema } from './token-request.ts'

const REFRESH_BEFORE_MS = 30_000

const path = () =>
  z.string().superRefine((source, context) => {
    try {
      compileJsonPath(source)
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  })

const fields = lateObject(() => ({
  type: z.literal('handshake').describe('A request of your own gets a token, which goes with each request from then on'),
  request: tokenRequestSchema,
  tokenPath: path().optional().describe('Where the token is in the JSON reply (JSONPath). Default $.token'),
  tokenHeader: z.string().min(1).optional().describe('Header of the reply that holds the token, in place of tokenPath'),
  expiresPath: path().optional().describe('Where the reply has the life of the token, in seconds (JSONPath)'),
  header: z.string().min(1).default('authorization').describe('Header that carries the token'),
  prefix: z.string().default('Bearer').describe('Word before the token; empty for none'),
  per: z.enum(['user', 'run']).default('user').describe('One token for each user, or one for the whole run'),
  refreshAfter: positiveDuration().optional().describe('Get another token after this time'),
  refreshBefore: duration().optional().describe('How long before the end given by expiresPath a token is renewed. Default 30s'),
  timeout: positiveDuration().optional().describe('Longest wait for a token. Default 10s'),
})).refine((block) => block.tokenPath === undefined || block.tokenHeader === undefined, 'give tokenPath or tokenHeader, not both')

type HandshakeFields = z.infer<typeof fields>

interface Paths {
  readonly token: JsonPath
  readonly expires: JsonPath | undefined
}

/**
 * The auth scheme `handshake`: burn sends the login request that the scenario describes, takes a token from the reply, and sends the token
 * in a header of every later request.
 */
export const handshake = {
  type: 'handshake',
  fields,
  secretFields: [],
  secrets: ({ request }: HandshakeFields) => requestSecrets(request),
  open(block: HandshakeFields, context: AuthContext) {
    const client = tokenClient(context)
    const expires = block.expiresPath === undefined ? undefined : compileJsonPath(block.expiresPath)
    const paths = { token: compileJsonPath(block.tokenPath ?? '$.token'), expires }
    return tokenSource<Credentials>({
      perUser: block.per === 'user',
      refreshBeforeMs: block.refreshBefore ?? REFRESH_BEFORE_MS,
      // `fields()` renders the block that `open` got, so it has the same type.
      issue: (user) => issue(user.fields() as HandshakeFields, paths, client, context),
      give: (credentials) => credentials,
      close: client.close,
    })
  },
} as const

async function issue(
  block: HandshakeFields,
  paths: Paths,
  client: TokenClient,
  context: AuthContext,
): Promise<Issued<Credentials>> {
  for (const secret of requestSecrets(block.request)) context.onSecret(secret)
  const reply = await client.send(tokenRequest(block.request), block.timeout)
  if (reply.status < 200 || reply.status > 299) throw refusal(reply)
  const json = jsonIn(reply.body)
  const token = block.tokenHeader === undefined ? paths.token.first(json) : headerOf(reply, block.tokenHeader)
  if ((typeof token !== 'string' && typeof token !== 'number') || token === '') {
    throw new AuthError(`the answer of ${reply.place} has no token at ${block.tokenHeader ?? block.tokenPath ?? '$.token'}`)
  }
  context.onSecret(String(token))
  const lifetimeMs = lifetimeOf(paths.expires?.first(json))
  return { value: placed(block.header, prefixed(block.prefix, String(token))), lifetimeMs, refreshAfterMs: block.refreshAfter }
}

function headerOf({ headers }: TokenReply, name: string): string | undefined {
  const value = headers[name.toLowerCase()]
  return Array.isArray(value) ? value[0] : value
}
