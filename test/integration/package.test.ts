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

/**
 * Does what a Dockerfile says: COPY and RUN of each stage, in a folder that stands for its file system. Returns the line that failed, what it said, and a shell in the
 * last stage. Nobody else's files are given away (`chown`), and npm asks no registry.
 */
function build(text: string, context: string, args: Record<string, string>) {
  const stages = new Map<string, string>()
  let [root, cwd, path, stderr] = ['', '/', '', '']
  const sh = (command: string) =>
    spawnSync('/bin/sh', ['-e', '-c', command], {
      cwd: join(root, cwd),
      env: { ...process.env, ...args, PATH: `${path}:${process.env.PATH}` },
      encoding: 'utf8',
    })
  const copy = (words: readonly string[]) => {
    const from = words[0]?.startsWith('--from=') ? stages.get(words[0].slice('--from='.length)) : undefined
    const [source = '', target = ''] = from === undefined ? words : words.slice(1)
    cpSync(join(from ?? context, source), join(root, target.startsWith('/') ? target : join(cwd, target)), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
  for (const line of text.split('\n')) {
    const [, keyword, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    const words = rest.split(' ')
    if (keyword === 'FROM') {
      root = mkdtempSync(join(home, 'stage-'))
      stages.set(words[2] ?? '', root)
      cwd = '/'
    }
    if (keyword === 'WORKDIR') mkdirSync(join(root, rest), { recursive: true })
    if (keyword === 'WORKDIR') cwd = rest
    if (keyword === 'ENV') path = join(root, /PATH=([^:]+):/.exec(rest)?.[1] ?? '')
    if (keyword === 'COPY') copy(words)
    if (keyword !== 'RUN') continue
    const ran = sh(rest.replace('npm install', 'npm install --offline').replace(/&& chown .*/, ''))
    stderr = ran.status === 0 ? '' : ran.stderr
    if (ran.status !== 0) return { failed: line, stderr, root, sh }
  }
  return { failed: undefined, stderr, root, sh }
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

  /** The stages of the Dockerfile that `burn generate --ci docker` writes, each in a folder of its own: what is not copied is not there. */
  test('its Dockerfile holds what works, line by line, though no image is built here', () => {
    const context = join(home, 'context')
    cpSync(join(home, EXAMPLES, 'http.yaml'), join(context, 'scenarios', 'smoke.yaml'))
    const text = burn('generate', '--ci', 'docker', '-o', '-').stdout
    const [tarball = ''] = readdirSync(home).filter((name) => name.endsWith('.tgz'))
    expect(build(text, context, {}).stderr).toContain('says what npm installs burn from, and is not set')
    const { stderr, failed, root, sh } = build(text, context, { BURN_SOURCE: join(home, tarball) })
    expect([failed, stderr]).toEqual([undefined, ''])
    const [, run = '[]'] = /^CMD (.*)$/m.exec(text) ?? []
    const ran = sh(`burn ${JSON.parse(run).join(' ')} -n 2 --allow-lag 60s`)
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('6 planned, all ok')])
    expect(readdirSync(join(root, 'work', 'burn-results'))).toHaveLength(1)
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
