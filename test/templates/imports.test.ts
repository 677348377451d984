import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { scenarioText } from '../../src/templates/emit.ts'
import { shellScript } from '../../src/templates/imports/curl/shell-words.ts'
import { type ConvertedScenario, convertText, type ImportFormat } from '../../src/templates/imports/index.ts'
import type { Data } from '../../src/templates/template.ts'
import { runPlaced } from './run-template.ts'

function convert(text: string, from?: ImportFormat): ConvertedScenario {
  const [only, ...more] = convertText(text, from)
  if (!only || more.length > 0) throw new Error('expected one scenario')
  const { problems } = validateScenario(scenarioText(only.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ code }) => code !== 'W_ENV_UNSET' && code !== 'W_TLS_INSECURE')).toEqual([])
  return only
}

const steps = ({ scenario }: ConvertedScenario) => scenario.steps as Data[]

describe('shell words', () => {
  test.each([
    [`a 'b c' "d e"`, [['a', 'b c', 'd e']]],
    [`a \\\n  b`, [['a', 'b']]],
    [`a 'it'\\''s'`, [['a', "it's"]]],
    [`a "say \\"hi\\" \\$x \\n"`, [['a', 'say "hi" $x \\n']]],
    [`a $'tab\\there \\u00e9\\x41'`, [['a', 'tab\there éA']]],
    [`a b; c && d | e\nf`, [['a', 'b'], ['c'], ['d'], ['e'], ['f']]],
    [`a ''`, [['a', '']]],
    [`# a comment\na # more`, [['a']]],
    [`a http://x/#part?a=1\\&b=2`, [['a', 'http://x/#part?a=1&b=2']]],
  ])('%j', (text, words) => {
    expect(shellScript(text, []).map((command) => command.words)).toEqual(words)
  })

  test('an open quote is told', () => {
    expect(() => shellScript(`a 'b`, [])).toThrow(UsageError)
  })
})

