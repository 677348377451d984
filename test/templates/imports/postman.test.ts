import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { scenarioText } from '../../../src/templates/emit.ts'
import { convertText } from '../../../src/templates/imports/index.ts'
import type { Data } from '../../../src/templates/template.ts'

function convert(item: unknown, more: Data = {}): { scenario: Data; notes: readonly string[]; step: Data } {
  const items = Array.isArray(item) ? item : [item]
  const text = JSON.stringify({ info: { name: 'c' }, item: items, ...more })
  const [one] = convertText(text)
  if (!one) throw new Error('expected a scenario')
  const { problems } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const [step] = one.scenario.steps as Data[]
  return { ...one, step: step?.request as Data }
}

const get = (url: unknown) => ({ name: 'a', request: { method: 'GET', url } })
const variables = (values: Data) => ({ variable: Object.entries(values).map(([key, value]) => ({ key, value })) })

describe('an address in parts', () => {
  test.each([
    [
      {
        host: ['{{baseUrl}}'],
        path: ['pet', ':petId'],
        query: [{ key: 'verbose', value: 'true' }],
        variable: [{ key: 'petId', value: '7' }],
      },
      'http://127.0.0.1:8080',
      '/api/pet/7',
      { verbose: 'true' },
    ],
    [
      { protocol: 'https', host: ['api', 'example', 'com'], port: '8443', path: ['v1', 'a b'] },
      'https://api.example.com:8443',
      '/v1/a b',
    ],
    [{ protocol: 'https:', host: 'h', path: '/x/y' }, 'https://h', '/x/y'],
    [{ host: 'h', path: 'x', port: 81 }, 'http://h:81', '/x'],
    [{ host: ['h'], path: [{ type: 'string', value: 'x' }, 'y'] }, 'http://h', '/x/y'],
    [{ host: ['h'] }, 'http://h', '/'],
    [
      {
        host: ['h'],
        query: [
          { key: 'a', value: '1', disabled: true },
          { key: 'b', value: null },
        ],
      },
      'http://h',
      '/?b',
    ],
    [
      {
        raw: 'http://h/:a/x?p=:a',
        variable: [
          { id: 'a', value: '9' },
          { key: 'a', value: '8', disabled: true },
        ],
      },
      'http://h',
      '/9/x',
      { p: ':a' },
    ],
    [{ raw: 'h:8080/a#part' }, 'http://h:8080', '/a'],
    ['http://h/a', 'http://h', '/a'],
  ])('%j', (url, origin, path, query?: unknown) => {
    const { scenario, step } = convert(get(url), variables({ baseUrl: 'http://127.0.0.1:8080/api' }))
    expect(scenario.target).toMatchObject({ url: origin })
    expect(step).toEqual({ method: 'GET', path, ...(query === undefined ? {} : { query }) })
  })

  test('a path variable without a value is told', () => {
    expect(convert(get({ host: ['h'], path: [':id'] })).notes).toContain('a: the path variable :id has no value')
  })
})

