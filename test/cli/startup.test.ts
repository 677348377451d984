/** What the command loads, how fast it is there, and what it says on a Node that is too old. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { COMMANDS } from '../../src/cli/start.ts'
import { drawn, shareOf } from '../support/share.ts'
import { BIN, chat, Home, mockFor, OUT, ROOT } from './harness.ts'
import { listingModules } from './preloads.ts'

/** Files of dist/ that a command loads, without the one that the starter loads; packages with their names. */
async function loadedBy(home: Home, args: readonly string[]): Promise<string[]> {
  expect((await home.burn(args, { node: listingModules(home) })).code).toBe(0)
  const names = home.read('loaded.txt').matchAll(/^file:\/\/.*?\/(?:node_modules\/((?:@[^/\n]+\/)?[^/\n]+)|dist\/(.+))/gm)
  return Array.from(names, ([, library, file]) => library ?? file ?? '').filter((name) => name !== 'start.cjs')
}

/** Modules of Node that a command loaded, such as `http2`. */
const modulesOf = (home: Home): string[] =>
  Array.from(home.read('loaded.txt').matchAll(/NativeModule (\S+)/g), ([, name = '']) => name)
const FOR_RUNS = ['_http_client', '_http_server', 'http2', '_tls_wrap', 'dns', 'crypto', 'child_process', 'worker_threads', 'tty']

describe('loads what it uses', () => {
  test('--version: nothing else', async () => {
    expect(await loadedBy(new Home(), ['--version'])).toEqual([])
  })

  test('validate: no protocol', async () => {
    const home = new Home()
    home.write('s.json', chat('http://127.0.0.1:1'))
    expect(await loadedBy(home, ['validate', 's.json'])).toEqual(['burn.cjs'])
    expect(modulesOf(home).filter((name) => FOR_RUNS.includes(name))).toEqual([])
    expect(modulesOf(home)).toContain('vm')
  })

  test('a run over HTTP: no library of a protocol', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url))
    expect(await loadedBy(home, ['run', 's.json', ...OUT])).toEqual(['burn.cjs'])
  })
})

