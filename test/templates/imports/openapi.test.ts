import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { scenarioText } from '../../../src/templates/emit.ts'
import { convertText } from '../../../src/templates/imports/index.ts'
import type { Data } from '../../../src/templates/template.ts'

interface Converted {
  readonly target: Data
  readonly requests: readonly Data[]
  readonly notes: readonly string[]
}

function convert(document: Data): Converted {
  const [one] = convertText(JSON.stringify(document))
  if (!one) throw new Error('expected a scenario')
  const { problems } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity, code }) => severity === 'error' && code !== 'E_FILE')).toEqual([])
  const requests = (one.scenario.steps as Data[]).map(({ request }) => request as Data)
  return { requests, target: one.scenario.target as Data, notes: one.notes }
}

const open = (paths: Data, more: Data = {}) => convert({ openapi: '3.0.3', servers: [{ url: 'http://h/2.0' }], paths, ...more })
const get = (path: string, parameters: readonly Data[]) => open({ [path]: { get: { parameters } } }).requests[0] as Data

/** The value that is made up for a schema. */
function sample(schema: unknown, more: Data = {}): { value: unknown; notes: readonly string[] } {
  const { requests, notes } = open(
    { '/': { post: { requestBody: { content: { 'application/json': { schema: { properties: { v: schema } } } } } } } },
    more,
  )
  return { value: (requests[0] as { json: Data }).json.v, notes }
}

test('servers of a path and of an operation', () => {
  const { requests } = open({
    '/files': { get: {} },
    '/files/content': { servers: [{ url: 'http://h/upload/2.0/' }], post: {}, put: { servers: [{ url: 'https://other/x' }] } },
    '/relative': { servers: [{ url: '/v9' }], get: {} },
    '/variable': { servers: [{ url: 'http://{who}/a', variables: { who: { enum: ['h', 'g'] } } }], get: {} },
  })
  expect(requests.map(({ path, url }) => path ?? url)).toEqual([
    '/2.0/files',
    '/upload/2.0/files/content',
    'https://other/x/files/content',
    '/v9/relative',
    '/a/variable',
  ])
})

const array = { type: 'array', items: { type: 'string' } }
const param = (style: string | undefined, explode: boolean | undefined, example: unknown, place = 'query', name = 'ids') => ({
  name,
  in: place,
  required: true,
  example,
  schema: array,
  ...(style === undefined ? {} : { style }),
  ...(explode === undefined ? {} : { explode }),
})
const map = { R: 100, G: 'a b' }

