import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { validateFile } from '../../support/validate-file.ts'
import { BASE, shown } from './problems.ts'

/** Files in a folder of their own; the first one is the scenario. Gives its path. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'burn-overlay-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return join(folder, Object.keys(files)[0] ?? '')
}

describe('include', () => {
  test('the file lies over what it includes, later files over earlier ones', () => {
    const path = write({
      'a.yaml': 'include: [ common/one.yaml, two.json ]\nname: t\ntarget: { model: own }\n',
      'common/one.yaml': 'include: [ ../base.yaml ]\ntarget: { url: "http://127.0.0.1/1" }\ntags: { from: one }\n',
      'two.json': '{ "tags": { "from": "two" } }',
      'base.yaml': 'steps: [ { message: hi } ]\ntarget: { url: "http://127.0.0.1/0", model: base }\n',
    })
    const { scenario, problems, layers } = validateFile(path, { env: {} })
    expect(problems).toEqual([])
    expect(scenario?.target).toMatchObject({ url: 'http://127.0.0.1/1', model: 'own' })
    expect(scenario?.tags).toEqual({ from: 'two' })
    expect(layers.map(({ name }) => name)).toEqual([
      'include ../base.yaml',
      'include common/one.yaml',
      'include two.json',
      'file',
    ])
  })

  test('profiles may come from an included file, and are changed by the file', () => {
    const path = write({
      'a.yaml': `include: [ p.yaml ]\n${BASE}profiles: { p: { tags: { b: own } } }\n`,
      'p.yaml': 'profiles: { p: { tags: { a: common, b: common }, seed: 7 } }\n',
    })
    const { scenario } = validateFile(path, { env: {}, overlays: { profile: 'p' } })
    expect(scenario).toMatchObject({ seed: 7, tags: { a: 'common', b: 'own' } })
  })

  test('a mistake in an included file is shown there, after those of the scenario', () => {
    const path = write({ 'a.yaml': `include: [ b.yaml ]\n${BASE}sede: 1\n`, 'b.yaml': 'tags: { a: b }\ngracefull: 3s\n' })
    expect(validateFile(path, { env: {} }).problems.map(shown)).toEqual([
      'a.yaml:5:1 E_UNKNOWN_KEY unknown key "sede"',
      'b.yaml:2:1 E_UNKNOWN_KEY unknown key "gracefull"',
    ])
  })

  test('so is a mistake of its syntax', () => {
    const path = write({ 'a.yaml': `include: [ b.yaml ]\n${BASE}`, 'b.yaml': 'tags: { a: b\n' })
    const { problems } = validateFile(path, { env: {} })
    expect(problems.map(({ file }) => file.split('/').at(-1))).toEqual(['b.yaml'])
  })

  test.each([
    ['a file that is not there', { 'a.yaml': 'no.yaml' }, 'there is no such file'],
    ['an absolute path', { 'a.yaml': '/etc/hosts' }, 'the path must be relative to this file'],
    ['a way out', { 'a.yaml': '../../../etc/hosts' }, 'it lies outside of the folder of the scenario'],
    ['itself', { 'a.yaml': 'a.yaml' }, 'it includes this file: a circle'],
  ])('%s is refused at its line', (_, files, why) => {
    const path = write({ 'a.yaml': `${BASE}include: [ ${files['a.yaml']} ]\n` })
    const [problem, ...more] = validateFile(path, { env: {} }).problems
    expect(more).toEqual([])
    expect(problem).toMatchObject({ code: 'E_INCLUDE', line: 4, column: 12 })
    expect(problem?.message).toBe(`cannot include ${files['a.yaml']}: ${why}`)
  })

  test('a link that leads out of the folder is refused', () => {
    const outside = write({ 'secret.yaml': 'tags: { a: b }\n' })
    const path = write({ 'a.yaml': `include: [ link.yaml ]\n${BASE}` })
    symlinkSync(outside, join(dirname(path), 'link.yaml'))
    expect(validateFile(path, { env: {} }).problems.map(({ message }) => message)).toEqual([
      'cannot include link.yaml: it lies outside of the folder of the scenario',
    ])
  })

  test('a circle over several files is refused in the file that closes it', () => {
    const path = write({
      'a.yaml': `include: [ b.yaml ]\n${BASE}`,
      'b.yaml': 'include: [ c.yaml ]\n',
      'c.yaml': 'include: [ a.yaml ]\n',
    })
    expect(validateFile(path, { env: {} }).problems.map(shown)).toEqual([
      'c.yaml:1:12 E_INCLUDE cannot include a.yaml: it includes this file: a circle',
    ])
  })

  test('depth and number are bounded', () => {
    const chain = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`c${i}.yaml`, `include: [ c${i + 1}.yaml ]\n`]))
    const deep = write({ 'a.yaml': `include: [ c0.yaml ]\n${BASE}`, ...chain, 'c8.yaml': 'seed: 1\n' })
    expect(validateFile(deep, { env: {} }).problems.map(({ message }) => message)).toEqual([
      'cannot include c5.yaml: includes are nested deeper than 5',
    ])
    const twice = 'include: [ x.yaml, x.yaml, x.yaml, x.yaml, x.yaml, x.yaml, x.yaml, x.yaml, x.yaml, x.yaml ]\n'
    const wide = write({
      'a.yaml': `include: [ b.yaml, b.yaml, b.yaml ]\n${BASE}`,
      'b.yaml': twice,
      'x.yaml': 'seed: 1\n',
    })
    expect(validateFile(wide, { env: {} }).problems[0]?.message).toMatch(/more than 20 files/)
  })
})
