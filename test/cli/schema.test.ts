import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { schemaText } from '../../src/cli/schema.ts'
import { FOREIGN } from '../support/foreign.ts'
import { chat, Home, mockFor, OUT, ROOT } from './harness.ts'

const ajv = () =>
  new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true, keywords: ['markdownDescription'] })
const SCENARIOS = join(ROOT, 'scenarios')
const examples = readdirSync(SCENARIOS).filter(
  (name) => /\.(ya?ml|json)$/.test(name) && ![...FOREIGN, 'burn.schema.json', 'suite.yaml'].includes(name),
)

describe('scenario', () => {
  const schema = JSON.parse(schemaText('scenario'))
  const fits = ajv().compile(schema)

  test('the committed file is fresh (npm run schema)', () => {
    expect(readFileSync(join(SCENARIOS, 'burn.schema.json'), 'utf8')).toBe(schemaText('scenario'))
  })

  test('has a title, and a description for every key at the top', () => {
    expect(schema).toMatchObject({ title: 'burn scenario', $schema: 'https://json-schema.org/draft/2020-12/schema' })
    const without = Object.entries(schema.properties).filter(([, part]) => !(part as { description?: string }).description)
    expect(without.map(([key]) => key)).toEqual([])
  })

  test.each(examples)('accepts scenarios/%s', (name) => {
    expect(fits(parse(readFileSync(join(SCENARIOS, name), 'utf8'))) ? [] : fits.errors).toEqual([])
  })

  test.each([
    ['an unknown key', { nmae: 'x' }],
    ['a duration without a unit', { load: [{ users: 1, for: 10 }] }],
    ['a duration in a unit that there is not', { load: [{ users: 1, for: '10sec' }] }],
    ['a rate in the words of other tools', { load: [{ rate: '20rps', for: '10s' }] }],
    ['a step of no kind', { steps: [{ mesage: 'x' }] }],
    ['a step of no kind inside a loop', { steps: [{ loop: { times: 2, steps: [{ mesage: 'x' }] } }] }],
    ['an unknown preset', { target: { preset: 'opnai' } }],
    ['a wrong type deep inside', { target: { url: 'http://127.0.0.1/', http: { keepAlive: 'yes' } } }],
  ])('refuses %s', (_, change) => {
    const good = { name: 't', target: { url: 'http://127.0.0.1/' }, steps: [{ message: 'hi' }] }
    expect(fits(good)).toBe(true)
    expect(fits({ ...good, ...change })).toBe(false)
  })

  test('defaults may be left out', () => {
    expect(schema.required).toEqual(['name'])
  })
})

describe('result', () => {
  const schema = JSON.parse(schemaText('result'))

  test('fits what a run writes, and nothing with a part missing', async () => {
    const home = new Home()
    const mock = await mockFor({ errorRate: 0.5 })
    home.write(
      'a.json',
      chat(mock.url, {
        load: [
          { iterations: 2, users: 1, warmup: true },
          { iterations: 10, users: 2 },
        ],
      }),
    )
    await home.call(['run', 'a.json', ...OUT, '--quiet'])
    const fits = ajv().compile(schema)
    const result = home.result()
    expect(fits(result) ? [] : fits.errors).toEqual([])
    expect(fits({ ...result, total: { ...result.total, counts: {} } })).toBe(false)
    expect(fits({ ...result, verdict: 'fine' })).toBe(false)
  })
})

test('the command prints either, the scenario by default', async () => {
  const home = new Home()
  const [byDefault, result, unknown] = await Promise.all([
    home.burn(['schema']),
    home.call(['schema', 'result']),
    home.call(['schema', 'reslt']),
  ])
  expect(byDefault).toMatchObject({ code: 0, stdout: schemaText('scenario'), stderr: '' })
  expect(result).toMatchObject({ code: 0, stdout: schemaText('result') })
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain('Allowed choices are scenario, suite, result')
})
