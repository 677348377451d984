import * as z from 'zod'
import { duration, lateObject, positiveDuration, templated } from '../fields.ts'
import { isMap, jsonIn } from '../text/json.ts'
import { refusal, type TokenClient, type TokenReply, tokenClient } from './fetch.ts'
import { type AuthContext, AuthError, type Credentials, placed } from './scheme.ts'
import { hasTemplates, type Issued, tokenSource } from './token.ts'
import { formBody } from './token-request.ts'

const REFRESH_BEFORE_MS = 30_000

const fields = lateObject(() => ({
  type: z.literal('oauth2').describe('OAuth 2.0 client credentials: a bearer token that is fetched, kept and renewed'),
  tokenUrl: templated().describe('Address that issues tokens'),
  clientId: templated().describe('Client identifier'),
  clientSecret: templated().describe('Client secret'),
  scope: templated().optional().describe('Scopes to ask for, with spaces between them'),
  audience: templated().optional().describe('Audience to ask for'),
  params: z.record(z.string(), templated()).optional().describe('More fields of the token request'),
  authStyle: z
    .enum(['basic', 'body'])
    .default('basic')
    .describe('Where identifier and secret go: an Authorization: Basic header, or the body'),
  per: z
    .enum(['run', 'user'])
    .optional()
    .describe('One token for the whole run, or one for each user. Default run; user when the block has templates'),
  refreshBefore: duration().optional().describe('How long before its end a token is renewed. Default 30s, at most half its life'),
  timeout: positiveDuration().optional().describe('Longest wait for a token. Default 10s'),
}))

type OAuth2Fields = z.infer<typeof fields>

/** The auth scheme `oauth2`: fetches a bearer token with client credentials (RFC 6749, section 4.4) and renews it. */
export const oauth2 = {
  type: 'oauth2',
  fields,
  secretFields: ['clientSecret'],
  open(block: OAuth2Fields, context: AuthContext) {
    const client = tokenClient(context)
    return tokenSource<Credentials>({
      perUser: (block.per ?? (hasTemplates(block) ? 'user' : 'run')) === 'user',
      refreshBeforeMs: block.refreshBefore ?? REFRESH_BEFORE_MS,
      // `fields()` renders the block that `open` got, so it has the same type.
      issue: (user) => issue(user.fields() as OAuth2Fields, client, context),
      give: (credentials) => credentials,
      close: client.close,
    })
  },
} as const

async function issue(block: OAuth2Fields, client: TokenClient, context: AuthContext): Promise<Issued<Credentials>> {
  context.onSecret(String(block.clientSecret))
  const { headers, form } = identify(block)
  const { scope, audience, params } = block
  const asked = { grant_type: 'client_credentials', ...(scope && { scope }), ...(audience && { audience }), ...params, ...form }
  const reply = await client.send(
    {
      method: 'POST',
      url: String(block.tokenUrl),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: formBody(asked),
    },
    block.timeout,
  )
  const { token, lifetimeMs } = readToken(reply)
  context.onSecret(token)
  return { value: placed('authorization', `Bearer ${token}`), lifetimeMs }
}

function identify({ clientId, clientSecret, authStyle }: OAuth2Fields) {
  if (authStyle === 'body') return { headers: {}, form: { client_id: clientId, client_secret: clientSecret } }
  // RFC 6749 section 2.3.1: identifier and secret are form-encoded before they become Basic credentials.
  const pair = [clientId, clientSecret].map((text) => formBody({ '': text }).slice(1)).join(':')
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, form: {} }
}

function readToken(reply: TokenReply): { token: string; lifetimeMs: number | undefined } {
  if (reply.status !== 200) throw refusal(reply)
  const json = jsonIn(reply.body)
  const { access_token: token, token_type: type, expires_in: seconds } = isMap(json) ? json : {}
  if (typeof token !== 'string' || token === '') throw new AuthError(`the answer of ${reply.place} has no access_token`)
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') {
    throw new AuthError(`${reply.place} issues tokens of type ${type.slice(0, 40)}, only Bearer can be sent`)
  }
  return { token, lifetimeMs: lifetimeOf(seconds) }
}

/**
 * Returns in ms how long a token is valid, from the seconds that a server stated as a number or as text; undefined when the value is neither, or is
 * negative.
 */
export function lifetimeOf(seconds: unknown): number | undefined {
  const number = typeof seconds === 'string' && seconds.trim() !== '' ? Number(seconds) : seconds
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number * 1000 : undefined
}
