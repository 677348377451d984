import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as z from 'zod'
import { wallNow } from '../clock.ts'
import { LocalError } from '../errors.ts'
import { lateObject, positiveDuration, templated } from '../fields.ts'
import { type AuthContext, type Credentials, placed, prefixed } from './scheme.ts'
import { type Issued, tokenSource } from './token.ts'

/** The life of a token in ms when the `auth:` block does not set it. */
const EXPIRES_IN_MS = 3_600_000
/** How long before its expiry a token is replaced, in ms. For short-lived tokens it is a tenth of their life. */
const REFRESH_BEFORE_MS = 60_000

const fields = lateObject(() => ({
  type: z.literal('jwt').describe('A JSON Web Token, signed for each user'),
  alg: z.enum(['HS256', 'RS256', 'ES256']).default('HS256').describe('Algorithm of the signature'),
  secret: templated().optional().describe('Shared secret (HS256)'),
  key: z.string().optional().describe('Private key as PEM text (RS256, ES256)'),
  keyFile: z.string().optional().describe('File with the private key as PEM, from the folder of the scenario (RS256, ES256)'),
  keyId: z.string().optional().describe('Name of the key, sent as kid'),
  claims: z.record(z.string(), z.json()).optional().describe('Claims, such as sub: "{{user.id}}"; iat and exp are added'),
  expiresIn: positiveDuration().optional().describe('Life of a token. Default 1h'),
  header: z.string().min(1).default('authorization').describe('Header that carries the token'),
  prefix: z.string().default('Bearer').describe('Word before the token'),
})).superRefine(({ alg, secret, key, keyFile, claims }, context) => {
  const wrong = (path: string, message: string, hint?: string) =>
    context.addIssue({ code: 'custom', path: [path], message, params: { message, hint } })
  const keys = [key, keyFile].filter((given) => given !== undefined).length
  if (alg === 'HS256' && !secret) wrong('secret', 'HS256 needs a secret')
  if (alg === 'HS256' && keys > 0) wrong(key === undefined ? 'keyFile' : 'key', 'HS256 takes a secret, not a key')
  if (alg !== 'HS256' && keys !== 1) wrong('keyFile', `${alg} needs either keyFile or key`)
  if (alg !== 'HS256' && secret !== undefined) wrong('secret', `${alg} takes a private key, not a secret`)
  for (const [name, text] of Object.entries({ key, keyFile }))
    if (text?.includes('{{')) wrong(name, `${name} takes no template: one key signs for all users`, FIXED)
  if (alg !== 'HS256' && key !== undefined && !key.includes('{{')) {
    const read = readSigningKey(alg, withLineEnds(key))
    if (typeof read === 'string') wrong('key', read)
  }
  for (const name of ['iat', 'exp']) if (claims && name in claims) wrong('claims', `${name} is worked out: see expiresIn`)
})

type JwtFields = z.infer<typeof fields>

/** Returns a key with real line ends, because environment variables often hold keys with `\n` in place of them. */
function withLineEnds(key: string): string {
  return key.replaceAll('\\n', '\n')
}

const FIXED = 'write the key itself, a reference to the environment, or a file name; what differs between users goes into claims'

/**
 * Parses a private key in PEM form for the JWT algorithm `alg`. Returns the key or, when it cannot be used, a text that says why; the text contains
 * no part of the key.
 */
export function readSigningKey(alg: 'RS256' | 'ES256', pem: string): KeyObject | string {
  const needed = alg === 'RS256' ? 'a private RSA key of 2048 bits or more' : 'a private key of the curve P-256'
  const problem = (got: string) => `${alg} needs ${needed} in PEM form, without a passphrase, got ${got}`
  try {
    const key = createPrivateKey(pem)
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
    const fits = alg === 'RS256' ? type === 'rsa' && (details?.modulusLength ?? 0) >= 2048 : details?.namedCurve === 'prime256v1'
    return fits ? key : problem('another key')
  } catch {
    return problem('something else')
  }
}

/** The auth scheme `jwt`: burn itself signs a JSON Web Token for each user. */
export const jwt = {
  type: 'jwt',
  fields,
  secretFields: ['secret', 'key'],
  async open(block: JwtFields, context: AuthContext) {
    const key = block.alg === 'HS256' ? undefined : privateKey(block.alg, block, context)
    const lifetimeMs = block.expiresIn ?? EXPIRES_IN_MS
    return tokenSource<Credentials>({
      perUser: true,
      refreshBeforeMs: Math.min(REFRESH_BEFORE_MS, lifetimeMs / 10),
      // `fields()` renders the block that `open` got, so it has the same type.
      issue: (user) => issue(user.fields() as JwtFields, key, lifetimeMs, context),
      give: (credentials) => credentials,
    })
  },
} as const

async function issue(
  block: JwtFields,
  key: KeyObject | undefined,
  lifetimeMs: number,
  context: AuthContext,
): Promise<Issued<Credentials>> {
  if (block.secret !== undefined) context.onSecret(String(block.secret))
  const token = await sign(block, key ?? createSecretKey(String(block.secret), 'utf8'), lifetimeMs)
  context.onSecret(token)
  return { value: placed(block.header, prefixed(block.prefix, token)), lifetimeMs }
}

async function sign(block: JwtFields, key: KeyObject, lifetimeMs: number): Promise<string> {
  const { SignJWT } = await import('jose')
  const at = Math.floor(wallNow() / 1000)
  return new SignJWT({ ...block.claims })
    .setProtectedHeader({ alg: block.alg, typ: 'JWT', ...(block.keyId !== undefined && { kid: block.keyId }) })
    .setIssuedAt(at)
    .setExpirationTime(at + Math.ceil(lifetimeMs / 1000))
    .sign(key)
}

/** Returns the private key of a `jwt` block. @throws LocalError when its file cannot be read or does not contain a suitable key */
function privateKey(alg: 'RS256' | 'ES256', { key, keyFile }: JwtFields, context: AuthContext): KeyObject {
  const name = keyFile === undefined ? 'auth.key' : `auth.keyFile: ${keyFile}`
  try {
    const pem = keyFile === undefined ? withLineEnds(key ?? '') : readFileSync(resolve(context.baseDir, keyFile), 'utf8')
    context.onSecret(pem)
    const read = readSigningKey(alg, pem)
    if (typeof read === 'string') throw new LocalError(`${name}: ${read}`)
    return read
  } catch (error) {
    throw error instanceof LocalError ? error : new LocalError(`${name} cannot be read`, undefined, { cause: error })
  }
}
