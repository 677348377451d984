import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { planOf } from '../../src/scenario/compile.ts'
import { validateScenario } from '../../src/scenario/validate.ts'

const root = mkdtempSync(join(tmpdir(), 'burn-payload-'))
const folder = join(root, 'scenario')
mkdirSync(join(folder, 'data'), { recursive: true })
const write = (name: string, text: string) => writeFileSync(join(folder, 'data', name), text)
write('order.json', '\uFEFF{ "order": "{{region}}-{{user.id}}", "count": 3, "lines": [{ "sku": "{{upper \\"a1\\"}}" }] }')
write('list.json', '[1]')
write('torn.json', '{ "a": ')
write('large.json', `{ "a": "${'x'.repeat(1_100_000)}" }`)
write('template.json', '{ "a": { "b": ["ok", "{{#if x}}"] } }')
write('unknown.json', '{ "a": { "b": "{{regoin}}" } }')
writeFileSync(join(root, 'outside.json'), '{}')
symlinkSync(join(root, 'outside.json'), join(folder, 'data', 'link.json'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const file = join(folder, 'burn.yaml')
const validate = (name: string) =>
  validateScenario(
    `name: s
target: { preset: openai-chat, url: "mock:" }
vars: { region: eu }
steps:
  - message: "{{payload.order}}"
    payload:
      types: [CUSTOM]
      payloadFile: ${name}
`,
    file,
  )

test('the fields of CUSTOM data are read from the folder of the scenario, templates rendered', () => {
  const { scenario, problems } = validate('data/order.json')
  expect(problems).toEqual([])
  if (!scenario) throw new Error('no scenario')
  const payload = planOf(scenario, { file, baseDir: folder, seed: '1', secrets: [] }).exchanges[0]?.payload
  expect(payload?.variables).toEqual(['region', 'user'])
  const context = { random: createRandom('1'), wallNowMs: 0, uptimeMs: 0, index: 0, scope: { region: 'eu', user: { id: 7 } } }
  expect(payload?.make(context)).toEqual({ order: 'eu-7', count: 3, lines: [{ sku: 'A1' }] })
})

test.each([
  ['data/none.json', 'E_FILE', 'data/none.json is not there'],
  ['data/list.json', 'E_FILE', 'data/list.json holds no fields'],
  ['data/torn.json', 'E_FILE', 'data/torn.json is not JSON'],
  ['data/large.json', 'E_FILE', 'data/large.json is larger than 1024 KB'],
  ['../outside.json', 'E_FILE', '../outside.json lies outside of the folder'],
  ['data/link.json', 'E_FILE', 'data/link.json lies outside of the folder'],
  ['data', 'E_FILE', 'data is no file'],
  ['data/template.json', 'E_TEMPLATE', /^data\/template\.json: .* \(at a\.b\.1\)$/],
  ['data/unknown.json', 'E_UNKNOWN_VARIABLE', 'data/unknown.json: there is no variable regoin (at a.b)'],
])('%s is refused at its place', (name, code, message) => {
  const text = typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message)
  expect(validate(name).problems).toMatchObject([{ code, line: 8, column: 20, message: text }])
})

test('a misspelt variable has its hint', () => {
  expect(validate('data/unknown.json').problems[0]?.hint).toBe('did you mean region?')
})

test.each([
  ['data/none.txt', 'data/none.txt is not there'],
  ['../outside.json', '../outside.json lies outside of the folder'],
  ['data/link.json', 'data/link.json lies outside of the folder'],
  ['data/blank.txt', 'data/blank.txt has no text'],
  ['data/binary.txt', 'data/binary.txt is not UTF-8 text'],
])('the corpus %s is refused at its place', (name, message) => {
  write('blank.txt', ' ')
  writeFileSync(join(folder, 'data', 'binary.txt'), Buffer.from([0xff, 0xfe]))
  const text = `name: s
target: { preset: openai-chat, url: "mock:" }
steps:
  - message: "{{prompt}}"
    prompt: { tokens: 5, corpus: ${name} }
`
  const problems = [{ code: 'E_FILE', line: 5, column: 34, message: expect.stringContaining(message) }]
  expect(validateScenario(text, file).problems).toMatchObject(problems)
})
