import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/errors.ts'
import { mergeValues } from '../../src/scenario/layers/layers.ts'
import { sourcesOf } from '../../src/scenario/layers/overlay.ts'
import { builtInProfiles } from '../../src/scenario/layers/profiles.ts'
import { type ValidateOptions, validateScenario } from '../../src/scenario/validate.ts'
import { validateFile } from '../support/validate-file.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Files in a folder of their own; the first one is the scenario. Gives its path. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'burn-overlay-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return join(folder, Object.keys(files)[0] ?? '')
}

const BASE = 'name: t\ntarget: { url: "http://127.0.0.1/a", model: small }\nsteps: [ { message: hi } ]\n'
const check = (text: string, options: ValidateOptions = {}) => validateScenario(text, 'a.yaml', { env: {}, ...options })
const shown = ({ file, line, column, code, message }: Problem) => `${file.split('/').at(-1)}:${line}:${column} ${code} ${message}`

describe('merging', () => {
  test.each([
    ['maps merge, key by key', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['a list replaces', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    ['a value replaces a map', { a: { b: 1 } }, { a: 'x' }, { a: 'x' }],
    ['a map replaces a value', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['null is a value', { a: 1 }, { a: null }, { a: null }],
    [
      'of another type nothing stays',
      { auth: { type: 'bearer', token: 't' } },
      { auth: { type: 'none' } },
      { auth: { type: 'none' } },
    ],
    [
      'of the same type the rest stays',
      { auth: { type: 'bearer', token: 't' } },
      { auth: { type: 'bearer' } },
      { auth: { type: 'bearer', token: 't' } },
    ],
  ])('%s', (_, under, over, expected) => {
    expect(mergeValues(under, over)).toEqual(expected)
  })

  test('shares nothing with what it was made of', () => {
    const under = { a: [{ b: 1 }] }
    const merged = mergeValues(under, { c: 1 }) as typeof under
    if (merged.a[0]) merged.a[0].b = 2
    expect(under).toEqual({ a: [{ b: 1 }] })
  })
})

describe('profiles and environments', () => {
  const text = `${BASE}profiles:
  night: { load: [ { users: 3, for: 5s } ], target: { model: large } }
environments:
  prod: { target: { url: "http://127.0.0.1/b", model: medium }, tags: { env: prod } }
`
  test('an environment lies over the file, a profile over both', () => {
    const { scenario, problems } = check(text, { overlays: { profile: 'night', environment: 'prod' } })
    expect(problems).toEqual([])
    expect(scenario?.target).toMatchObject({ url: 'http://127.0.0.1/b', model: 'large' })
    expect(scenario?.load).toMatchObject([{ shape: 'constant-vus', fields: { users: 3, for: 5000 } }])
    expect(scenario?.tags).toEqual({ env: 'prod' })
    expect(scenario).not.toHaveProperty('profiles')
  })

  test('nothing of them counts unless asked for', () => {
    const { scenario } = check(text, { overlays: {} })
    expect(scenario?.target).toMatchObject({ url: 'http://127.0.0.1/a', model: 'small' })
    expect(scenario?.load).toBeUndefined()
  })

  test('every key knows its sources', () => {
    const { layers, overrides } = check(text, { overlays: { profile: 'night', environment: 'prod' } })
    expect(Object.fromEntries(sourcesOf(layers, overrides))).toMatchObject({
      load: ['profile night'],
      target: ['profile night', 'environment prod', 'file'],
      tags: ['environment prod'],
      steps: ['file'],
    })
  })

  test('a flag lies over a profile, and sees what the profile made', () => {
    let seen: unknown
    const { scenario } = check(text, {
      overlays: { profile: 'night' },
      override: (value) => {
        seen = (value as { load: unknown }).load
        return [{ path: ['target', 'model'], value: 'huge', source: 'flag --model' }]
      },
    })
    expect(seen).toEqual([{ users: 3, for: '5s' }])
    expect(scenario?.target?.model).toBe('huge')
  })

  test('a mistake in an overlay is shown in the overlay', () => {
    const broken = `${BASE}profiles:\n  night:\n    load: [ { users: 3, for: 5s, rampp: 1s } ]\n`
    expect(check(broken, { overlays: { profile: 'night' } }).problems.map(shown)).toEqual([
      'a.yaml:6:34 E_UNKNOWN_KEY unknown key "rampp" in load.0',
    ])
    expect(check(broken, { overlays: {} }).problems).toEqual([])
  })

  test('a mistake in the file is shown in the file, whatever lies over it', () => {
    const broken = text.replace('model: small', 'model: small, modle: x')
    expect(check(broken, { overlays: { profile: 'night', environment: 'prod' } }).problems.map(shown)).toEqual([
      'a.yaml:2:52 E_UNKNOWN_KEY unknown key "modle" in target',
    ])
  })

  test('what is missing is missed in the file', () => {
    const broken = text.replace('name: t\n', '')
    expect(check(broken, { overlays: { profile: 'night' } }).problems.map(shown)).toEqual([
      'a.yaml:1:1 E_MISSING_KEY missing key "name"',
    ])
  })

  test('validation without a choice looks at every overlay, and tells each problem once', () => {
    const broken = `${BASE}tags: { n: 1 }\nprofiles:\n  a: { graceful: 5 }\n  b: { seed: [] }\nenvironments:\n  c: { vars: 1 }\n`
    const { problems, scenario } = check(broken)
    expect(scenario).toBeUndefined()
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [4, 'E_TYPE'],
      [6, 'E_UNIT'],
      [7, 'E_TYPE'],
      [9, 'E_TYPE'],
    ])
  })

  test.each([
    ['--profile', { profile: 'nigth' }, 'there is no profile "nigth"', /did you mean night\? profiles: night, smoke, quick/],
    ['--environment', { environment: 'prd' }, 'there is no environment "prd"', /did you mean prod\?/],
  ])('%s with a name that is none', (_, overlays, message, hint) => {
    expect(() => check(text, { overlays })).toThrow(expect.objectContaining({ message, hint: expect.stringMatching(hint) }))
  })

  test('a file without environments says so', () => {
    expect(() => check(BASE, { overlays: { environment: 'x' } })).toThrow('--environment x: the scenario has no environments')
  })

  test('more overlays than can be checked are refused', () => {
    const many = Array.from({ length: 31 }, (_, i) => `  p${i}: {}`).join('\n')
    expect(check(`${BASE}profiles:\n${many}\n`).problems.map(({ message }) => message)).toEqual(['at most 30 of them'])
  })
})

describe('built-in profiles', () => {
  test.each(Object.keys(builtInProfiles))('%s fits every scenario', (profile) => {
    const { scenario, problems } = check(`${BASE}load: [ { rate: 1/s, for: 1s } ]\n`, { overlays: { profile } })
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(scenario?.load?.length).toBe(builtInProfiles[profile]?.load.length)
  })

  test.each([
    ['quick', 10, 30],
    ['medium', 50, 120],
    ['heavy', 100, 300],
    ['extreme', 200, 300],
    ['smoke', 5, 30],
    ['spike', 50, 100],
    ['rampup', 50, 150],
    ['soak', 20, 86_400],
    ['capacity-100', 100, 120],
    ['timeout', 10, 30],
  ])('%s: %i users at most, %i s', (profile, users, seconds) => {
    const load = check(BASE, { overlays: { profile } }).scenario?.load ?? []
    const number = (key: string) => load.map(({ fields }) => Number(fields[key]))
    expect(Math.max(...number('users'))).toBe(users)
    expect(number('for').reduce((sum, ms) => sum + ms, 0)).toBe(seconds * 1000)
  })

  test('thresholds of a profile stand beside those of the file', () => {
    const { scenario } = check(`${BASE}thresholds: [ ttft p95 < 1s ]\n`, { overlays: { profile: 'capacity-100' } })
    expect(scenario?.thresholds?.map(({ text }) => text)).toEqual([
      'ttft p95 < 1s',
      'response_time p95 < 10s',
      'errors ratio < 1%',
    ])
  })

  test.each([
    ['target: { url: "http://a.test/chat", timeouts: { connect: 7s, total: 1h } }', ['target']],
    ['targets: { a: { url: "http://a.test/chat", timeouts: { connect: 7s } }, b: { url: "ws://b.test/" } }', ['a', 'b']],
  ])('the profile timeout sets the deadlines of every target: %s', (targets, names) => {
    const { scenario, problems } = check(`name: t\n${targets}\nsteps: [ { message: hi } ]\n`, {
      overlays: { profile: 'timeout' },
    })
    expect(problems).toEqual([])
    const found = names.map((name) => (name === 'target' ? scenario?.target : scenario?.targets?.[name])?.timeouts)
    for (const timeouts of found) expect(timeouts).toMatchObject({ firstToken: 1000, idle: 500, total: 3000 })
    expect(found[0]?.connect).toBe(7000)
    expect(scenario?.thresholds).toMatchObject([{ text: 'timeouts count >= 1', severity: 'warn' }])
  })

  test('the profile of the file wins over one of the same name', () => {
    const { scenario } = check(`${BASE}profiles: { quick: { load: [ { users: 1, for: 1s } ] } }\n`, {
      overlays: { profile: 'quick' },
    })
    expect(scenario?.load).toMatchObject([{ fields: { users: 1 } }])
  })
})

describe('variables', () => {
  const text = `${BASE}environments:\n  a: { target: { auth: { type: bearer, token: "\${env.A_TOKEN}" } } }\n  b: { graceful: "\${env.B_TIME}", load: [ { users: "\${env.USERS}", for: 1s } ] }\n`

  test('the keys of one environment are not asked for in another', () => {
    expect(check(text, { overlays: {} }).problems).toEqual([])
    const { problems, scenario } = check(text, { env: { B_TIME: '3s', USERS: '4' }, overlays: { environment: 'b' } })
    expect(problems).toEqual([])
    expect(scenario?.graceful).toBe(3000)
    expect(scenario?.load).toMatchObject([{ fields: { users: 4 } }])
  })

  test('nor when the file is checked with each of them in turn', () => {
    expect(check(text).problems).toEqual([])
    expect(check(`${text}  c: { graceful: "${'$'}{env.X}", sede: 1 }\n`).problems.map(shown)).toEqual([
      'a.yaml:7:30 E_UNKNOWN_KEY unknown key "sede"',
    ])
  })

  test('those of the chosen one are', () => {
    expect(check(text, { overlays: { environment: 'a' } }).problems.map(shown)).toEqual([
      'a.yaml:5:48 E_ENV_UNSET environment variable A_TOKEN is not set',
    ])
  })
})

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
