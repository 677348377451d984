import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { testCertificates } from '../../servers/tls.ts'
import { drawn } from '../../support/share.ts'

const made = testCertificates()
const folder = mkdtempSync(join(tmpdir(), 'burn-files-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const encrypted = createPrivateKey(made.good.key).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'open',
})
const files = {
  'good.pem': made.good.cert,
  'good.key': made.good.key,
  'other.key': made.selfSigned.key,
  'locked.key': encrypted,
  'both.pem': made.good.cert + made.good.key,
  'bad.key': '-----BEGIN PRIVATE KEY-----\nMIIa\n-----END PRIVATE KEY-----\n',
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)

const URLS = ['https://127.0.0.1/', 'wss://127.0.0.1/', 'mqtts://127.0.0.1/t', 'grpcs://127.0.0.1/a.B/C']
const checked = (url: string, tls: object, noEnv = false) =>
  validateScenario(
    JSON.stringify({ name: 't', target: { url, tls }, steps: [{ message: 'hi' }] }),
    join(folder, 'a.json'),
    noEnv ? { noEnv } : { env: {} },
  ).problems
const found = (url: string, tls: object) =>
  checked(url, tls)
    .filter(({ code }) => code === 'E_FILE')
    .map(({ path, message }) => [path, message])

test.each(URLS)('%s: a key that does not fit its certificate is found before the run', (url) => {
  expect(found(url, { cert: 'good.pem', key: 'other.key' })).toEqual([
    ['target.tls.key', 'the private key in other.key is not that of the certificate in good.pem'],
  ])
})

test.each<[object, string, string]>([
  [{ cert: 'good.pem', key: 'locked.key' }, 'key', 'the private key in locked.key is encrypted'],
  [{ cert: 'good.pem', key: 'locked.key', passphrase: 'x' }, 'passphrase', 'this does not open the private key in locked.key'],
  [{ cert: 'good.pem', key: 'bad.key' }, 'key', 'bad.key holds no private key that can be read'],
  [{ cert: 'good.pem' }, 'cert', 'good.pem holds no private key that can be read'],
  [{ cert: 'good.pem', key: 'none.key' }, 'key', 'none.key is not there'],
])('%j: at %s', (tls, key, message) => {
  expect(found('https://127.0.0.1/', tls)).toEqual([[`target.tls.${key}`, message]])
})

test('a wrong passphrase is one, also when it opens something by chance', () => {
  const seen = Array.from({ length: drawn(600) }, (_, n) =>
    found('https://127.0.0.1/', { cert: 'good.pem', key: 'locked.key', passphrase: `wrong ${n}` }),
  )
  expect(new Set(seen.map((problems) => JSON.stringify(problems)))).toEqual(
    new Set(['[["target.tls.passphrase","this does not open the private key in locked.key"]]']),
  )
})

test.each([
  { cert: 'good.pem', key: 'good.key' },
  { cert: 'good.pem', key: 'good.key', passphrase: 'of another key' },
  { cert: 'good.pem', key: 'locked.key', passphrase: 'open' },
  { cert: 'both.pem' },
  { cert: made.client.certFile, key: made.client.keyFile },
  { ca: made.caFile },
])('%j: fits', (tls) => {
  expect(found('https://127.0.0.1/', tls)).toEqual([])
})

const UNSET = '${env.BURN_TEST_UNSET}'
test.each([
  { cert: 'good.pem', key: 'locked.key', passphrase: UNSET },
  { cert: 'good.pem', key: `${UNSET}other.key` },
  { cert: `${UNSET}good.pem`, key: 'other.key' },
])('%j: what a variable that is not set would say is not known', (tls) => {
  expect(checked('https://127.0.0.1/', tls).map(({ code }) => code)).toEqual(['E_ENV_UNSET'])
  expect(checked('https://127.0.0.1/', tls, true).map(({ code }) => code)).toEqual(['W_ENV_UNSET'])
})
