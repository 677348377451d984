/** What the command loads, how fast it is there, and what it says on a Node that is too old. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawn, shareOf } from '../support/share.ts'
import { BIN, chat, Home, mockFor, OUT, ROOT } from './harness.ts'
import { lacking, listingModules } from './preloads.ts'

/** Packages that only some runs need. */
const HEAVY = [
  'undici',
  'ws',
  'mqtt',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  'eventsource',
  'pino',
  'jose',
  'csv-parse',
  '@clack/prompts',
]

async function packagesOf(home: Home, args: readonly string[]): Promise<string[]> {
  expect((await home.burn(args, { node: listingModules(home) })).code).toBe(0)
  const loaded = home.read('loaded.txt').matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/(?!.*\/node_modules\/)/g)
  return [...new Set(Array.from(loaded, ([, name = '']) => name))].sort()
}

describe('loads what it uses', () => {
  test('--version: no package at all', async () => {
    const home = new Home()
    expect((await packagesOf(home, ['--version'])).filter((name) => name !== 'chalk')).toEqual([])
  })

  test('validate: no protocol', async () => {
    const home = new Home()
    home.write('s.json', chat('http://127.0.0.1:1'))
    const packages = await packagesOf(home, ['validate', 's.json'])
    expect(packages.filter((name) => HEAVY.includes(name))).toEqual([])
    const loaded = home.read('loaded.txt').split('\n')
    expect(loaded.filter((name) => ['node:http', 'node:http2', 'node:tls'].includes(name))).toEqual([])
    expect(loaded.length).toBeLessThan(100)
  })

  test('a run over HTTP: no library of a protocol', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url))
    const packages = await packagesOf(home, ['run', 's.json', ...OUT])
    expect(packages.filter((name) => HEAVY.includes(name))).toEqual([])
  })
})

describe('compiled code', () => {
  /** The starter beside a command that does nothing. */
  function copied(): Home {
    const home = new Home()
    home.write('package.json', '{ "type": "module" }')
    home.write('bin/burn.js', readFileSync(BIN, 'utf8'))
    home.write('dist/main.js', 'export const start = () => {}')
    return home
  }
  const kept = (home: Home) => home.files().filter((name) => name.startsWith('dist/.cache/')).length

  test('is kept beside the command', () => {
    const home = copied()
    execFileSync(process.execPath, [home.file('bin/burn.js')])
    expect(kept(home)).toBeGreaterThan(0)
  })

  test('is not kept where the user does not want it', () => {
    const home = copied()
    execFileSync(process.execPath, [home.file('bin/burn.js')], { env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } })
    expect(kept(home)).toBe(0)
  })

  test.runIf(process.getuid?.() === 0)('root leaves nothing in the folder of somebody else', () => {
    const home = copied()
    chownSync(home.file('dist'), 12_345, 12_345)
    execFileSync(process.execPath, [home.file('bin/burn.js')])
    expect(kept(home)).toBe(0)
  })
})

test('burn --version takes little more than Node itself', () => {
  const time = (args: string[]) => {
    const at = performance.now()
    execFileSync(process.execPath, args)
    return performance.now() - at
  }
  const rounds = Array.from({ length: drawn(25) }, () => [time(['-e', '0']), time([BIN, '--version'])] as const)
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
  const ratio = median(rounds.map(([, burn]) => burn)) / median(rounds.map(([node]) => node))
  console.log(`burn --version takes ${ratio.toFixed(2)} times as long as node -e 0`)
  expect(ratio).toBeLessThan(6)
})

describe('packages that are not those burn needs: one line, exit 2', () => {
  const ADDRESS = 'mqtt://127.0.0.1:1/a'
  const UNDICI =
    'name: a\ntarget: { url: "http://127.0.0.1:1/", http: { client: undici } }\nload: [{ users: 1, iterations: 1 }]\nsteps: [{ request: {} }]\n'

  const packages: [name: string, why: 'old' | 'missing', args: string[]][] = [
    ['undici', 'old', ['run', 'undici.yaml', '--no-preflight', '-q']],
    ['mqtt', 'missing', ['run', ADDRESS, '-n', '1', '--no-preflight', '-q']],
    ['mqtt', 'missing', ['ping', ADDRESS]],
    ['pino', 'missing', ['run', ADDRESS, '--log-format', 'json']],
  ]

  test.each(shareOf(packages))('%s %s: %j', async (name, why, args) => {
    const home = new Home()
    home.write('undici.yaml', UNDICI)
    const { code, stderr } = await home.burn(args, { node: lacking(home, name, why) })
    expect([
      code,
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith('target: ')),
    ]).toEqual([2, [expect.stringMatching(/^burn: .*run `npm ci`/)]])
  })

  test('a command that was never built', async () => {
    const home = new Home()
    home.write('package.json', { type: 'module' })
    home.write('bin/burn.js', readFileSync(BIN, 'utf8'))
    const { status, stderr } = spawnSync(process.execPath, [home.file('bin/burn.js'), 'validate'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^burn cannot start: run `npm ci` .*\n$/)])
  })
})

test('prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const flag of ['--version', '-V'])
    expect(await new Home().burn([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('a Node that is too old', () => {
  test.each(['20.20.2', '22.18.0', '18.0.0'])('%s: one line, exit 2', async (version) => {
    const home = new Home()
    const text = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
    const { code, stdout, stderr } = await home.burn(['--version'], {
      node: ['--import', `./${home.write('preload.mjs', text)}`],
    })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      `burn needs Node 22.19 or newer, this is ${version}. Get one from https://nodejs.org; for a single command: npx --yes --package node@24 -- burn …\n`,
    )
  })

  test('the oldest that will do', async () => {
    const home = new Home()
    const text = "Object.defineProperty(process.versions, 'node', { value: '22.19.0' })"
    const { code } = await home.burn(['--version'], { node: ['--import', `./${home.write('preload.mjs', text)}`] })
    expect(code).toBe(0)
  })

  const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => Number(versionOf(path).split('.')[0]) < 22)
  test.skipIf(old === undefined)('the one of this machine', async () => {
    const { code, stderr } = await new Home().burn(['run'], { program: old ?? '' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^burn needs Node 22\.19 or newer, this is [\d.]+\. [^\n]+\n$/)
  })

  const npx = old === undefined ? '' : join(dirname(old), 'npx')
  test.skipIf(!existsSync(npx))('npx of this machine in the checkout: nothing but what burn says', () => {
    // npm of the test run hands its own level on.
    const { npm_config_loglevel: _level, ...env } = process.env
    const { stdout, stderr } = spawnSync(npx, ['burn', '--version'], {
      cwd: ROOT,
      env: { ...env, PATH: `${dirname(npx)}:/usr/bin:/bin` },
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

/** `99` where there is none. */
function versionOf(path: string): string {
  try {
    return execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return '99'
  }
}
