import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { planOf } from '../../../../src/scenario/compile.ts'
import { validateScenario } from '../../../../src/scenario/validate.ts'

const root = mkdtempSync(join(tmpdir(), 'burn-schema-'))
const folder = join(root, 'scenario')
mkdirSync(join(folder, 'schemas'), { recursive: true })
writeFileSync(join(folder, 'schemas', 'order.json'), '{ "title": "Order", "type": "object", "required": ["id"] }')
writeFileSync(join(folder, 'schemas', 'bad.json'), '{ "properties": { "id": { "type": "strnig" } } }')
writeFileSync(join(folder, 'schemas', 'torn.json'), '{ "type": ')
writeFileSync(join(folder, 'schemas', 'large.json'), `{ "description": "${'x'.repeat(300_000)}" }`)
writeFileSync(join(root, 'outside.json'), '{}')
symlinkSync(join(root, 'outside.json'), join(folder, 'schemas', 'link.json'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const file = join(folder, 'burn.yaml')
const validate = (line: string) =>
  validateScenario(
    `name: s\ntarget: { preset: openai-chat, url: "mock:" }\nsteps:\n  - message: hi\n    expect:\n      - ${line}\n`,
    file,
  )

test.each([
  ['json-schema: schemas/order.json', 'json-schema schemas/order.json'],
  ['not-json-schema: schemas/order.json', 'not-json-schema schemas/order.json'],
  ['{ type: json-schema, value: schemas/order.json }', 'json-schema schemas/order.json'],
])('%s is read from the folder of the scenario', (line, label) => {
  const { scenario, problems } = validate(line)
  expect(problems).toEqual([])
  if (!scenario) throw new Error('no scenario')
  const plan = planOf(scenario, { file, baseDir: folder, seed: '1', secrets: [] })
  const [check] = plan.exchanges[0]?.checks ?? []
  expect(check).toMatchObject({ label, check: { objective: false } })
})

test.each([
  ['json-schema: schemas/none.json', 'schemas/none.json is not there'],
  ['json-schema: schemas/bad.json', 'schemas/bad.json: not a JSON Schema: type must be'],
  ['json-schema: schemas/torn.json', 'schemas/torn.json is not JSON'],
  ['json-schema: schemas/large.json', 'schemas/large.json is larger than 256 KB'],
  ['json-schema: ../outside.json', '../outside.json lies outside of the folder'],
  ['json-schema: schemas/link.json', 'schemas/link.json lies outside of the folder'],
  ['json-schema: schemas', 'schemas is no file'],
])('%s is refused at its place', (line, message) => {
  expect(validate(line).problems).toMatchObject([
    { code: 'E_FILE', line: 6, column: 22, message: expect.stringContaining(message) },
  ])
})

test('a fault inside of a schema is told at its place', () => {
  const { problems } = validate('json-schema: { properties: { id: { type: strnig } } }')
  expect(problems).toMatchObject([{ line: 6, message: expect.stringContaining('not a JSON Schema: type must be') }])
  expect(problems[0]?.path).toBe('steps.0.expect.0.json-schema.properties.id.type')
})