describe('curl', () => {
  test.each([
    ['curl http://h/a', { method: 'GET', path: '/a' }],
    ['curl http://h', { method: 'GET', path: '/' }],
    ['curl h:81/a', { method: 'GET', path: '/a' }],
    ['curl -X PUT http://h/a', { method: 'PUT', path: '/a' }],
    ['curl -XDELETE http://h/a', { method: 'DELETE', path: '/a' }],
    ['curl -I http://h/a', { method: 'HEAD', path: '/a' }],
    ['curl http://h/a --json \'{"a":[1,{"b":null}]}\'', { method: 'POST', path: '/a', json: { a: [1, { b: null }] } }],
    ["curl http://h/a -H 'Content-Type: application/json' -d '{\"a\":1}'", { method: 'POST', path: '/a', json: { a: 1 } }],
    [
      'curl http://h/a -H \'content-type: application/json; charset=utf-8\' --data-raw \'{"a":"{{x}} ${y}"}\'',
      { method: 'POST', path: '/a', json: { a: '\\{{x}} $${y}' } },
    ],
    ["curl http://h/a -d 'a=1&b=two%20words'", { method: 'POST', path: '/a', form: { a: '1', b: 'two words' } }],
    ['curl http://h/a -d a=1 -d b=2', { method: 'POST', path: '/a', form: { a: '1', b: '2' } }],
    ["curl http://h/a --data-urlencode 'q=a&b'", { method: 'POST', path: '/a', form: { q: 'a&b' } }],
    [
      "curl http://h/a -H 'Content-Type: text/plain' -d '@@'".replace('@@', 'hello'),
      { method: 'POST', path: '/a', headers: { 'content-type': 'text/plain' }, body: 'hello' },
    ],
    ["curl -G http://h/a -d 'q=1' --data-urlencode 'r=x y'", { method: 'GET', path: '/a', query: { q: '1', r: 'x y' } }],
    ["curl 'http://h/a?x=1&x=2'", { method: 'GET', path: '/a?x=1&x=2' }],
    ["curl 'http://h/a?x=1&y=%C3%A9'", { method: 'GET', path: '/a', query: { x: '1', y: 'é' } }],
    ['curl -sSL --compressed http://h/a', { method: 'GET', path: '/a' }],
  ])('%s', (command, request) => {
    expect(steps(convert(command))[0]?.request).toEqual(request)
  })

  test('a chat behind a token becomes a target that is read as what it is', () => {
    const { scenario, notes } = convert(`curl https://api.openai.com/v1/chat/completions \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer sk-abcdefghijkl" \\
  -d '{"model":"gpt-4o-mini","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}'`)
    expect(scenario.target).toEqual({
      url: 'https://api.openai.com',
      dialect: 'openai-chat',
      auth: { type: 'bearer', token: '${env.TARGET_TOKEN}' },
    })
    expect(steps({ scenario } as ConvertedScenario)[0]).toMatchObject({
      name: 'v1 chat completions',
      request: { json: { max_tokens: 5 } },
    })
    expect(notes).toEqual(['header Authorization is a secret and was not copied: set the environment variable TARGET_TOKEN'])
  })

  test.each([
    ["curl -u 'ann:s3cret-pass' http://h/a", { auth: { type: 'basic', username: 'ann', password: '${env.TARGET_PASSWORD}' } }],
    ["curl -H 'X-Api-Key: abcdef123456' http://h/a", { headers: { 'x-api-key': '${env.TARGET_API_KEY}' } }],
    ["curl -b 'session=abcdef123456' http://h/a", { headers: { cookie: '${env.TARGET_COOKIE}' } }],
    ['curl --oauth2-bearer abcdef123456 http://h/a', { auth: { type: 'bearer', token: '${env.TARGET_TOKEN}' } }],
    [
      'curl -k -L -m 5 --connect-timeout 2 http://h/a',
      { tls: { insecure: true }, http: { maxRedirects: 20 }, timeouts: { connect: '2s', total: '5s' } },
    ],
    ["curl -H 'Authorization: Bearer ${MY_TOKEN}' http://h/a", { auth: { type: 'bearer', token: '${env.MY_TOKEN}' } }],
  ])('%s', (command, target) => {
    const { scenario } = convert(command)
    expect(scenario.target).toEqual({ url: 'http://h', ...target })
    expect(JSON.stringify(scenario)).not.toMatch(/s3cret|abcdef123456/)
  })

  test.each([
    ["curl 'http://h/a?api_key=abcdef123456&n=1'", { query: { api_key: '${env.TARGET_API_KEY}', n: '1' } }],
    [
      'curl http://h/a --json \'{"password":"abcdef123456","max_tokens":7}\'',
      { json: { password: '${env.TARGET_PASSWORD}', max_tokens: 7 } },
    ],
  ])('secrets inside: %s', (command, request) => {
    const one = convert(command)
    expect(steps(one)[0]?.request).toMatchObject(request)
    expect(one.notes).toHaveLength(1)
  })

  test('several commands are several steps, and what they share is said once', () => {
    const one = convert(
      `curl -H 'X-Tenant: a' http://h/one\ncurl -H 'X-Tenant: a' -H 'X-Own: b' http://h/two && curl http://other/three`,
    )
    expect(one.scenario.target).toEqual({ url: 'http://h', headers: { 'x-tenant': 'a' } })
    expect(steps(one)).toEqual([
      { request: { method: 'GET', path: '/one' }, name: 'one' },
      { request: { method: 'GET', path: '/two', headers: { 'x-own': 'b' } }, name: 'two' },
      { request: { method: 'GET', url: 'http://other/three' }, name: 'three' },
    ])
  })

  test.each([
    ['curl http://h/a -d @body.json', 'reads a file'],
    ['curl http://h/a -d@body.json', 'reads a file'],
    ['curl http://h/a --data-binary @-', 'reads a file'],
    ['curl http://h/a -T a.png', 'sends a file as the body'],
    ['curl http://h/a -H @headers', 'reads a file'],
    ['curl http://h/a -b cookies.txt', 'reads a file'],
    ['curl -H', 'has no value'],
    ['curl -s', 'no address'],
    ['wget http://h/a', 'no curl command'],
  ])('%s is refused', (command, why) => {
    expect(() => convertText(command, 'curl')).toThrow(why)
  })

  test('an unknown option is noted', () => {
    expect(convert('curl --proxy http://p http://h/a').notes).toEqual(['--proxy has no equivalent in burn, and was left out'])
  })
})

