/** `burn.config.yaml`: defaults for flags, weaker than anything else that is said. */
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configSchema } from '../../../src/cli/defaults/schema.ts'
import { schemaText } from '../../../src/cli/schema.ts'
import { fine } from '../../report/results.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

const CONFIG = 'burn.config.yaml'

/** The lines of `--show-config` that say where values came from. */
async function shown(home: Home, args: readonly string[], env: Record<string, string> = {}): Promise<string[]> {
  const { stdout, stderr, code } = await home.call(['run', ...args, '--show-config'], { env })
  expect(code, stderr).toBe(0)
  return stdout.split('\n').filter((line) => line.startsWith('#'))
}

describe('precedence', () => {
  const home = () => {
    const made = new Home()
    made.write(
      CONFIG,
      'profile: quick\nreport: [md, csv]\nlog: all\nthresholds: [errors ratio < 7%]\ngraceful: 9s\nallow: ["*.a.com"]\n',
    )
    made.write('s.json', chat('http://127.0.0.1:1', { profiles: { mine: { graceful: '2s' } } }))
    made.write('own.json', chat('http://127.0.0.1:1', { thresholds: ['errors ratio < 1%'], graceful: '1s' }))
    return made
  }

  test('the configuration alone', async () => {
    expect(await shown(home(), ['s.json'])).toEqual(
      expect.arrayContaining([
        '# --profile quick: burn.config.yaml',
        '# --report md,csv: burn.config.yaml',
        '# --log all: burn.config.yaml',
        '# --allow *.a.com: burn.config.yaml',
        '# thresholds: burn.config.yaml',
        '# graceful: burn.config.yaml',
      ]),
    )
  })

  test('then the scenario file, then its profile, then BURN_ variables, then flags', async () => {
    const made = home()
    const ofFile = await shown(made, ['own.json'])
    expect(ofFile).toEqual(expect.arrayContaining(['# thresholds: own.json', '# graceful: own.json']))
    const config = parse((await made.call(['run', 'own.json', '--show-config'])).stdout)
    expect(config).toMatchObject({ graceful: '1s', thresholds: ['errors ratio < 1%'] })
    const ofProfile = await shown(made, ['s.json', '--profile', 'mine'])
    expect(ofProfile).toEqual(expect.arrayContaining(['# --profile mine: flag --profile', '# graceful: profile mine']))
    const env = { BURN_LOG: 'none', BURN_REPORT: 'junit', BURN_PROFILE: 'mine', BURN_GRACEFUL: '4' }
    const ofVariables = await shown(made, ['s.json'], env)
    expect(ofVariables).toEqual(
      expect.arrayContaining([
        '# --log none: env BURN_LOG',
        '# --profile mine: env BURN_PROFILE',
        '# graceful: env BURN_GRACEFUL, then profile mine',
      ]),
    )
    const ofFlags = await shown(made, ['s.json', '--log', 'errors', '--graceful', '5'], env)
    expect(ofFlags).toEqual(expect.arrayContaining(['# --log errors: flag --log', '# --report junit: env BURN_REPORT']))
    expect(ofFlags.some((line) => line.startsWith('# graceful: flag --graceful'))).toBe(true)
  })

  test('-t adds to the thresholds of the configuration, as to those of a file', async () => {
    const { stdout } = await home().call(['run', 's.json', '-t', 'ttft p95 < 1s', '--show-config'])
    expect(parse(stdout).thresholds).toEqual(['errors ratio < 7%', 'ttft p95 < 1s'])
  })
})

