/** The hook as pre-commit runs it: the package installed from a git checkout, its entry called with file names. Asks the npm registry. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '..', '..')
const [hook] = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8'))

describe('the manifest', () => {
  test('has what pre-commit asks for', () => {
    expect(hook).toMatchObject({ id: 'burn-validate', language: 'node', types_or: ['yaml', 'json'] })
    expect(hook.entry).toMatch(/^burn validate /)
  })

  test.each([
    ['scenarios/quickstart.yaml', true],
    ['tests/load/chat.yml', true],
    ['burn/a/b.json', true],
    ['checkout.burn.yaml', true],
    ['src/config.yaml', false],
    ['scenarios/README.md', false],
    ['scenarios/parts/support.yaml', false],
    ['scenarios/data/orders.json', false],
    ['scenarios/burn.schema.json', false],
  ])('%s: %s', (file, checked) => {
    expect(new RegExp(hook.files).test(file) && !new RegExp(hook.exclude).test(file)).toBe(checked)
  })
})

describe('installed from a git checkout', () => {
  const home = mkdtempSync(join(tmpdir(), 'burn-hook-'))

  beforeAll(() => {
    const checkout = join(home, 'checkout')
    execFileSync('git', ['clone', '--quiet', ROOT, checkout])
    mkdirSync(join(home, 'env'))
    const flags = ['--no-audit', '--no-fund', '--no-progress', '--prefix', join(home, 'env')]
    execFileSync('npm', ['install', ...flags, `git+file://${checkout}`], { cwd: home, stdio: 'pipe' })
  }, 300_000)

  afterAll(() => rmSync(home, { recursive: true, force: true }))

  /** Runs the entry as pre-commit does: with nothing of the caller's environment but the path. */
  function run(files: readonly string[], cwd: string) {
    const [program, ...flags] = hook.entry.split(' ')
    const env = { PATH: process.env.PATH, HOME: home, PRE_COMMIT: '1' }
    return spawnSync(join(home, 'env', 'node_modules', '.bin', program), [...flags, ...files], { cwd, env, encoding: 'utf8' })
  }

  test('good files pass without a word', () => {
    const files = ['quickstart', 'load-spike', 'checks', 'branches'].map((name) => `scenarios/${name}.yaml`)
    expect(run(files, ROOT)).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })

  test('a bad file fails with its place', () => {
    const good = 'name: t\ntarget: { url: "mock:" }\nsteps: [ { message: hi } ]\n'
    writeFileSync(join(home, 'good.yaml'), good)
    writeFileSync(join(home, 'bad.yaml'), `${good}lod: []\n`)
    const { status, stdout } = run(['good.yaml', 'bad.yaml'], home)
    expect(status).toBe(2)
    expect(stdout).toContain('bad.yaml:4:1: error E_UNKNOWN_KEY')
  })

  test('variables that are not set are no reason to fail', () => {
    writeFileSync(join(home, 'env.yaml'), 'name: t\ntarget: { url: "${env.NOWHERE_SET}" }\nsteps: [ { message: hi } ]\n')
    expect(run(['env.yaml'], home).status).toBe(0)
  })
})