const entry = (method: string, url: string, more: Data = {}) => ({
  startedDateTime: '2025-01-01T00:00:00.000Z',
  time: 100,
  request: {
    method,
    url,
    headers: [
      { name: 'Host', value: 'h' },
      { name: ':authority', value: 'h' },
    ],
    ...(more.request as Data | undefined),
  },
  response: { status: 200, content: { mimeType: 'application/json' }, ...(more.response as Data | undefined) },
  ...(more.startedDateTime ? { startedDateTime: more.startedDateTime } : {}),
  ...(more._resourceType ? { _resourceType: more._resourceType } : {}),
})

describe('HAR', () => {
  const har = JSON.stringify({
    log: {
      version: '1.2',
      entries: [
        entry('GET', 'https://h/index.html', { response: { status: 200, content: { mimeType: 'text/html' } } }),
        entry('GET', 'https://h/app.js', { response: { status: 200, content: { mimeType: 'application/javascript' } } }),
        entry('POST', 'https://h/api/login?lang=de', {
          request: {
            headers: [
              { name: 'Content-Type', value: 'application/json' },
              { name: 'Cookie', value: 'sid=abcdef123456' },
            ],
            postData: { mimeType: 'application/json', text: '{"user":"ann","password":"abcdef123456"}' },
          },
        }),
        entry('POST', 'https://h/api/chat', {
          startedDateTime: '2025-01-01T00:00:02.600Z',
          request: { postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'q', value: 'hi' }] } },
          response: { status: 201, content: { mimeType: 'text/event-stream' } },
        }),
        entry('OPTIONS', 'https://h/api/chat'),
        entry('GET', 'https://h/api/me', {
          startedDateTime: '2025-01-01T00:00:02.750Z',
          _resourceType: 'fetch',
          response: { status: 304, content: { mimeType: '' } },
        }),
        entry('GET', 'https://h/logo.svg', { _resourceType: 'image' }),
      ],
    },
  })

  test('API calls become steps, with their pauses, without their secrets', () => {
    const one = convert(har)
    expect(one.format).toBe('har')
    expect(one.scenario.target).toEqual({ url: 'https://h' })
    expect(steps(one)).toEqual([
      {
        request: {
          method: 'POST',
          path: '/api/login',
          query: { lang: 'de' },
          headers: { cookie: '${env.TARGET_COOKIE}' },
          json: { user: 'ann', password: '${env.TARGET_PASSWORD}' },
        },
        name: 'POST api login',
        expect: [{ status: 200 }],
      },
      { delay: '2500ms' },
      { request: { method: 'POST', path: '/api/chat', form: { q: 'hi' } }, name: 'POST api chat', expect: [{ status: 201 }] },
      { request: { method: 'GET', path: '/api/me' }, name: 'GET api me', expect: [{ status: 304 }] },
    ])
    expect(one.notes).toContain('4 entries that are no API calls were left out')
    expect(JSON.stringify(one)).not.toContain('abcdef123456')
  })

  test('an archive of pages alone is refused', () => {
    const pages = { log: { entries: [entry('GET', 'https://h/', { response: { content: { mimeType: 'text/html' } } })] } }
    expect(() => convertText(JSON.stringify(pages))).toThrow('no call to an API')
  })
})