describe('styles of parameters', () => {
  test.each([
    [undefined, undefined, ['a', 'b'], { path: '/2.0/p?ids=a&ids=b' }],
    ['form', false, ['a', 'b'], { query: { ids: 'a,b' } }],
    ['spaceDelimited', undefined, ['a', 'b'], { query: { ids: 'a b' } }],
    ['pipeDelimited', false, ['a', 'b'], { query: { ids: 'a|b' } }],
    ['deepObject', undefined, { state: 'open', n: [1] }, { query: { 'ids[state]': 'open', 'ids[n]': '1' } }],
    [undefined, undefined, map, { query: { R: '100', G: 'a b' } }],
    ['form', false, map, { query: { ids: 'R,100,G,a b' } }],
    [undefined, undefined, 'a&b', { query: { ids: 'a&b' } }],
  ])('query %s, explode %s, %j', (style, explode, example, request) => {
    expect(get('/p', [param(style, explode, example)])).toMatchObject(request)
  })

  test.each([
    [undefined, undefined, ['a', 'b c'], '/2.0/p/a,b%20c'],
    ['label', undefined, 'a', '/2.0/p/.a'],
    ['label', true, ['a', 'b'], '/2.0/p/.a.b'],
    ['label', true, map, '/2.0/p/.R=100.G=a%20b'],
    ['matrix', undefined, 'a/b', '/2.0/p/;ids=a%2Fb'],
    ['matrix', undefined, ['a', 'b'], '/2.0/p/;ids=a,b'],
    ['matrix', true, ['a', 'b'], '/2.0/p/;ids=a;ids=b'],
    ['matrix', true, map, '/2.0/p/;R=100;G=a%20b'],
    ['simple', undefined, map, '/2.0/p/R,100,G,a%20b'],
    ['simple', true, map, '/2.0/p/R=100,G=a%20b'],
  ])('path %s, explode %s, %j', (style, explode, example, path) => {
    expect(get('/p/{ids}', [param(style, explode, example, 'path')]).path).toBe(path)
  })

  test('headers and cookies', () => {
    const { target } = open({
      '/': {
        get: {
          parameters: [
            param(undefined, undefined, ['a', 'b c'], 'header', 'X-Ids'),
            param(undefined, false, 'v', 'cookie', 'shown'),
          ],
        },
      },
    })
    expect(target.headers).toEqual({ 'x-ids': 'a,b c', cookie: '${env.TARGET_COOKIE}' })
  })

  test('an optional query parameter is sent where the document shows a value of it', () => {
    const query = (name: string, more: object) => ({ name, in: 'query', ...more })
    const parameters = [
      query('own', { example: 'a' }),
      query('named', { examples: { one: { value: 2 } } }),
      query('schema', { schema: { type: 'string', example: 'c' } }),
      query('usual', { schema: { type: 'integer', default: 20 } }),
      query('bare', { schema: { type: 'string' } }),
      query('old', { deprecated: true, example: 'x' }),
      { name: 'x-optional', in: 'header', example: 'x' },
    ]
    const { requests, target } = open({ '/': { get: { parameters } } })
    expect(requests[0]?.query).toEqual({ own: 'a', named: '2', schema: 'c' })
    expect(target.headers).toBeUndefined()
  })

  test('parameters with a content type, and those that are named elsewhere', () => {
    const filter = { name: 'filter', in: 'query', required: true, content: { 'application/json': { example: { a: 1 } } } }
    const { requests } = open(
      { '/': { get: { parameters: [{ $ref: '#/components/parameters/filter' }] } } },
      { components: { parameters: { filter } } },
    )
    expect(requests[0]?.query).toEqual({ filter: '{"a":1}' })
  })

  test('forms', () => {
    const schema = { properties: { roles: { example: ['a', 'b'] }, ids: { example: [1, 2] }, map: { example: { a: 1 } } } }
    const content = { 'application/x-www-form-urlencoded': { schema, encoding: { ids: { explode: false } } } }
    const { requests } = open({ '/': { post: { requestBody: { content } } } })
    expect(requests[0]?.form).toEqual({ roles: ['a', 'b'], ids: '1,2', map: '{"a":1}' })
  })

  test('content types of their own', () => {
    const { requests } = open({
      '/a': { patch: { requestBody: { content: { 'application/json-patch+json': { example: [1] } } } } },
      '/b': { post: { requestBody: { content: { 'text/csv': { example: 'a,b' } } } } },
    })
    expect(requests).toMatchObject([
      { headers: { 'content-type': 'application/json-patch+json' }, json: [1] },
      { headers: { 'content-type': 'text/csv' }, body: 'a,b' },
    ])
  })
})