test.each([
  ['run', 's.json', 'burn: there is no profile "quikc", which burn.config.yaml:1:10 asks for\n  hint: did you mean quick?'],
  [
    'validate',
    's.json',
    'burn.config.yaml:1:10: error E_OVERLAY s.json: there is no profile "quikc"\n  1 | profile: quikc\n    |          ^^^^^\n  hint: did you mean quick?',
  ],
])('a profile that is not there is put down to it: burn %s', async (command, file, told) => {
  const made = new Home()
  made.write(CONFIG, 'profile: quikc\n')
  made.write('s.json', chat('http://127.0.0.1:1'))
  const { code, stdout, stderr } = await made.call([command, file])
  expect(code).toBe(2)
  expect(stdout + stderr).toContain(told)
  const byFlag = await made.call([command, file, '--profile', 'quikc'])
  expect(byFlag.stdout + byFlag.stderr).not.toMatch(/asks for|burn\.config/)
})

test('runs go into its folder, and all commands find them there; paths start where it lies', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write(CONFIG, 'out: results\nallowLag: 60s\nvarsFile: my.env\nreport: md\nlog: all\n')
  home.write('my.env', 'GREETING=Good-morning\n')
  home.write('s.json', chat(mock.url, { steps: [{ message: '${env.GREETING}' }] }))
  expect((await home.call(['run', 's.json'])).code).toBe(0)
  const [folder = ''] = home
    .files()
    .map((name) => /^results\/cli-test-[^/]+/.exec(name)?.[0] ?? '')
    .filter(Boolean)
  expect(home.files()).toContain(`${folder}/report.md`)
  expect(home.read(`${folder}/sessions.jsonl`)).toContain('Good-morning')
  expect(JSON.parse((await home.call(['runs', '--json'])).stdout)).toMatchObject([{ folder }])
  expect((await home.call(['tail', 'cli-test', '-n', 'all'])).stdout).toContain('Good-morning')
  expect((await home.call(['runs', 'rm', 'cli-test', '-y'])).stderr).toBe('removed 1 run\n')
  expect((await home.call(['run', 's.json', ...OUT])).code).toBe(0)
  expect(home.result().verdict).toBe('passed')
})

test('absolute paths are as they are, and links lead nowhere else', async () => {
  const [home, other] = [new Home(), new Home()]
  home.write('s.json', chat((await mockFor()).url))
  home.write(CONFIG, `out: ${other.path}/results\nallowLag: 60s\nsecretsDir: /run/secrets/app\nvarsFile: ${home.path}/my.env\n`)
  home.write('my.env', 'GREETING=Good-morning\n')
  const { code, stderr } = await home.call(['run', 's.json'])
  expect(code, stderr).toBe(0)
  expect(other.files().some((name) => name.startsWith('results/cli-test-'))).toBe(true)
  expect(home.files()).toEqual([CONFIG, 'my.env', 's.json'])
  symlinkSync(other.path, join(home.path, 'secrets'))
  home.write(CONFIG, 'secretsDir: secrets\n')
  const refused = await home.call(['run', 's.json', ...OUT])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('secrets lies outside of the folder')])
})

test('retention is the age of burn runs rm, which still has to be told to', async () => {
  const home = new Home()
  home.write(CONFIG, 'retention: 30d\n')
  const day = 24 * 60 * 60 * 1000
  for (const [name, age] of [
    ['old', 31],
    ['new', 29],
  ] as const)
    home.write(`burn-results/${name}/result.json`, { ...fine, startTime: Date.now() - age * day })
  expect((await home.burn(['runs', 'rm'])).code).toBe(2)
  expect((await home.call(['runs', 'rm', '-y'])).code).toBe(0)
  expect(home.files()).toEqual(['burn-results/new/result.json', CONFIG])
})