describe('OpenAPI', () => {
  const document = `
openapi: 3.0.3
info: { title: "Pet chat: v1", version: "1" }
servers: [ { url: "https://{host}/api", variables: { host: { default: h.example } } } ]
security: [ { key: [] } ]
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    Pet:
      type: object
      required: [ name ]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        name: { type: string, minLength: 9 }
        age: { type: integer, minimum: 3 }
        weight: { type: number, exclusiveMinimum: 1 }
        kind: { enum: [ cat, dog ] }
        born: { type: string, format: date-time }
        tags: { type: array, items: { type: string, example: nice } }
        friend: { $ref: "#/components/schemas/Pet" }
        either: { oneOf: [ { type: "null" }, { type: boolean } ] }
        all: { allOf: [ { properties: { a: { default: 1 } } }, { properties: { b: { const: 2 } } } ] }
paths:
  /pets/{petId}:
    parameters: [ { name: petId, in: path, required: true, schema: { type: integer } } ]
    get:
      operationId: getPet
      parameters:
        - { name: fields, in: query, required: true, example: "a,b" }
        - { name: optional, in: query, schema: { type: string } }
        - { name: X-Trace, in: header, required: true, schema: { type: string, format: uuid } }
      responses: { "200": {}, "404": {} }
  /pets:
    post:
      summary: Add a pet / or two
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "201": {}, "202": {} }
  /raw:
    post:
      requestBody: { content: { image/png: {} } }
      responses: { default: {} }
`

  test('each operation becomes a step', () => {
    const one = convert(document)
    expect(one.format).toBe('openapi')
    expect(one.scenario).toMatchObject({
      name: 'Pet chat v1',
      target: { url: 'https://h.example', auth: { type: 'apiKey', name: 'X-Key', in: 'header', value: '${env.TARGET_API_KEY}' } },
    })
    expect(steps(one)[0]).toEqual({
      request: { method: 'GET', path: '/api/pets/1', query: { fields: 'a,b' }, headers: { 'x-trace': '{{uuid}}' } },
      name: 'getPet',
      expect: [{ status: 200 }],
    })
    expect(steps(one)[2]).toEqual({ request: { method: 'POST', path: '/api/raw' }, name: 'POST api raw' })
    expect(one.notes).toEqual([
      'POST https://h.example/api/raw: a body of type image/png has no sample, and was left out',
      'security scheme key: set TARGET_API_KEY in the environment',
    ])
  })

  test('bodies fit their schemas, also when these hold themselves', () => {
    const [, add] = steps(convert(document)) as { name: string; expect: unknown; request: { json: Data } }[]
    expect(add?.name).toBe('Add a pet or two')
    expect(add?.expect).toEqual([{ status: [201, 202] }])
    expect(add?.request.json).toMatchObject({
      name: 'examplexx',
      age: 3,
      weight: 2,
      kind: 'cat',
      born: '{{isoTimestamp}}',
      tags: ['nice'],
      either: true,
      all: { a: 1, b: 2 },
      friend: { name: 'examplexx', friend: { name: 'examplexx' } },
    })
    expect(add?.request.json).not.toHaveProperty('id')
  })

  test.each([
    ['{"swagger":"2.0","paths":{}}', 'Swagger 2.0'],
    ['{"openapi":"3.0.0","paths":{}}', 'no operations'],
  ])('%s is refused', (text, why) => {
    expect(() => convertText(text)).toThrow(why)
  })
})