/** `import { a } from './b.ts'` and `export …`, without what imports types alone. */
const STATIC = /^(?:import|export)\s+(?!type\b)(?:\{(?<names>[^}]*)\}|[^{}'"]*?)\s*from\s+'(?<path>\.[^']+)'/gm

/** Sources that are loaded with a file of `src`, themselves or by others, before anything of it is called. */
function loadedWith(files: readonly string[], known = new Set<string>()): Set<string> {
  for (const file of files.filter((one) => !known.has(one))) {
    known.add(file)
    const found = Array.from(readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(STATIC), ({ groups = {} }) => groups)
    const needed = found.filter(
      ({ names }) => names === undefined || names.split(',').some((name) => /^\s*(?!type )\w/.test(name)),
    )
    loadedWith(
      needed.map(({ path = '' }) => join(dirname(file), path)),
      known,
    )
  }
  return known
}

test('validate: no engine, and of results and reports only their names', () => {
  const loaded = loadedWith(['cli/main.ts', 'cli/program.ts', 'cli/validate.ts'])
  expect(loaded).toContain('scenario/schema/schema.ts')
  const heavy =
    /^(?:engine|store\/journal\/(?!level)|compare|mock\/http|report\/(?:html|console|md|junit|tables)|result\/(?:schema|suite))\b/
  expect([...loaded].filter((file) => heavy.test(file))).toEqual([])
})

test('run: no schema of results, which only a reader of stored ones needs', () => {
  const loaded = loadedWith([
    'cli/main.ts',
    'cli/program.ts',
    'cli/run/run.ts',
    'connectors/http/http1/line.ts',
    'report/json.ts',
  ])
  expect(loaded).toContain('engine/run-plan.ts')
  expect([...loaded].filter((file) => /^result\/(?:schema|suite)\b/.test(file))).toEqual([])
})

describe('compiled code', () => {
  test('has a file for every command', () => {
    expect(COMMANDS.toSorted()).toEqual(
      buildProgram({ code: 0 })
        .commands.map((command) => command.name())
        .sort(),
    )
  })

  test.each(COMMANDS)('%s is built the same alone and with all others', (name) => {
    const helpOf = (only?: string) =>
      buildProgram({ code: 0 }, only)
        .commands.find((command) => command.name() === name)
        ?.helpInformation()
    expect(helpOf(name)).toBe(helpOf())
    expect(helpOf(name)).toContain(`Usage: burn ${name}`)
  })

  const copied = (): Home => copyOf('start.cjs', 'burn.cjs')
  const kept = (home: Home, folder = 'dist/.cache') => home.files().filter((name) => name.startsWith(`${folder}/`))
  const schema = (home: Home, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [home.file('bin/burn.js'), 'schema'], {
      env: { ...process.env, HOME: home.path, XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '', ...env },
      encoding: 'utf8',
    })

  test('is kept beside the command, for each command', () => {
    const home = copied()
    const first = schema(home)
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(kept(home)).toEqual([expect.stringMatching(/^dist\/\.cache\/burn\.cjs-schema-v/)])
    expect(schema(home)).toMatchObject({ status: 0, stdout: first.stdout, stderr: '' })
  })

  test('is not kept of a run that only printed its help or was refused', () => {
    const home = copied()
    const run = (word: string) =>
      spawnSync(process.execPath, [home.file('bin/burn.js'), 'run', word], {
        env: { ...process.env, HOME: home.path, XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '' },
      }).status
    expect([run('none.yaml'), kept(home)]).toEqual([2, []])
    expect([run('--help'), kept(home)]).toEqual([0, [expect.stringContaining('-help-')]])
  })

  test('is made anew when it is damaged or that of another build', () => {
    const home = copied()
    schema(home)
    const [file = ''] = kept(home)
    const bytes = readFileSync(home.file(file))
    for (const place of shareOf([bytes.length >> 1, 0, 5])) {
      const damaged = Buffer.from(bytes)
      damaged.writeUInt8(damaged.readUInt8(place) ^ 0xff, place)
      writeFileSync(home.file(file), damaged)
      expect(schema(home)).toMatchObject({ status: 0, stderr: '' })
      expect(readFileSync(home.file(file)).equals(damaged)).toBe(false)
    }
    writeFileSync(home.file(file), '')
    expect(schema(home)).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(home.file(file)).length).toBeGreaterThan(0)
  })

  test('is not kept where the user does not want it', () => {
    const home = copied()
    schema(home, { NODE_DISABLE_COMPILE_CACHE: '1' })
    expect(kept(home)).toEqual([])
  })

  test('is kept where the user wants it', () => {
    const home = copied()
    schema(home, { NODE_COMPILE_CACHE: home.file('cache') })
    expect([kept(home), kept(home, 'cache/burn')]).toEqual([[], [expect.stringContaining('-schema-')]])
  })

  test('a folder that cannot be written changes nothing', () => {
    const home = copied()
    home.write('dist/.cache', 'no folder')
    expect(schema(home)).toMatchObject({ status: 0, stderr: '' })
  })

  test.runIf(process.getuid?.() === 0)('root leaves nothing in the folder of somebody else, but in its own', () => {
    const home = copied()
    chownSync(home.file('dist'), 12_345, 12_345)
    schema(home)
    expect([kept(home), kept(home, '.cache/token-burn').length]).toEqual([[], 0])
    home.write('.cache/other', '')
    schema(home)
    expect([kept(home), kept(home, '.cache/token-burn').length]).toEqual([[], 1])
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

describe('files of burn that are missing: one line, exit 2', () => {
  const ADDRESS = 'mqtt://127.0.0.1:1/a'
  const burn = (home: Home, args: string[]) =>
    spawnSync(process.execPath, [home.file('bin/burn.js'), ...args], { cwd: home.path, encoding: 'utf8' })

  test.each(
    shareOf([
      ['run', ADDRESS, '-n', '1', '--no-preflight', '-q'],
      ['ping', ADDRESS],
      ['run', ADDRESS, '--log-format', 'json'],
    ]),
  )('%s %s', (...args) => {
    const { status, stderr } = burn(copyOf('start.cjs', 'burn.cjs'), args)
    const lines = stderr.trimEnd().split('\n')
    expect([status, lines.filter((line) => !line.startsWith('target: '))]).toEqual([
      2,
      [expect.stringMatching(/^burn: .*run `npm ci`/)],
    ])
  })

  test.each([[], ['start.cjs']])('a command that was never built, or not whole', (...files: string[]) => {
    const { status, stderr } = burn(copyOf(...files), ['validate'])
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^burn cannot start: run `npm ci` .*\n$/)])
  })
})

/** The command with these files of dist/ only, in a folder of its own. */
function copyOf(...files: string[]): Home {
  const home = new Home()
  for (const name of ['package.json', 'bin/burn.js', ...files.map((file) => `dist/${file}`)])
    home.write(name, readFileSync(join(ROOT, name), 'utf8'))
  return home
}

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
      // Once a week, npm asks for its latest version, and says so when that is another one.
      env: { ...env, npm_config_update_notifier: 'false', PATH: `${dirname(npx)}:/usr/bin:/bin` },
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
