/** Secrets from files and from encrypted `.env` files: they reach the target, and no output. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { faultServer, reply } from '../servers/http-faults.ts'
import { chat, closeAfter, Home, OUT } from './harness.ts'

const SECRET = 's3cret-0123456789abcdef'

interface Dotenvx {
  keypair(): { publicKey: string; privateKey: string }
  encrypt(publicKey: string, value: string): string
}
const dotenvx = createRequire(import.meta.url)('@dotenvx/primitives') as Dotenvx

/** A scenario of one message with a credential, and the server that takes it. */
async function asking(home: Home, token: string) {
  const server = await faultServer({ '/v1/chat/completions': (socket) => void socket.end(reply('{}')) })
  closeAfter({ close: () => server.stop() })
  const load = { load: [{ users: 1, iterations: 1 }] }
  const scenario = home.write('s.json', chat(server.url, load, { auth: { type: 'bearer', token } }))
  return { server, run: ['run', scenario, ...OUT, '--log', 'all', '--report', 'html,md,junit,csv', '--no-preflight'] }
}

/** Everything that a command has left: what it printed, and its files but those of the test. */
function leftBy(home: Home, { stdout, stderr }: { stdout: string; stderr: string }): string {
  return [
    stdout,
    stderr,
    ...home
      .files()
      .filter((name) => name.startsWith('out/'))
      .map((name) => home.read(name)),
  ].join('\n')
}

describe('${file.NAME}', () => {
  test('the target gets it, without the line break at its end, and nothing else does', async () => {
    const home = new Home()
    home.write('secrets/api_key', `${SECRET}\n`)
    const { server, run } = await asking(home, '${file.api_key}')
    const ended = await home.call([...run, '--secrets-dir', 'secrets'])
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
    expect(leftBy(home, ended)).not.toContain(SECRET)
    expect(home.result().configuration?.scenario).toMatchObject({ target: { auth: { token: '${file.api_key}' } } })
    const again = ['run', '--from', 'out', '--out', 'again', '--no-preflight']
    await home.call(again, { env: { BURN_SECRETS_DIR: home.file('secrets') } })
    expect(server.seen[1]?.headers.authorization).toBe(`Bearer ${SECRET}`)
  })

  test('links within the folder, as Kubernetes makes them, and names in folders', async () => {
    const home = new Home()
    home.write('secrets/..2026_01_01/api_key', SECRET)
    symlinkSync('..2026_01_01', home.file('secrets/..data'))
    symlinkSync('..data/api_key', home.file('secrets/api_key'))
    home.write('secrets/db/password', `${SECRET}-2\r\n`)
    const { server, run } = await asking(home, '${file.api_key}${file.db/password}${file.none:-x}')
    await home.call(run, { env: { BURN_SECRETS_DIR: 'secrets' } })
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}${SECRET}-2x`)
  })

  test.each([
    ['missing', '${file.none}', 'secret none in secrets: there is no such file'],
    ['outside', '${file.../outside}', 'secret ../outside lies outside of secrets'],
    ['absolute', '${file./etc/hostname}', 'secret /etc/hostname lies outside of secrets'],
    ['by a link', '${file.link}', 'secret link lies outside of secrets'],
    ['a folder', '${file.folder}', 'secret folder in secrets is no file'],
    ['large', '${file.large}', 'secret large is larger than 65536 bytes'],
    ['empty', '${file.empty}', 'the file of secret empty is empty'],
    ['no text', '${file.binary}', 'secret binary is no text in UTF-8'],
  ])('%s: an error with its place', async (_, token, message) => {
    const home = new Home()
    home.write('outside', SECRET)
    mkdirSync(home.file('secrets/folder'), { recursive: true })
    symlinkSync('../outside', home.file('secrets/link'))
    home.write('secrets/large', 'x'.repeat(65_537))
    home.write('secrets/empty', '\n')
    home.write('secrets/binary', '\u0000a')
    home.write(
      's.yaml',
      `name: x\ntarget:\n  url: http://127.0.0.1:1/\n  headers: { x-key: "a ${token}" }\nsteps: [{ message: hi }]\n`,
    )
    const flags = ['--secrets-dir', 'secrets']
    const validated = await home.call(['validate', 's.yaml', ...flags])
    expect(validated.code).toBe(2)
    expect(validated.stdout).toContain(`s.yaml:4:24: error E_SECRET_FILE ${message}`)
    expect((await home.call(['run', 's.yaml', ...flags])).stderr).toContain(message)
    expect((await home.call(['validate', '--no-env', 's.yaml'])).code).toBe(0)
  })
})

