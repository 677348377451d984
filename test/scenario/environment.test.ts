import { expect, test } from 'vitest'
import { type Environment, resolveReferences as resolveIn } from '../../src/scenario/read/environment.ts'
import { parseScenario } from '../../src/scenario/read/read.ts'
import { SecretFiles } from '../../src/scenario/read/secret-files.ts'
import { validateScenario } from '../../src/scenario/validate.ts'

const resolveReferences = (text: string, environment: Environment | undefined) =>
  resolveIn(text, environment && { environment, secretFiles: new SecretFiles('/nowhere') })

const env = { A: 'alpha', N: '50', T: 'true', ZERO: '007', EMPTY: '' }

test.each([
  ['${env.A}', 'alpha'],
  ['x${env.A}y${env.N}', 'xalphay50'],
  ['${env.NONE:-fallback}', 'fallback'],
  ['${env.A:-fallback}', 'alpha'],
  ['${env.EMPTY:-fallback}', 'fallback'],
  ['${env.NONE:-}', ''],
  ['${env.NONE:-${env.A}/${env.ALSO:-b}}', 'alpha/b'],
  ['${env.NONE:-{{model}}}', '{{model}}'],
  ['${env.NONE:-http://127.0.0.1:80/a?b=c}', 'http://127.0.0.1:80/a?b=c'],
  ['$${env.A}', '${env.A}'],
  ['$$${env.A}', '$${env.A}'],
  ['$5 and $A', '$5 and $A'],
  ['no reference', 'no reference'],
])('%s becomes %s', (text, expected) => {
  const resolved = resolveReferences(text, env)
  expect(resolved.text).toBe(expected)
  expect(resolved.problems).toEqual([])
})

test.each([
  ['${A}', 'E_ENV_SYNTAX'],
  ['${env.}', 'E_ENV_SYNTAX'],
  ['${env.A-b}', 'E_ENV_SYNTAX'],
  ['${env.A', 'E_ENV_SYNTAX'],
  ['${}', 'E_ENV_SYNTAX'],
  ['${env.NONE}', 'E_ENV_UNSET'],
  ['${env.toString}', 'E_ENV_UNSET'],
  ['${env.EMPTY}', 'W_ENV_EMPTY'],
  ['${env.X:-${env.NONE}}', 'E_ENV_UNSET'],
])('%s is %s', (text, code) => {
  expect(resolveReferences(text, env).problems.map((problem) => problem.code)).toEqual([code])
})

test('a value from the environment is not resolved again', () => {
  expect(resolveReferences('${env.X}', { X: '${env.A}', A: 'a' }).text).toBe('${env.A}')
})

test('without an environment nothing is looked up: defaults count, the rest are warnings', () => {
  const { text, problems, uses, incomplete } = resolveReferences('${env.A:-x} ${env.A}', undefined)
  expect({ text, uses, incomplete }).toEqual({ text: 'x ', uses: [], incomplete: true })
  expect(problems.map(({ code, offset, length }) => [code, offset, length])).toEqual([['W_ENV_UNSET', 12, 8]])
})

test('what stands in a place for secrets is one, also as a part of the value and wherever else it stands', () => {
  const text =
    'headers: { cookie: "sid=${env.A}", authorization: "v1 ${env.B}", x-mode: "${env.C}" }\nurl: "http://${env.A}/"\nsubprotocols: [ "bearer.${env.D}", "${env.C}" ]'
  const { envUsed } = parseScenario(text, 'a.yaml', { env: { A: 'one', B: 'two', C: 'three', D: 'four' } })
  expect(envUsed.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual(['A', 'B', 'D'])
})

test('each variable that was read is told once', () => {
  const { envUsed } = parseScenario('a: ${env.A}\nb: ${env.A}${env.N}\nc: ${env.NONE:-x}', 'a.yaml', { env })
  expect(envUsed).toEqual([
    { name: 'A', value: 'alpha' },
    { name: 'N', value: '50' },
  ])
})

const scenario = (users: string, more = '') =>
  `name: t\ntarget: { url: http://127.0.0.1/ }\nvars: { n: "\${env.N}" }\nload:\n  - users: ${users}\n    for: 10s\n${more}steps: [ { message: hi } ]\n`

test.each(['${env.N}', '"${env.N}"', '"${env.NONE:-50}"'])('users: %s is a number, because a number is wanted there', (users) => {
  const { scenario: checked, problems } = validateScenario(scenario(users), 'a.yaml', { env })
  expect(problems).toEqual([])
  expect(checked?.load?.[0]?.fields.users).toBe(50)
  expect(checked?.vars).toEqual({ n: '50' })
})

test('a boolean too', () => {
  const { scenario: checked } = validateScenario(scenario('5', '    warmup: "${env.F}"\n'), 'a.yaml', {
    env: { ...env, F: 'false' },
  })
  expect(checked?.load?.[0]?.warmup).toBe(false)
})

test.each(['"1${env.N}"', '"${env.ZERO}"', '"${env.A}"'])('users: %s stays text, which is an error', (users) => {
  const { problems } = validateScenario(scenario(users), 'a.yaml', { env })
  expect(problems.map(({ code, path }) => [code, path])).toEqual([['E_TYPE', 'load.0.users']])
})

test('a value that an alias repeats becomes a number at each place', () => {
  const text = `name: t\ntarget: { url: http://127.0.0.1/ }\nload:\n  - &p { users: "\${env.N}", for: 1s }\n  - *p\nsteps: [ { message: hi } ]\n`
  expect(validateScenario(text, 'a.yaml', { env }).scenario?.load?.map(({ fields }) => fields.users)).toEqual([50, 50])
})

test('without an environment a scenario that needs one is valid, with warnings', () => {
  const text = `name: t
target: { url: "\${env.URL}/chat", protocol: "\${env.PROTOCOL}", auth: { type: bearer, token: "\${env.KEY}" } }
load: [ { users: "\${env.USERS}", for: "\${env.LENGTH}" } ]
steps: [ { message: "\${env.GREETING}" } ]
thresholds: [ "\${env.LIMIT}" ]
`
  const { scenario: checked, problems } = validateScenario(text, 'a.yaml', { noEnv: true })
  expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set(['W_ENV_UNSET']))
  expect(problems).toHaveLength(7)
  expect(checked).toBeDefined()
})

test('an encrypted value is refused wherever it comes from', () => {
  const { problems } = parseScenario('a: "${env.C}"\nb: "encrypted:x"', 'a.yaml', { env: { C: 'encrypted:y' } })
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['E_ENCRYPTED', 1],
    ['E_ENCRYPTED', 2],
  ])
})
