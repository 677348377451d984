import { describe, expect, test } from 'vitest'
import { sourcesOf } from '../../src/scenario/layers/overlay.ts'
import { BASE, check, shown } from './layers/problems.ts'

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