describe('--vars-file encrypted by dotenvx', () => {
  const { publicKey, privateKey } = dotenvx.keypair()
  const other = dotenvx.keypair()
  /** A file as dotenvx writes it; `TENANT` is no name of a secret, and is one here. */
  const written = (suffix = '') =>
    `DOTENV_PUBLIC_KEY${suffix}="${publicKey}"\nPLAIN=x\nCHAT_TOKEN="${dotenvx.encrypt(publicKey, SECRET)}"\nTENANT=${dotenvx.encrypt(publicKey, 'acme-corporation')}\n`

  test.each([
    ['', { DOTENV_PRIVATE_KEY: privateKey }, []],
    ['_CI', { DOTENV_PRIVATE_KEY_CI: `${other.privateKey},${privateKey}` }, []],
    ['', {}, ['--vars-file', '.env.keys']],
  ])('the target gets what was encrypted, and nothing else does (%s)', async (suffix, env, more) => {
    const home = new Home()
    home.write('.env', written(suffix))
    home.write('.env.keys', `DOTENV_PRIVATE_KEY=${privateKey}\n`)
    const { server, run } = await asking(home, '${env.CHAT_TOKEN}.${env.TENANT}')
    const ended = await home.burn([...run, '--vars-file', '.env', ...more], { env })
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}.acme-corporation`)
    for (const secret of [SECRET, 'acme-corporation', privateKey]) expect(leftBy(home, ended)).not.toContain(secret)
    expect(ended.stderr).not.toMatch(/dotenv/i)
  })

  test.each([
    ['no key', {}, 'CHAT_TOKEN is encrypted, and DOTENV_PRIVATE_KEY is not set\n  hint: set it to the private key'],
    ['another key', { DOTENV_PRIVATE_KEY: other.privateKey }, 'DOTENV_PRIVATE_KEY does not open CHAT_TOKEN'],
    ['no key at all', { DOTENV_PRIVATE_KEY: 'nonsense' }, 'DOTENV_PRIVATE_KEY does not open CHAT_TOKEN'],
  ])('%s: refused before anything is sent', async (_, env, message) => {
    const home = new Home()
    home.write('.env', written())
    const { server, run } = await asking(home, '${env.CHAT_TOKEN}')
    const { code, stderr } = await home.call([...run, '--vars-file', '.env'], { env })
    expect(code).toBe(2)
    expect(stderr).toContain(`burn: --vars-file .env: ${message}`)
    expect(server.seen).toEqual([])
  })

  test('burn validate reads them, too', async () => {
    const home = new Home()
    home.write('.env', written())
    const file = home.write('s.json', chat('mock:', {}, { auth: { type: 'bearer', token: '${env.CHAT_TOKEN}' } }))
    const env = { DOTENV_PRIVATE_KEY: privateKey }
    expect((await home.call(['validate', file], { env })).code).toBe(2)
    expect((await home.call(['validate', file, '--vars-file', '.env'], { env })).code).toBe(0)
    expect((await home.call(['validate', file, '--vars-file', 'elsewhere.env', '--no-env'])).code).toBe(0)
    const { code, stderr } = await home.call(['validate', file, '--vars-file', '.env'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('DOTENV_PRIVATE_KEY is not set') })
  })

  test('a variable of the process wins, and is refused while it is encrypted, also in a longer text', async () => {
    const home = new Home()
    home.write('.env', written())
    const { server, run } = await asking(home, 'x-${env.CHAT_TOKEN}')
    await home.call([...run, '--vars-file', '.env'], { env: { CHAT_TOKEN: 'own-token-0123', DOTENV_PRIVATE_KEY: privateKey } })
    expect(server.seen[0]?.headers.authorization).toBe('Bearer x-own-token-0123')
    const { code, stderr } = await home.call(run, { env: { CHAT_TOKEN: dotenvx.encrypt(publicKey, SECRET) } })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('E_ENCRYPTED this value is still in its encrypted form'),
    })
  })
})
