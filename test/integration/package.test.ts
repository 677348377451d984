/** The package as a user installs it: packed, in an empty folder, without dev dependencies and without a registry. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
/** What an install may take, in bytes: less than a tenth of what it took with its libraries beside it. */
const LARGEST = 9_000_000
const home = mkdtempSync(join(tmpdir(), 'burn-packed-'))
const EXAMPLES = 'node_modules/token-burn/scenarios'
const NPM = ['--omit=dev', '--offline', '--no-audit', '--no-fund']

function burn(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1', CI: '' }
  return spawnSync(process.execPath, [join(home, 'node_modules/token-burn/bin/burn.js'), ...args], {
    cwd: home,
    env,
    encoding: 'utf8',
  })
}

beforeAll(() => {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', home], { cwd: ROOT, stdio: 'ignore' })
  writeFileSync(join(home, 'package.json'), '{}')
  const [tarball = ''] = readdirSync(home).filter((name) => name.endsWith('.tgz'))
  execFileSync('npm', ['install', ...NPM, tarball], { cwd: home, stdio: 'ignore' })
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('installed from its tarball', () => {
  test('is small, and alone', () => {
    const files = readdirSync(join(home, 'node_modules'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)
    expect(bytes).toBeLessThan(LARGEST)
    expect(readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['token-burn'])
  })

  test.each(['http', 'sse', 'websocket', 'grpc', 'mqtt', 'checks', 'auth', 'data'])('runs its example %s', (name) => {
    const { stderr } = burn('run', `${EXAMPLES}/${name}.yaml`, '-c', '1', '-n', '2', '--out', name, '--overwrite')
    expect(stderr).toMatch(/attempts +\d planned, all ok/)
  })

  test('has what it needs and no more: no sources, no tests, no maps', () => {
    const own = join(home, 'node_modules/token-burn')
    const top = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'package.json', 'protos', 'scenarios']
    expect(readdirSync(own).toSorted()).toEqual(top)
    // What earlier commands have compiled is no part of it.
    const files = readdirSync(own, { recursive: true, encoding: 'utf8' }).filter((file) => !file.startsWith('dist/.cache'))
    expect(files.filter((file) => /\.(?:ts|map|tsbuildinfo|log|tgz)$|(?:^|\/)(?:\.|tests?\/)/.test(file))).toEqual([])
    expect(files.filter((file) => file.startsWith('bin/'))).toEqual(['bin/burn.js'])
  })

  test('runs its quickstart by npx, as its README says', () => {
    const env = { ...process.env, NO_COLOR: '1', CI: '' }
    const args = ['--offline', '--no', 'burn', 'run', `${EXAMPLES}/quickstart.yaml`, '--out', 'quickstart', '--allow-lag', '60s']
    const { status, stderr } = spawnSync('npx', args, { cwd: home, env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, expect.stringMatching(/attempts +[\d,]+ planned, all ok/)])
    expect(readdirSync(join(home, 'quickstart'))).toContain('result.json')
  })

  /** The lines of the Dockerfile that `burn generate --ci docker` writes, its folders replaced by those of this test. */
  test('its Dockerfile holds what works, line by line, though no image is built here', () => {
    const place = join(home, 'image')
    mkdirSync(join(place, 'opt'), { recursive: true })
    mkdirSync(join(place, 'work'))
    cpSync(join(home, EXAMPLES, 'http.yaml'), join(place, 'work', 'scenarios', 'smoke.yaml'))
    const text = burn('generate', '--ci', 'docker', '-o', '-').stdout
    const commands = text.split('\n').flatMap((line) => (line.startsWith('RUN ') ? [line.slice('RUN '.length)] : []))
    const [install = '', validate = '', folder = ''] = commands.map((line) =>
      line.replace('npm install', 'npm install --offline').replace(/&& chown .*/, ''),
    )
    const [tarball = ''] = readdirSync(home).filter((name) => name.endsWith('.tgz'))
    const PATH = `${join(place, 'opt/node_modules/.bin')}:${process.env.PATH}`
    const sh = (command: string, cwd: string, more: object) =>
      spawnSync('/bin/sh', ['-e', '-c', command], {
        cwd: join(place, cwd),
        env: { ...process.env, PATH, ...more },
        encoding: 'utf8',
      })
    expect(sh(install, 'opt', {}).stderr).toContain('says what npm installs burn from, and is not set')
    expect(sh(install, 'opt', { BURN_SOURCE: join(home, tarball) })).toMatchObject({ status: 0 })
    expect(sh(validate, 'work', {})).toMatchObject({ status: 0 })
    expect(sh(folder, 'work', {})).toMatchObject({ status: 0 })
    const [, run = '[]'] = /^CMD (.*)$/m.exec(text) ?? []
    const { status, stderr } = sh(`burn ${JSON.parse(run).join(' ')} -n 2 --allow-lag 60s`, 'work', {})
    expect([status, stderr]).toEqual([0, expect.stringContaining('6 planned, all ok')])
    expect(readdirSync(join(place, 'work', 'burn-results'))).toHaveLength(1)
  })

  test('writes a log for programs', () => {
    const { stderr } = burn('run', `${EXAMPLES}/http.yaml`, '-n', '1', '--log-format', 'json', '--out', 'logged')
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ level: expect.anything() })
  })

  test('all other commands', () => {
    for (const args of [
      ['--version'],
      ['--help'],
      ['validate', `${EXAMPLES}/sse.yaml`],
      ['plan', `${EXAMPLES}/sse.yaml`],
      ['ping', `${EXAMPLES}/sse.yaml`],
      ['generate', '--list'],
      ['generate', 'rapid-fire', '-o', 'new.yaml'],
      ['validate', 'new.yaml'],
      ['report', 'sse', '--format', 'junit'],
      ['tail', 'sse'],
      ['explain', 'E_URL'],
      ['schema'],
      ['mock', '--list'],
    ]) {
      const { status, stderr } = burn(...args)
      expect([args, status, stderr]).toEqual([args, 0, stderr])
    }
  })
})

test('npm ci without dev dependencies keeps a dist that is there, and says what is missing without', () => {
  const checkout = join(home, 'checkout')
  mkdirSync(checkout)
  for (const name of ['package.json', 'package-lock.json', 'bin', 'dist'])
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true, filter: (path) => !path.includes('.cache') })
  const ci = () => spawnSync('npm', ['ci', ...NPM], { cwd: checkout, encoding: 'utf8' })
  expect(ci().status).toBe(0)
  expect(spawnSync(process.execPath, [join(checkout, 'bin/burn.js'), '--version'], { encoding: 'utf8' }).status).toBe(0)
  rmSync(join(checkout, 'dist'), { recursive: true })
  const { status, stderr } = ci()
  expect([status, stderr]).toEqual([1, expect.stringContaining('only the dev dependencies can build')])
})
