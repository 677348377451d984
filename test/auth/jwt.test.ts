import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { authSchema } from '../../src/auth/index.ts'
import { LocalError } from '../../src/errors.ts'
import { opened, until } from './harness.ts'

const secret = 'a secret of some length, at least'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (pair: typeof rsa): string => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const hs256 = { type: 'jwt', secret, claims: { sub: 'user-{{user.id}}', roles: ['a'], n: 1 }, expiresIn: '10m', keyId: 'k1' }
const forUser = (id: number) => ({
  id,
  fields: () => ({ ...authSchema.parse(hs256), claims: { ...hs256.claims, sub: `user-${id}` } }),
})

test('HS256: each user has claims of its own; the token is kept, and signed anew before it expires', async () => {
  const { attempt, clock, secrets, source } = await opened(hs256)
  const tokenOf = async (id: number) => (await attempt(forUser(id))).headers.authorization?.replace('Bearer ', '') ?? ''
  const first = await tokenOf(7)
  const { payload, protectedHeader } = await jwtVerify(first, Buffer.from(secret), { currentDate: new Date(clock.wallNow()) })
  const iat = Math.floor(clock.wallNow() / 1000)
  expect(payload).toEqual({ sub: 'user-7', roles: ['a'], n: 1, iat, exp: iat + 600 })
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'k1' })
  expect(await tokenOf(8)).not.toBe(first)
  expect(secrets).toContain(first)
  clock.ms += 539_000
  expect(await tokenOf(7)).toBe(first)
  clock.ms += 2000
  expect(source.ready(forUser(7))).toBeUndefined()
  await until(() => source.current(forUser(7), '').headers.authorization !== `Bearer ${first}`)
})

test.each([
  ['RS256', rsa],
  ['ES256', ec],
] as const)('%s: from a file, or from text whose line ends were written out', async (alg, pair) => {
  const dir = mkdtempSync(join(tmpdir(), 'burn-jwt-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, 'key.pem'), pem(pair))
  for (const key of [{ keyFile: 'key.pem' }, { key: pem(pair).replaceAll('\n', '\\n') }]) {
    const { attempt, clock, secrets } = await opened(
      { type: 'jwt', alg, ...key, header: 'X-Token', prefix: '' },
      { baseDir: dir },
    )
    const token = (await attempt(0)).headers['x-token'] ?? ''
    await jwtVerify(token, pair.publicKey, { currentDate: new Date(clock.wallNow()) })
    expect(secrets).toContain(pem(pair))
  }
})

test('a key file that does not exist is found before the run', async () => {
  await expect(opened({ type: 'jwt', alg: 'RS256', keyFile: 'none.pem' })).rejects.toThrow(LocalError)
})

test.each<[object, string]>([
  [{}, 'HS256 needs a secret'],
  [{ secret: 'x', keyFile: 'k' }, 'HS256 takes a secret'],
  [{ alg: 'RS256' }, 'RS256 needs either keyFile or key'],
  [{ alg: 'RS256', keyFile: 'k', key: 'k' }, 'RS256 needs either'],
  [{ alg: 'ES256', keyFile: 'k', secret: 's' }, 'ES256 takes a private key'],
  [{ secret: 'x', claims: { exp: 5 } }, 'exp is worked out'],
  [{ secret: '' }, 'HS256 needs a secret'],
  [
    { alg: 'RS256', key: 'hello' },
    'RS256 needs a private RSA key of 2048 bits or more in PEM form, without a passphrase, got something else',
  ],
  [
    { alg: 'ES256', key: pem(rsa) },
    'ES256 needs a private key of the curve P-256 in PEM form, without a passphrase, got another key',
  ],
  [{ alg: 'RS256', key: '{{pem}}' }, 'key takes no template: one key signs for all users'],
  [{ alg: 'ES256', keyFile: 'keys/{{user.id}}.pem' }, 'keyFile takes no template: one key signs for all users'],
  [{ alg: 'RS256', key: pem(generateKeyPairSync('rsa', { modulusLength: 1024 })) }, 'got another key'],
])('refused: %j', (fields, message) => {
  expect(authSchema.safeParse({ type: 'jwt', ...fields }).error?.issues[0]?.message).toContain(message)
})