describe('Postman', () => {
  const collection = {
    info: { name: 'My API', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    variable: [
      { key: 'base-url', value: 'https://h.example' },
      { key: 'apiToken', value: 'abcdef123456', type: 'secret' },
      { key: 'user', value: 'ann' },
    ],
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiToken}}' }] },
    event: [{ listen: 'test', script: { exec: [] } }],
    item: [
      {
        name: 'Users',
        item: [
          {
            name: 'Get one',
            request: {
              method: 'GET',
              header: [
                { key: 'X-On', value: '1' },
                { key: 'X-Off', value: '1', disabled: true },
              ],
              url: {
                raw: '{{base-url}}/users/:id?full=1&off=1',
                variable: [{ key: 'id', value: '42' }],
                query: [
                  { key: 'full', value: '1' },
                  { key: 'off', value: '1', disabled: true },
                ],
              },
            },
          },
          {
            name: 'Create',
            request: {
              method: 'POST',
              url: '{{base-url}}/users',
              body: {
                mode: 'raw',
                raw: '{"id":"{{$guid}}","name":"{{user}}","n":1,"from":"{{city2}}"}',
                options: { raw: { language: 'json' } },
              },
            },
          },
        ],
      },
      {
        name: 'Log in',
        request: {
          auth: { type: 'noauth' },
          method: 'POST',
          url: '{{base-url}}/login',
          body: { mode: 'urlencoded', urlencoded: [{ key: 'a', value: 'b' }] },
        },
      },
      {
        name: 'Search',
        request: {
          method: 'POST',
          url: '{{base-url}}/graphql',
          body: { mode: 'graphql', graphql: { query: 'query { a }', variables: '{"n":2}' } },
        },
      },
    ],
  }

  test('requests of all folders become steps, variables keep their meaning', () => {
    const one = convert(JSON.stringify(collection))
    expect(one.format).toBe('postman')
    expect(one.scenario.target).toEqual({ url: 'https://h.example' })
    expect(one.scenario.vars).toEqual({
      base_url: 'https://h.example',
      apiToken: '${env.TARGET_APITOKEN}',
      user_value: 'ann',
      city2: '${env.city2}',
    })
    const authorization = 'Bearer {{apiToken}}'
    expect(steps(one)).toEqual([
      {
        request: { method: 'GET', path: '/users/42', query: { full: '1' }, headers: { 'x-on': '1', authorization } },
        name: 'Get one',
      },
      {
        request: {
          method: 'POST',
          path: '/users',
          headers: { authorization },
          json: { id: '{{uuid}}', name: '{{user_value}}', n: 1, from: '{{city2}}' },
        },
        name: 'Create',
      },
      { request: { method: 'POST', path: '/login', form: { a: 'b' } }, name: 'Log in' },
      {
        request: {
          method: 'POST',
          path: '/graphql',
          headers: { authorization },
          json: { query: 'query { a }', variables: { n: 2 } },
        },
        name: 'Search',
      },
    ])
    expect(one.notes.join('\n')).toContain('the collection: a script was left out')
    expect(one.notes.join('\n')).toContain('set the environment variable city2')
    expect(JSON.stringify(one)).not.toContain('abcdef123456')
  })

  test('an address that nobody knows comes from the environment', () => {
    const one = convert(
      JSON.stringify({ info: { name: 'x' }, item: [{ name: 'a', request: { method: 'GET', url: '{{host}}/a' } }] }),
    )
    expect(one.scenario).toMatchObject({ target: { url: '{{host}}' }, vars: { host: '${env.host}' } })
    expect(steps(one)).toEqual([{ request: { method: 'GET', path: 'a' }, name: 'a' }])
  })
})

test('what was imported runs', async () => {
  const { scenario } = convert(`curl http://h/chat --json '{"message":"Hi"}'\ncurl http://h/health`)
  const { attempts, received } = await runPlaced({ ...scenario, target: { ...(scenario.target as Data), url: 'mock:/' } })
  expect(received).toBe(20)
  expect(attempts.every(({ exchange }) => exchange.status === 200)).toBe(true)
})

describe('the kind of a file', () => {
  test('is found out, or must be named', () => {
    expect(() => convertText('name: x\nfoo: 1\n')).toThrow('kind of the file is not recognised')
    expect(() => convertText('{"a":1}', 'har')).toThrow('this is not har')
    expect(() => convertText('{ "a": ')).toThrow('neither JSON nor YAML')
  })

  test('a list of Stream Testbench scenarios is several', () => {
    const one = { endpoint: 'ws://h/ws', duration_seconds: 5 }
    const all = convertText(
      JSON.stringify([
        { name: 'a', ...one },
        { name: 'b', ...one },
      ]),
    )
    expect(all.map(({ scenario }) => scenario.name)).toEqual(['a', 'b'])
  })
})
