import { expect, test } from 'vitest'
import { validateScenario } from '../../src/scenario/validate.ts'

const text = `name: t
target: { url: http://127.0.0.1/ }
load: [ { users: 5, for: 10s } ]
steps: [ { message: hi } ]
`

test('a value in place of one of the file is checked like one of the file', () => {
  const override = () => [{ path: ['load', 0, 'users'], value: 7, source: 'flag --users' }]
  expect(validateScenario(text, 'a.yaml', { override }).scenario?.load?.[0]?.fields.users).toBe(7)
})

test('a flag can add what the file lacks', () => {
  const file = 'name: t\ntarget: {}\nsteps: [ { message: hi } ]\n'
  expect(validateScenario(file, 'a.yaml').problems.map(({ code }) => code)).toEqual(['E_TARGET'])
  const override = () => [
    { path: ['target', 'url'], value: 'http://127.0.0.1/', source: 'flag -e' },
    { path: ['target', 'timeouts', 'total'], value: '5s', source: 'flag --set' },
  ]
  expect(validateScenario(file, 'a.yaml', { override }).scenario?.target).toMatchObject({ timeouts: { total: 5000 } })
})

test('a problem of a flag names the flag and shows no line of the file', () => {
  const override = () => [{ path: ['load', 0, 'for'], value: 10, source: 'flag --duration' }]
  expect(validateScenario(text, 'a.yaml', { override }).problems).toMatchObject([
    { code: 'E_UNIT', message: expect.stringMatching(/^flag --duration: expected a duration/), frame: '' },
  ])
})

test('the override is given the plain data of the file', () => {
  let seen: unknown
  validateScenario(text, 'a.yaml', {
    override: (value) => {
      seen = structuredClone(value)
      return []
    },
  })
  expect(seen).toEqual({
    name: 't',
    target: { url: 'http://127.0.0.1/' },
    load: [{ users: 5, for: '10s' }],
    steps: [{ message: 'hi' }],
  })
})

test.each(['__proto__', 'constructor'])('an override of %s reaches no prototype', (key) => {
  const override = () => [{ path: [key, 'polluted'], value: true, source: 'flag --set' }]
  const { problems } = validateScenario(text, 'a.yaml', { override })
  expect(problems.map(({ code }) => code)).toEqual(['E_UNKNOWN_KEY'])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test('problems come in the order of the file, with errors and warnings mixed', () => {
  const file = `${text.replace('users: 5', 'users: 5000')}thresholds: [ "tfft p95 < 1s" ]\nfoo: 1\n`
  expect(validateScenario(file, 'a.yaml').problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'W_MANY_USERS'],
    [5, 'E_THRESHOLD'],
    [6, 'E_UNKNOWN_KEY'],
  ])
  const fitting = file.replace('foo: 1\n', '').replace('tfft', 'ttft{step=x}')
  expect(validateScenario(fitting, 'a.yaml').problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'W_MANY_USERS'],
    [5, 'E_THRESHOLD'],
  ])
})

test('warnings do not stand in the way of a run', () => {
  const { scenario, problems } = validateScenario(text.replace('users: 5', 'users: 5000'), 'a.yaml')
  expect(problems.map(({ severity }) => severity)).toEqual(['warning'])
  expect(scenario).toBeDefined()
})

test('the plain data comes without defaults and with references resolved', () => {
  const { value } = validateScenario(text.replace('name: t', 'name: ${env.NAME}'), 'a.yaml', { env: { NAME: 'named' } })
  expect(value).toEqual({
    name: 'named',
    target: { url: 'http://127.0.0.1/' },
    load: [{ users: 5, for: '10s' }],
    steps: [{ message: 'hi' }],
  })
})

test('a step with a key that does not fit is checked all the same', () => {
  const steps = [
    { message: 'hi', nmae: 'a', capture: { a: '$.[', b: 'no source' }, expect: [{ expression: 'replly.ok', statsu: 1 }] },
    { if: 'reply.ok ==', then: [{ message: '{{nobody}}', timeouts: { total: 5 } }], esle: [] },
  ]
  const { problems } = validateScenario(JSON.stringify({ name: 't', target: { url: 'http://127.0.0.1/' }, steps }), 'a.json')
  expect(problems.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
    'E_EXPRESSION steps.1.if',
    'E_JSONPATH steps.0.capture.a',
    'E_UNIT steps.1.then.0.timeouts.total',
    'E_UNKNOWN_KEY steps.0.expect.0.statsu',
    'E_UNKNOWN_KEY steps.0.nmae',
    'E_UNKNOWN_KEY steps.1.esle',
    'E_UNKNOWN_VARIABLE steps.0.expect.0.expression',
    'E_UNKNOWN_VARIABLE steps.1.then.0.message',
    'E_VALUE steps.0.capture.b',
  ])
})