describe('values within bounds', () => {
  test.each([
    [{ type: 'integer', minimum: 0, exclusiveMinimum: true }, 1],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true }, 0.5],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    [{ type: 'integer', exclusiveMinimum: 3 }, 4],
    [{ type: 'integer', minimum: 2.5 }, 3],
    [{ type: 'integer', maximum: -4 }, -4],
    [{ type: 'integer', exclusiveMaximum: 0 }, -1],
    [{ type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    [{ type: 'integer', minimum: 10, exclusiveMinimum: true, multipleOf: 5 }, 15],
    [{ type: 'number', minimum: 0.25, multipleOf: 0.1 }, 0.3],
    [{ type: 'number', multipleOf: 0.01, maximum: 0.5 }, 0.5],
    [{ type: 'integer', minimum: -9223372036854776000, maximum: 9223372036854776000 }, 1],
    [{ minimum: 5 }, 5],
    [{ type: 'string', minLength: 9 }, 'examplexx'],
    [{ type: 'string', maxLength: 3 }, 'exa'],
    [{ type: 'string', format: 'date', maxLength: 4 }, 'exam'],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, 'EXA'],
    [{ type: 'string', pattern: '^\\d{5}$' }, '12345'],
    [{ type: 'string', pattern: '^[a-z]{2}(-[A-Z]{2})?$', minLength: 5 }, 'en-US'],
    [{ type: 'array', minItems: 3, items: { type: 'integer', minimum: 4 } }, [4, 4, 4]],
    [{ type: 'array', minItems: 2, uniqueItems: true, items: { type: 'string' } }, ['example', 'example2']],
    [{ type: 'array', minItems: 2, uniqueItems: true, items: { enum: ['a', 'b', 'c'] } }, ['a', 'b']],
    [{ type: ['null', 'string'] }, 'example'],
    [{ type: 'string', nullable: true, enum: [null, 'x'] }, 'x'],
    [
      { type: 'object', required: ['a', 'b'], properties: { a: { const: 1 } } },
      { a: 1, b: 'example' },
    ],
    [{ type: 'object', properties: { a: { const: 1 } }, anyOf: [{ required: ['a'] }] }, { a: 1 }],
    [
      { oneOf: [{ type: 'null' }, { properties: { k: { default: 2 } } }], properties: { a: { const: 1 } } },
      { a: 1, k: 2 },
    ],
    [{ allOf: [{ type: 'string' }, { minLength: 9 }] }, 'examplexx'],
  ])('%j', (schema, value) => {
    const one = sample(schema)
    expect([one.value, one.notes]).toEqual([value, []])
  })

  test.each([
    [{ type: 'string', pattern: '^(?!x)q{7}$' }, 'the pattern ^(?!x)q{7}$ is not honoured'],
    [{ type: 'string', pattern: '^ZZ-\\d{9}$' }, 'is not honoured'],
    [{ type: 'integer', minimum: 5, maximum: 4 }, 'no number fits'],
  ])('%j is told', (schema, note) => {
    expect(sample(schema).notes.join('\n')).toContain(note)
  })

  test('a choice is named as the document names it', () => {
    const schemas = { Cat: { properties: { kind: { type: 'string' }, lives: { const: 9 } } } }
    const choice = {
      oneOf: [{ $ref: '#/components/schemas/Cat' }],
      discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat' } },
    }
    expect(sample(choice, { components: { schemas } }).value).toEqual({ kind: 'cat', lives: 9 })
  })

  test('a number that no file can hold is sent as it is written', () => {
    const content = { 'application/json': { schema: { properties: { seed: { default: -9223372036854775000 } } } } }
    const { requests } = open({ '/': { post: { requestBody: { content } } } })
    expect(requests[0]).toMatchObject({ body: '{"seed":-9223372036854775000}', headers: { 'content-type': 'application/json' } })
  })
})

test('Swagger 2.0 is read as what it would be in version 3', () => {
  const { target, requests, notes } = convert({
    swagger: '2.0',
    host: 'h.example',
    basePath: '/v2',
    schemes: ['http', 'https'],
    consumes: ['application/json'],
    securityDefinitions: { key: { type: 'apiKey', name: 'api_key', in: 'header' } },
    security: [{ key: [] }],
    definitions: { Pet: { type: 'object', properties: { name: { type: 'string', example: 'Rex' } } } },
    parameters: { limit: { name: 'limit', in: 'query', type: 'integer', required: true, minimum: 5 } },
    paths: {
      '/pets': {
        parameters: [{ $ref: '#/parameters/limit' }],
        get: {
          parameters: [
            {
              name: 'tags',
              in: 'query',
              required: true,
              type: 'array',
              items: { enum: ['a'] },
              collectionFormat: 'multi',
              minItems: 2,
            },
          ],
        },
        post: { parameters: [{ name: 'body', in: 'body', schema: { $ref: '#/definitions/Pet' } }], responses: { 201: {} } },
      },
      '/pets/{id}': {
        post: {
          consumes: ['application/x-www-form-urlencoded'],
          parameters: [
            { name: 'id', in: 'path', required: true, type: 'string', format: 'uuid' },
            { name: 'status', in: 'formData', type: 'string', enum: ['sold'] },
          ],
        },
      },
      '/photo': { post: { parameters: [{ name: 'file', in: 'formData', type: 'file' }] } },
    },
  })
  expect(target).toEqual({
    url: 'https://h.example',
    auth: { type: 'apiKey', name: 'api_key', in: 'header', value: '${env.TARGET_API_KEY}' },
  })
  expect(requests).toEqual([
    { method: 'GET', path: '/v2/pets?limit=5&tags=a&tags=a' },
    { method: 'POST', path: '/v2/pets', query: { limit: '5' }, json: { name: 'Rex' } },
    { method: 'POST', path: '/v2/pets/{{uuid}}', form: { status: 'sold' } },
    { method: 'POST', path: '/v2/photo', multipart: [{ name: 'file', file: 'file.bin' }] },
  ])
  expect(notes).toContain('Swagger 2.0 was read as OpenAPI 3')
})