describe('problems have their place', () => {
  test.each([
    ['repot: md\n', `${CONFIG}:1:1: error E_UNKNOWN_KEY`, 'did you mean report?'],
    ['log: al\n', `${CONFIG}:1:6: error`, 'unknown log level "al"; expected all, errors, none or sample:SHARE'],
    ['report: xls\n', `${CONFIG}:1:9: error`, 'there is no such format; one of '],
    ['maxErrorRate: 500%\n', `${CONFIG}:1:15: error`, 'expected a share from 0 to 100%'],
    ['maxErrorRate: few\n', `${CONFIG}:1:15: error`, 'expected a share from 0 to 100%'],
    ['retention: 30\n', `${CONFIG}:1:12: error`, 'expected an age such as 30d'],
    ['report: [md, pdf]\n', `${CONFIG}:1:14: error`, 'pdf'],
    ['allow: ["https://a.com"]\n', `${CONFIG}:1:9: error`, 'expected a host'],
    ['retention: soon\n', `${CONFIG}:1:12: error`, 'expected an age such as 30d'],
    ['thresholds: [nonsense < 1]\n', `${CONFIG}:1:14: error E_THRESHOLD`, ''],
    ['thresholds: { length: {} }\n', `${CONFIG}:1:13: error E_TYPE`, 'expected a list, got a map'],
    ['out: [\n', `${CONFIG}:`, 'E_SYNTAX'],
    ['prices: ../prices.yaml\n', `${CONFIG}:1:9: error E_FILE`, 'for whoever runs burn to say: --prices ../prices.yaml'],
    ['varsFile: [.env, /etc/passwd]\n', `${CONFIG}:1:18: error E_FILE`, '/etc/passwd lies outside of the folder'],
    ['secretsDir: ..\n', `${CONFIG}:1:13: error E_FILE`, '--secrets-dir ..'],
    ['secretsDir: /run/secrets/../../etc\n', `${CONFIG}:1:13: error E_FILE`, 'lies outside'],
  ])('%j', async (text, place, words) => {
    const home = new Home()
    home.write(CONFIG, text)
    const file = home.write('s.json', chat('http://127.0.0.1:1'))
    const run = await home.call(['run', file, ...OUT])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(place)
    expect(run.stderr).toContain(words)
    const validated = await home.call(['validate', CONFIG])
    expect(`${validated.code} ${validated.stdout}${validated.stderr}`).toMatch(/^2 /)
    expect((await home.call(['explain', 'E_URL'])).code).toBe(0)
  })
})

test('burn validate looks for the files that it names; an empty one is fine', async () => {
  const home = new Home()
  home.write(CONFIG, 'prices: p.yaml\nvarsFile: [a.env, b.env]\nmaxErrorRate: 0.5%\n')
  home.write('a.env', 'A=1\n')
  const { code, stdout } = await home.call(['validate', CONFIG])
  expect(code).toBe(2)
  expect(stdout).toContain(`${CONFIG}:1:9: error E_FILE p.yaml is not there`)
  expect(stdout).toContain(`${CONFIG}:2:19: error E_FILE b.env is not there`)
  expect(stdout).not.toContain('a.env is')
  home.write(CONFIG, '')
  expect((await home.call(['validate', CONFIG])).code).toBe(0)
})

test('the JSON Schema accepts what burn accepts; the README names every key', async () => {
  const home = new Home()
  const fits = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true }).compile(JSON.parse(schemaText('config')))
  expect(
    fits({ out: 'x', report: ['md'], log: 'all', allow: ['a.com'], thresholds: ['errors ratio < 1%'], retention: '30d' }),
  ).toBe(true)
  expect(fits({ repot: 'md' })).toBe(false)
  expect(JSON.parse((await home.call(['schema', 'config'])).stdout).title).toBe('burn configuration')
  const readme = (await import('node:fs')).readFileSync('README.md', 'utf8')
  const documented = Array.from(
    readme
      .split('## Defaults of your own')[1]
      ?.split('```')[1]
      ?.matchAll(/^([a-zA-Z]+):/gm) ?? [],
    ([, key]) => key,
  )
  expect(documented.sort()).toEqual(Object.keys(configSchema.shape).sort())
  for (const name of ['prices.yaml', '.env']) home.write(name, '')
  writeFileSync(home.file(CONFIG), /```yaml\n([\s\S]*?)```/.exec(readme.split('## Defaults of your own')[1] ?? '')?.[1] ?? '?')
  expect((await home.call(['validate', CONFIG])).code).toBe(0)
})