describe('variables', () => {
  test('those that hold others are filled in', () => {
    const { scenario } = convert(
      get('{{base_url}}/x?q={{greeting}}'),
      variables({ host: 'http://h', base_url: '{{host}}/api', name: 'Ann', greeting: 'Hi {{name}} at {{nobody}}' }),
    )
    expect(scenario.target).toEqual({ url: 'http://h' })
    expect(scenario.vars).toMatchObject({ base_url: 'http://h/api', greeting: 'Hi Ann at ${env.nobody}' })
  })

  test('two that hold each other are told', () => {
    const { notes } = convert(get('http://h/{{a}}'), variables({ a: '{{b}}', b: '{{a}}' }))
    expect(notes.join('\n')).toMatch(/refers to itself/)
  })

  test('names of their own, whatever they are called', () => {
    const { scenario, step } = convert(
      get('http://h/{{a-b}}/{{a_b}}/{{upper}}/{{1}}/{{constructor}}/{{键}}'),
      variables({ 'a-b': '1', a_b: '2', upper: '3', '1': '4', constructor: '5', 键: '6' }),
    )
    expect(step.path).toBe('/{{a_b}}/{{a_b_2}}/{{upper_value}}/{{_1}}/{{constructor_value}}/{{__}}')
    expect(Object.values(scenario.vars as Data).sort()).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('a secret inside of another comes from the environment', () => {
    const { scenario } = convert(get('http://h/'), variables({ api_token: 'abcdef123456', line: 'Bearer {{api_token}}' }))
    expect(scenario.vars).toEqual({ api_token: '${env.TARGET_API_TOKEN}', line: 'Bearer ${env.TARGET_API_TOKEN}' })
  })

  const post = (raw: string) => ({
    name: 'a',
    request: { method: 'POST', url: 'http://h/', body: { mode: 'raw', raw, options: { raw: { language: 'json' } } } },
  })

  test.each([
    ['{"a":{"n":{{n}}}}', { body: '{"a":{"n":{{n}}{{!}}}}', headers: { 'content-type': 'application/json' } }],
    ['{"a":"{{n}}","b":"{{$timestamp}}"}', { json: { a: '{{n}}', b: '{{unixTimestamp}}{{!}}' } }],
    ['{"{{n}}":1}', { body: '{"{{n}}":1}', headers: { 'content-type': 'application/json' } }],
    ['{"id":12345678901234567890}', { body: '{"id":12345678901234567890}', headers: { 'content-type': 'application/json' } }],
    ['{"a":1,"a":2}', { body: '{"a":1,"a":2}', headers: { 'content-type': 'application/json' } }],
  ])('in the body %s', (raw, request) => {
    expect(convert(post(raw), variables({ n: '5' })).step).toEqual({ method: 'POST', path: '/', ...request })
  })
})

test('fields of one name, and those that are switched off', () => {
  const urlencoded = [
    { key: 'tag', value: 'red' },
    { key: 'no', value: 'x', disabled: true },
    { key: 'tag', value: 'b&lue' },
    { key: 'n', value: '1' },
  ]
  const { step } = convert({ name: 'a', request: { method: 'POST', url: 'http://h/', body: { mode: 'urlencoded', urlencoded } } })
  expect(step.form).toEqual({ tag: ['red', 'b&lue'], n: '1' })
})

test('auth is that of the folder unless a request has its own', () => {
  const bearer = (token: string) => ({ type: 'bearer', bearer: [{ key: 'token', value: token }] })
  const folder = {
    name: 'f',
    auth: bearer('{{t}}'),
    variable: [{ key: 't', value: '' }],
    item: [
      get('http://h/1'),
      { name: 'b', request: { method: 'GET', url: 'http://h/2', auth: { type: 'noauth' } } },
      { name: 'c', request: { url: 'http://h/3', auth: null } },
    ],
  }
  const { scenario } = convert([folder])
  const headers = (scenario.steps as { request: Data }[]).map(({ request }) => request.headers)
  expect(headers).toEqual([{ authorization: 'Bearer {{t}}' }, undefined, { authorization: 'Bearer {{t}}' }])
})

test('user name and password from variables are those of the target', () => {
  const auth = { type: 'basic', basic: { username: '{{u}}', password: '{{p}}' } }
  const { scenario } = convert({ name: 'a', request: { method: 'GET', url: 'http://h/', auth } }, variables({ u: 'ann' }))
  expect(scenario.target).toMatchObject({ auth: { type: 'basic', username: '{{u}}', password: '{{p}}' } })
})

test('headers as lines of text, and content types of their own', () => {
  const request = {
    method: 'POST',
    url: 'http://h/',
    header: 'X-A: b: c\nContent-Type: application/vnd.api+json',
    body: { mode: 'raw', raw: '{"a":1}' },
  }
  const { step, scenario } = convert({ name: 'a', request })
  expect([scenario.target, step]).toEqual([
    { url: 'http://h', headers: { 'x-a': 'b: c' } },
    { method: 'POST', path: '/', headers: { 'content-type': 'application/vnd.api+json' }, json: { a: 1 } },
  ])
})
